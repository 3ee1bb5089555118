"""A switch as each worker of a server meets it, and as a collectivity beside it does."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from threading import Event

from bench.filling import READER
from bench.instances import Wanted, cookie_for, site_in
from bench.pages import LIST
from bench.servers import WORKERS, Server, burst, free_port, gunicorn, request_bytes, running, send, wait_for
from portal.db import transaction
from portal.hosting.factory import create_app
from portal.loader.states import switch

PORTAL, PLUGIN = "portal.wsgi:application", "labs"
WARM = 80
OK, GONE = 200, 404


@dataclass
class Switched:
    """What switching gave.

    :ivar first_ms: the first answers of each worker after a switch
    :ivar stale: answers of the state before a switch
    :ivar beside: answers of a neighbour while the other collectivity is asked all the time, in ms
    :ivar during: the same, with a switch before each of the other's pages
    :ivar refused: answers of the neighbour that were none
    """

    first_ms: list[list[float]] = field(default_factory=list)
    stale: int = 0
    beside: list[float] = field(default_factory=list)
    during: list[float] = field(default_factory=list)
    refused: int = 0

    @property
    def slowest_worker_ms(self) -> float:
        """Give the median first answer of the worker where it is longest."""
        return max(map(median, self.first_ms))

    @property
    def neighbour_ratio(self) -> float:
        """Give by how much half of a neighbour's answers are later while the other is switched."""
        return median(self.during) / median(self.beside)


def switching(folder: Path, wanted: Wanted, neighbour: Wanted, *, turns: int, asked: int, log: Path) -> Switched:
    """Switch a plugin of one collectivity off and on, under a server of two workers that serves both."""
    flip, pages = _flipper(folder, wanted), [_page(folder, item) for item in (wanted, neighbour)]
    found, port = Switched(), free_port()
    with running(gunicorn(PORTAL, port), port, folder=folder, log=log) as server:
        for page in pages:
            wait_for(server, page)
            burst(server, lambda _number, page=page: page, WARM)  # type: ignore[misc]
        _in_each_worker(server, flip, pages[0], found, turns)
        for switches, kept in ((False, found.beside), (True, found.during)):
            _beside(server, flip if switches else None, pages, found, kept, asked)
    return found


def _flipper(folder: Path, wanted: Wanted) -> Callable[[bool], None]:
    app = create_app(site_in(folder, wanted.slug))

    def flip(on: bool) -> None:
        with app.app_context(), transaction():
            switch(PLUGIN, on=on, at=datetime.now(UTC))

    return flip


def _page(folder: Path, wanted: Wanted) -> bytes:
    cookie = cookie_for(site_in(folder, wanted.slug), READER)
    return request_bytes(LIST, host=wanted.host, headers={"Cookie": cookie})


def _in_each_worker(server: Server, flip: Callable[[bool], None], page: bytes, found: Switched, turns: int) -> None:
    workers = server.pids()[1:]
    if len(workers) != WORKERS:
        raise RuntimeError(f"{len(workers)} workers")
    found.first_ms = [[] for _worker in workers]
    for turn in range(2 * turns):
        on = bool(turn % 2)
        flip(on)
        for worker, times in zip(workers, found.first_ms, strict=True):
            with _alone(worker, workers):
                started = time.perf_counter()
                status, _answer = send(server.port, page)
                times.append((time.perf_counter() - started) * 1000)
            found.stale += status != (OK if on else GONE)


@contextmanager
def _alone(worker: int, workers: Sequence[int]) -> Iterator[None]:
    """Hold the other workers still, so that this one answers."""
    others = [other for other in workers if other != worker]
    for other in others:
        os.kill(other, signal.SIGSTOP)
    try:
        yield
    finally:
        for other in others:
            os.kill(other, signal.SIGCONT)


def _beside(
    server: Server,
    flip: Callable[[bool], None] | None,
    pages: Sequence[bytes],
    found: Switched,
    kept: list[float],
    asked: int,
) -> None:
    """Ask a neighbour while somebody else asks for the other collectivity, from before its first answer to its last."""
    switched, neighbour = pages
    over = Event()

    def elsewhere() -> None:
        turn = 0
        while not over.is_set() or turn % 2:
            if flip:
                flip(bool(turn % 2))
            send(server.port, switched)
            turn += 1

    with ThreadPoolExecutor(1) as people:
        somebody = people.submit(elsewhere)
        try:
            for _request in range(asked):
                started = time.perf_counter()
                status, _answer = send(server.port, neighbour)
                kept.append((time.perf_counter() - started) * 1000)
                found.refused += status != OK
        finally:
            over.set()
        somebody.result()
