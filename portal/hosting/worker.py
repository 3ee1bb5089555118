"""`portal work`: what no request does, in every collectivity: outbox, jobs of plugins, ended sessions."""

from __future__ import annotations

import logging
import time
from datetime import datetime, timedelta

from flask import Flask

from portal.content.clock import now, real_now
from portal.content.outbox import deliver_due
from portal.db import read_revision, transaction
from portal.hosting.config import Instance
from portal.hosting.factory import create_app
from portal.hosting.site import Site
from portal.loader.faults import book_fault, flush_side_writes
from portal.loader.hooks import Hooks, current_hooks
from portal.people.limits import sweep_limits
from portal.people.sessions import sweep_sessions
from portal.values import Job

log = logging.getLogger(__name__)
PAUSE_SECONDS = 5
BATCHES_A_ROUND = 20


def run_jobs(app: Flask, *, last_runs: dict[tuple[str, str], datetime] | None = None) -> bool:
    """Do one round in a collectivity: jobs that are due, then the outbox; tell whether a job has more to do now.

    :param last_runs: instant of the last run by plugin and job; None runs every job
    """
    with app.app_context():
        hooks = current_hooks()
        due = [
            (plugin, job)
            for plugin in hooks.implementers("portal_jobs")
            for job in _jobs(hooks, plugin)
            if _is_due((plugin, job.name), job.every_minutes, last_runs)
        ]
        unfinished = _take_turns(due)
        for plugin, job in unfinished:
            if last_runs is not None:
                del last_runs[plugin, job.name]  # still due: the next round comes back to it
        deliver_due(app.config["ENGINE"])
        flush_side_writes(app.config["ENGINE"])
    return bool(unfinished)


def _take_turns(due: list[tuple[str, Job]]) -> list[tuple[str, Job]]:
    """Run jobs, and again those with more to do, one batch each in turn; give those that are not done yet."""
    for _turn in range(BATCHES_A_ROUND):
        due = [(plugin, job) for plugin, job in due if _run(plugin, job)]
    return due


def _jobs(hooks: Hooks, plugin: str) -> list[Job]:
    try:
        return hooks.declared(plugin, "portal_jobs")
    except (Exception, SystemExit) as error:  # the edge of a plugin: the others go on
        book_fault(plugin, "portal_jobs", error)
        return []


def _is_due(key: tuple[str, str], every_minutes: int, last_runs: dict[tuple[str, str], datetime] | None) -> bool:
    if last_runs is None:
        return True
    at, last = real_now(), last_runs.get(key)
    if last is not None and at - last < timedelta(minutes=every_minutes):
        return False
    last_runs[key] = at
    return True


def _run(plugin: str, job: Job) -> bool:
    try:
        with transaction():
            return job.run(now()) is True
    except (Exception, SystemExit) as error:  # the edge of a plugin's job: the others go on
        book_fault(plugin, f"job {job.name}", error)
        return False


class Worker:
    """One process of `portal work`."""

    def __init__(self, instance: Instance) -> None:
        self.sites = [Site(instance, item) for item in instance.collectivities]
        self.apps: dict[str, Flask] = {}
        self.last_runs: dict[str, dict[tuple[str, str], datetime]] = {}

    def round(self) -> bool:
        """Walk all the collectivities once, and tell whether one has more to do now.

        One that is away is left for the next round.
        """
        more = False
        for site in self.sites:
            try:
                app = self._app(site)
                more |= run_jobs(app, last_runs=self.last_runs.setdefault(site.slug, {}))
                with app.app_context(), transaction():
                    sweep_sessions(real_now())
                    sweep_limits(real_now())
            except Exception:
                log.exception("round failed", extra={"collectivity": site.slug})
        return more

    def _app(self, site: Site) -> Flask:
        known = self.apps.get(site.slug)
        if known is None or known.config["REVISION"] != read_revision(site.engine):
            known = self.apps[site.slug] = create_app(site)
        return known

    def run(self) -> None:
        """Work until the process is told to stop."""
        while True:
            if not self.round():
                time.sleep(PAUSE_SECONDS)
