"""The wheel of `portal work`: huey's queue, its schedule and its threads; one small store per instance.

What is in the store may be lost: it is put there anew every five seconds. That is why its file needs no fsync, and why
a visit that waited longer than that expires.
"""

from __future__ import annotations

import logging
from time import time
from typing import Any

from huey import Huey, PostgresHuey, RedisHuey, SqliteHuey
from huey.consumer import Consumer, Scheduler
from huey.exceptions import ConfigurationError
from huey.serializer import SignedSerializer

from portal.errors import ConfigError
from portal.hosting.config import Instance
from portal.hosting.worker import Worker

PULSE_SECONDS = 5
SHUTDOWN_SECONDS = 8  # less than `portal run` waits for its companion
STORE_FILE = "work.db"


class Pulse(Scheduler):
    """huey's scheduler, with a shorter period than a minute."""

    periodic_task_seconds = PULSE_SECONDS


class Wheel(Consumer):
    """huey's consumer, on that scheduler."""

    scheduler_class = Pulse


def make_queue(instance: Instance) -> Huey:
    """Open the store of an instance: a SQLite file in its folder, PostgreSQL or Redis by address.

    Messages are signed with a key of the instance: whoever writes to the store cannot make a worker run anything.

    :raises ConfigError: an address of another kind, or a client that is not installed
    """
    store = instance.work.store
    options: dict[str, Any] = {
        "results": False,
        "serializer": SignedSerializer(secret=instance.secret().hex(), salt="portal work"),
    }
    try:
        if not store:
            return SqliteHuey("portal", filename=str(instance.folder / STORE_FILE), fsync=False, **options)
        if store.startswith("postgresql://"):
            return PostgresHuey("portal", dsn=store, table_prefix="work", **options)
        if store.startswith(("redis://", "rediss://")):
            return RedisHuey("portal", url=store, **options)
    except ConfigurationError as error:
        raise ConfigError(f"[work] « store » : {error}") from error
    raise ConfigError("[work] : « store » commence par postgresql:// ou redis://.")


def wind(queue: Huey, worker: Worker) -> None:
    """Give the queue its two tasks: the pulse, and the visit of one collectivity."""

    def visit(slug: str) -> None:
        if worker.visit(slug):
            tasks["visit"](slug)  # more to do now: at the end of the line, so that others get their turn

    def pulse() -> None:
        if _is_first(queue, slot=int(time()) // PULSE_SECONDS):
            for slug in worker.sites:
                tasks["visit"](slug)

    tasks = {"visit": queue.task(name="visit", expires=PULSE_SECONDS)(visit)}
    queue.periodic_task(lambda _at: True, name="pulse", expires=PULSE_SECONDS)(pulse)


def _is_first(queue: Huey, *, slot: int) -> bool:
    """Tell whether no other worker of the instance has given this pulse."""
    if queue.storage.incr(f"pulse:{slot}") > 1:
        return False
    queue.storage.delete_counter(f"pulse:{slot - 2}")
    return True


def turn(instance: Instance) -> None:
    """Work until the process is told to stop: SIGTERM lets each thread end the piece of work it is at."""
    logging.getLogger("huey").setLevel(logging.WARNING)  # it would say each pulse
    worker, queue = Worker(instance), make_queue(instance)
    wind(queue, worker)
    wheel = Wheel(
        queue,
        workers=instance.work.threads,
        max_delay=1.0,
        scheduler_interval=1,
        graceful_signal="TERM",
        shutdown_timeout=SHUTDOWN_SECONDS,
    )
    worker.stopping = wheel.stop_flag
    wheel.run()
