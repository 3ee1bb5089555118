"""`portal work`: what no request does, in every collectivity: jobs that are due, outbox, mails.

huey turns the wheel: every few seconds one worker of the instance puts a visit to each collectivity in the queue, and
the threads of all workers take them. What must never be lost or done twice is not in the queue but in the database of
the collectivity: turns of jobs and messages are claimed there (decision 0014). So a collectivity that is away holds one
thread for the time of a refusal, and any number of workers may run.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy.exc
from flask import Flask

from portal.content.clock import now, real_now
from portal.content.outbox import deliver_due
from portal.content.turns import claim_turn, end_turn, note_round, waiting_turns
from portal.db import db, read_revision, transaction
from portal.hosting.config import Instance
from portal.hosting.factory import create_app
from portal.hosting.logs import collectivity
from portal.hosting.purging import sweep_exports
from portal.hosting.site import Site
from portal.loader.faults import book_fault, flush_side_writes, is_away
from portal.loader.hooks import Hooks, current_hooks
from portal.values import Job
from portal.web.mails import deliver_mails

log = logging.getLogger(__name__)
BATCHES_A_ROUND = 20
BREATH_SECONDS = (
    0.15  # who waits for SQLite's write lock looks again every tenth of a second: without this, never in time
)
GoesOn = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Turn:
    """A job whose turn it is."""

    plugin: str
    job: Job


def run_jobs(app: Flask, *, due_only: bool = False, goes_on: GoesOn = lambda: True) -> bool:
    """Do one round in a collectivity: jobs, events, mails; tell whether a job has more to do now.

    :param due_only: leave out the jobs whose time has not come, or that another worker holds
    :param goes_on: asked between two pieces of work: a worker that must stop stops there
    """
    with app.app_context():
        hooks, engine = current_hooks(), app.config["ENGINE"]
        waiting = waiting_turns() if due_only else set()
        db.session.rollback()
        turns = [
            Turn(plugin, job)
            for plugin in hooks.implementers("portal_jobs")
            for job in _jobs(hooks, plugin)
            if (plugin, job.name) not in waiting and (not due_only or claim_turn(engine, plugin, job.name))
        ]
        started = real_now()
        unfinished = _take_turns(turns, goes_on)
        for turn in turns if due_only else ():
            rest = timedelta() if turn in unfinished else timedelta(minutes=turn.job.every_minutes)
            end_turn(engine, turn.plugin, turn.job.name, due_at=started + rest)
        deliver_due(engine, goes_on=goes_on)
        deliver_mails(goes_on=goes_on)
        if due_only:
            note_round(engine, waiting=waiting)
        flush_side_writes(engine)
    return bool(unfinished)


def _take_turns(turns: list[Turn], goes_on: GoesOn) -> list[Turn]:
    """Run jobs, and again those with more to do, one batch each in turn; give those that are not done yet."""
    for batch in range(BATCHES_A_ROUND):
        if batch and turns:
            time.sleep(BREATH_SECONDS)
        turns = [turn for turn in turns if not goes_on() or _run(turn)]
    return turns


def _jobs(hooks: Hooks, plugin: str) -> list[Job]:
    try:
        return hooks.declared(plugin, "portal_jobs")
    except (Exception, SystemExit) as error:  # the edge of a plugin: the others go on
        book_fault(plugin, "portal_jobs", error)
        return []


def _run(turn: Turn) -> bool:
    try:
        with transaction() if turn.job.in_transaction else nullcontext():
            return turn.job.run(now()) is True
    except (Exception, SystemExit) as error:  # the edge of a plugin's job: the others go on
        if isinstance(error, sqlalchemy.exc.DBAPIError) and is_away(error):  # nobody's fault here
            log.warning("job put off", extra={"plugin": turn.plugin, "place": turn.job.name}, exc_info=error)
            return False
        book_fault(turn.plugin, f"job {turn.job.name}", error)
        return False


class Worker:
    """The collectivities of an instance as one process visits them."""

    def __init__(self, instance: Instance) -> None:
        self.sites = {item.slug: Site(instance, item) for item in instance.collectivities}
        self.apps: dict[str, Flask] = {}
        self.stopping = threading.Event()
        self._doors = {slug: threading.Lock() for slug in self.sites}

    def round(self) -> bool:
        """Visit all the collectivities once, and tell whether one has more to do now."""
        answers = [self.visit(slug) for slug in self.sites]
        return any(answers)

    def visit(self, slug: str) -> bool:
        """Do what is due in a collectivity; one that is away is left for the next round.

        A second thread finds the door closed and goes on to the next: a slow collectivity holds one thread.
        """
        door = self._doors[slug]
        if not door.acquire(blocking=False):
            return False
        collectivity.set(slug)
        try:
            app = self._app(self.sites[slug])
            more = run_jobs(app, due_only=True, goes_on=lambda: not self.stopping.is_set())
            sweep_exports(self.sites[slug])
        except Exception as error:  # the edge of a collectivity: the others go on
            log.warning("round failed", exc_info=error)
            return False
        finally:
            door.release()
        return more

    def close(self) -> None:
        """Give back the connections, at the end of the process."""
        for site in self.sites.values():
            site.engine.dispose()

    def _app(self, site: Site) -> Flask:
        known = self.apps.get(site.slug)
        if known is None or known.config["REVISION"] != read_revision(site.engine):
            known = self.apps[site.slug] = create_app(site)
            log.info("app ready")
        return known
