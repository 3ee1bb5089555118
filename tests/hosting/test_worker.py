"""`portal work`: each job in its turn, in batches, shared by claiming; one collectivity never keeps another back."""

from __future__ import annotations

import pickle
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal.content.clock import real_now
from portal.content.models import JobRun
from portal.content.turns import LAST_ROUND, claim_turn, waiting_turns
from portal.db import db, is_writing
from portal.errors import ConfigError
from portal.hosting.config import Collectivity, Instance, Server, Work, write_secret
from portal.hosting.operating import upgrade
from portal.hosting.site import Site
from portal.hosting.wheel import PULSE_SECONDS, make_queue, wind
from portal.hosting.worker import BATCHES_A_ROUND, Worker, run_jobs
from portal.loader.models import Fault
from portal.values import Job
from portal.web.builtin import hookimpl

FORCED = "postgresql://nobody@127.0.0.1:9/nothing"


class Busy:
    """A plugin with jobs that note each of their batches."""

    def __init__(self, *, batches):
        self.left, self.done = dict(batches), []

    @hookimpl
    def portal_jobs(self):
        return [Job(name, every_minutes=60, run=lambda at, name=name: self.work(name)) for name in self.left]

    def work(self, name):
        self.done.append(name)
        self.left[name] -= 1
        return self.left[name] > 0


@pytest.fixture
def busy(plug):
    def busy(**batches):
        made = Busy(batches=batches)
        plug(made)
        return made

    return busy


def test_a_job_that_meets_a_lock_is_nobody_s_fault(app, plug):
    def meets_a_lock(_at):
        raise sa.exc.OperationalError("BEGIN", None, sqlite3.OperationalError("database is locked"))

    class Patient:
        @hookimpl
        def portal_jobs(self):
            return [Job("waits", every_minutes=60, run=meets_a_lock)]

    plug(Patient())
    run_jobs(app)
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Fault)) == 0


@pytest.mark.parametrize("in_transaction", [True, False])
def test_a_job_runs_in_a_transaction_unless_it_opens_its_own(app, plug, in_transaction):
    met = []

    class Computing:
        @hookimpl
        def portal_jobs(self):
            work = lambda at: met.append(is_writing(db.session()))  # noqa: E731
            return [Job("layout", every_minutes=60, run=work, in_transaction=in_transaction)]

    plug(Computing())
    run_jobs(app, due_only=True)
    assert met == [in_transaction]


def test_a_job_with_more_to_do_runs_again_at_once_in_turn_with_the_others(app, busy):
    plugin = busy(imports=3, sweep=1, thumbnails=2)
    assert run_jobs(app, due_only=True) is False
    assert plugin.done == ["imports", "sweep", "thumbnails", "imports", "thumbnails", "imports"]


def test_a_job_that_is_done_waits_for_its_time(app, busy, writing):
    plugin = busy(imports=2)
    run_jobs(app, due_only=True)
    run_jobs(app, due_only=True)
    assert plugin.done == ["imports", "imports"]
    with writing():
        db.session.execute(sa.update(JobRun).values(due_at=real_now() - timedelta(seconds=1)))
    run_jobs(app, due_only=True)
    assert len(plugin.done) == 3


def test_a_long_job_lets_the_round_end_and_goes_on_in_the_next(app, busy):
    plugin = busy(imports=BATCHES_A_ROUND + 2)
    assert run_jobs(app, due_only=True) is True
    assert len(plugin.done) == BATCHES_A_ROUND
    assert run_jobs(app, due_only=True) is False
    assert plugin.left["imports"] == 0


def test_a_job_that_another_worker_holds_is_left_to_it_until_its_lease_ends(app, busy, reading, writing):
    plugin, engine = busy(imports=1), app.config["ENGINE"]
    with reading():
        assert claim_turn(engine, "stranger", "imports")
        assert not claim_turn(engine, "stranger", "imports")
        assert ("stranger", "imports") in waiting_turns()
    run_jobs(app, due_only=True)
    assert plugin.done == []
    with writing():
        db.session.execute(sa.update(JobRun).values(due_at=real_now() - timedelta(seconds=1)))
    run_jobs(app, due_only=True)
    assert plugin.done == ["imports"]


