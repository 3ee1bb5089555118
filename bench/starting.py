"""Start to first answer, memory, building an app, switching a plugin."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from bench.filling import READER
from bench.instances import Wanted, Workshop, cookie_for, site_in
from bench.pages import LAB, LIST, SIGN_IN, TODAY
from bench.servers import Server, burst, environment, free_port, gunicorn, request_bytes, running, wait_for

PORTAL, BARE_APP = "portal.wsgi:application", "bench.bare:application"
FURTHER, CROWD = 8, 30


@dataclass(frozen=True)
class Started:
    """What a start gave: seconds to the first answer, memory of the tree once warm."""

    seconds: float
    pss_mb: float


def built(folder: Path, slug: str) -> dict[str, Any]:
    """Build the app of a collectivity in a fresh process; the first on a machine tries each plugin apart."""
    cookie = cookie_for(site_in(folder, slug), READER)
    command = [sys.executable, "-m", "bench.apart", "build", slug, cookie]
    before = len(list((folder / "verdicts").glob("*.json")))
    done = subprocess.run(command, env=environment(folder), capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    tried = len(list((folder / "verdicts").glob("*.json")))
    return {**json.loads(done.stdout.splitlines()[-1]), "tried": tried - before}


def starts(folder: Path | None, wanted: Wanted | None, *, times: int, log: Path, shipped: bool = False) -> Started:
    """Start a server several times, the last time until it is warm.

    :param shipped: as `portal run` does, with its threads and its companion for the work in the background
    """
    seconds, pss = [], 0.0
    for number in range(times):
        port = free_port()
        command = gunicorn(PORTAL if folder else BARE_APP, port)
        if shipped:
            command = [sys.executable, "-m", "portal.cli", "run", "--port", str(port)]
        request = request_bytes(SIGN_IN if wanted else "/", host=wanted.host if wanted else "localhost")
        started = time.perf_counter()
        with running(command, port, folder=folder, log=log) as server:
            wait_for(server, request)
            seconds.append(time.perf_counter() - started)
            if number == times - 1:
                _warm(server, folder, wanted)
                pss = server.pss_mb()
    return Started(median(seconds), pss)


def _warm(server: Server, folder: Path | None, wanted: Wanted | None) -> None:
    paths, headers, host = ["/"], {}, "localhost"
    if folder and wanted:
        headers = {"Cookie": cookie_for(site_in(folder, wanted.slug), READER)}
        paths, host = [LIST, TODAY, LAB, SIGN_IN], wanted.host
    requests = [request_bytes(path, host=host, headers=headers) for path in paths]
    burst(server, lambda number: requests[number % len(requests)], 80)


def many(workshop: Workshop) -> tuple[Path, list[Wanted]]:
    """Make an instance of many collectivities, whose plugins were tried: only the first start on a machine tries."""
    every = [Wanted(f"further{number}", "sqlite", 1) for number in range(CROWD)]
    folder = workshop.instance("further", every)
    built(folder, every[0].slug)
    return folder, every


def further_mb(folder: Path, every: Sequence[Wanted], *, log: Path) -> float:
    """Give the memory one more collectivity takes in the whole tree, once both processes have answered for it."""
    port = free_port()
    with running(gunicorn(PORTAL, port), port, folder=folder, log=log) as server:
        wait_for(server, request_bytes(SIGN_IN, host=every[0].host))
        _warm(server, folder, every[0])
        before = server.pss_mb()
        for wanted in every[1 : 1 + FURTHER]:
            _warm(server, folder, wanted)
        return (server.pss_mb() - before) / FURTHER
