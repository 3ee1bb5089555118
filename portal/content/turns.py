"""Turns: which job of `portal work` is due, and whose turn it is. Any number of workers share them by claiming.

The table is operational: it is written on a connection of its own, outside the job's transaction. The row of
`portal`, `round` is the sign of life of the workers of a collectivity, to the minute: `LAST_ROUND` reads it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Engine

from portal.content.clock import real_now
from portal.content.models import JobRun
from portal.db import db, is_postgresql, side_write
from portal.loader.hooks import CORE_PLUGIN

LEASE = timedelta(minutes=15)
ROUND = (CORE_PLUGIN, "round")
ROUND_MINUTES = 1
LAST_ROUND = sa.select(JobRun.ran_at).where(JobRun.plugin == ROUND[0], JobRun.job == ROUND[1])


def waiting_turns() -> set[tuple[str, str]]:
    """Give the jobs whose time has not come yet, or that another worker holds."""
    waiting = sa.select(JobRun.plugin, JobRun.job).where(JobRun.due_at > real_now())
    return {(plugin, job) for plugin, job in db.session.execute(waiting)}


def claim_turn(engine: Engine, plugin: str, job: str, *, lease: timedelta = LEASE) -> bool:
    """Take a job that is due, for the time of a lease; tell whether it is ours.

    A worker that dies with it loses its lease, and the job is due again.
    """
    at = real_now()
    insert = postgresql.insert if is_postgresql(engine) else sqlite.insert
    first = insert(JobRun).values(plugin=plugin, job=job, ran_at=at, due_at=at + lease)
    take = first.on_conflict_do_update(
        index_elements=["plugin", "job"], set_={"ran_at": at, "due_at": at + lease}, where=JobRun.due_at <= at
    ).returning(JobRun.job)
    with side_write(engine) as conn:
        return conn.scalar(take) is not None


def end_turn(engine: Engine, plugin: str, job: str, *, due_at: datetime) -> None:
    """Let a job rest until it is due again."""
    mine = sa.update(JobRun).where(JobRun.plugin == plugin, JobRun.job == job)
    with side_write(engine) as conn:
        conn.execute(mine.values(due_at=due_at))


def note_round(engine: Engine, *, waiting: set[tuple[str, str]]) -> None:
    """Say once a minute that a worker is alive.

    :param waiting: what `waiting_turns` gave at the beginning of the round
    """
    if ROUND not in waiting:
        claim_turn(engine, *ROUND, lease=timedelta(minutes=ROUND_MINUTES))