def test_a_worker_that_must_stop_stops_between_two_batches_and_the_job_is_due_at_once(app, busy):
    plugin = busy(imports=9)
    assert run_jobs(app, due_only=True, goes_on=lambda: len(plugin.done) < 2) is True
    assert plugin.done == ["imports", "imports"]
    run_jobs(app, due_only=True)
    assert len(plugin.done) == 9


def test_a_job_that_breaks_keeps_no_other_back_and_comes_again_when_it_is_due(app, busy, reading):
    plugin = busy(breaks=1, sweep=1)
    plugin.left["breaks"] = None
    run_jobs(app, due_only=True)
    assert plugin.done == ["breaks", "sweep"]
    with reading():
        assert ("stranger", "breaks") in waiting_turns()


@pytest.fixture
def instance(site):
    return site.instance


def test_a_collectivity_that_is_away_delays_no_other_and_leaves_a_sign_of_life_where_one_is(site, reading):
    away = Collectivity(slug="away", name="Ailleurs", hosts=("away.test",), database=FORCED)
    with closing(Worker(replace(site.instance, collectivities=(away, site.collectivity)))) as worker:
        assert worker.round() is False
    with reading():
        assert real_now() - db.session.scalar(LAST_ROUND) < timedelta(minutes=1)


def test_a_slow_collectivity_holds_one_thread_only(site):
    worker = Worker(site.instance)
    worker._doors["default"].acquire()
    assert worker.visit("default") is False
    assert worker.apps == {}


def test_the_queue_visits_each_collectivity_once_a_pulse_whoever_gives_it(tmp_path, monkeypatch):
    instance = _instance(tmp_path)
    monkeypatch.setattr("portal.hosting.wheel.time", lambda: 1_000_000.0)
    visits = []
    queues = [make_queue(instance), make_queue(instance)]
    for queue in queues:
        worker = Worker(instance)
        worker.visit = visits.append
        wind(queue, worker)
        queue.enqueue(queue.read_periodic(None)[0])
    while (task := queues[0].dequeue()) is not None:
        queues[0].execute(task)
    assert visits == ["default"]
    for queue in queues:
        queue.storage.close()


def test_more_to_do_is_put_at_the_end_of_the_line(tmp_path):
    instance = _instance(tmp_path)
    queue, worker, answers = make_queue(instance), Worker(instance), [True, True, False]
    worker.visit = lambda slug: answers.pop(0)
    wind(queue, worker)
    queue.execute(queue.read_periodic(None)[0])
    while (task := queue.dequeue()) is not None:
        queue.execute(task)
    assert answers == []
    queue.storage.close()


def test_what_somebody_else_wrote_in_the_store_is_never_run(tmp_path):
    instance = _instance(tmp_path)
    queue = make_queue(instance)
    queue.storage.enqueue(pickle.dumps(print))
    with pytest.raises(ValueError, match=r"not found|mismatch"):
        queue.dequeue()
    queue.storage.close()


def test_a_store_of_another_kind_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="store"):
        make_queue(replace(_instance(tmp_path), work=Work(store="amqp://x")))


def _instance(folder):
    write_secret(folder)
    return Instance(folder, Server(), (Collectivity(),))


def test_sigterm_ends_the_worker_in_order(tmp_path):
    upgrade(Site(_instance(tmp_path), Collectivity()))
    command = [sys.executable, "-m", "portal.cli", "--instance", str(tmp_path), "work"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as running:
        try:
            assert any("app ready collectivity=default" in line for line in running.stderr)
            running.send_signal(signal.SIGTERM)
            assert running.wait(timeout=60) == 0
        finally:
            running.kill()
    assert (tmp_path / "work.db").exists()


def test_a_pulse_is_shorter_than_a_minute():
    assert 60 % PULSE_SECONDS == 0
