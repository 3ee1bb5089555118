"""`portal work`: each job in its turn, in batches, one collectivity never keeping another back."""

from __future__ import annotations

from portal.hosting.worker import BATCHES_A_ROUND, run_jobs
from portal.values import Job
from portal.web.builtin import hookimpl


class Worker:
    """A plugin with two jobs that note each of their batches."""

    def __init__(self, *, batches):
        self.left, self.done = dict(batches), []

    @hookimpl
    def portal_jobs(self):
        return [Job(name, every_minutes=60, run=lambda at, name=name: self.work(name)) for name in self.left]

    def work(self, name):
        self.done.append(name)
        self.left[name] -= 1
        return self.left[name] > 0


def test_a_job_with_more_to_do_runs_again_at_once_in_turn_with_the_others(app, plug):
    worker = Worker(batches={"import": 3, "sweep": 1, "thumbnails": 2})
    plug(worker)
    assert run_jobs(app, last_runs={}) is False
    assert worker.done == ["import", "sweep", "thumbnails", "import", "thumbnails", "import"]


def test_a_job_that_is_done_waits_for_its_time(app, plug):
    worker, last_runs = Worker(batches={"import": 2}), {}
    plug(worker)
    run_jobs(app, last_runs=last_runs)
    run_jobs(app, last_runs=last_runs)
    assert worker.done == ["import", "import"]


def test_a_long_job_lets_the_round_end_and_goes_on_in_the_next(app, plug):
    worker, last_runs = Worker(batches={"import": BATCHES_A_ROUND + 2}), {}
    plug(worker)
    assert run_jobs(app, last_runs=last_runs) is True
    assert len(worker.done) == BATCHES_A_ROUND
    assert run_jobs(app, last_runs=last_runs) is False
    assert worker.left["import"] == 0
