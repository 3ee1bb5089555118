"""The demonstration, served by the real server in a folder of its own: for journeys in a browser and for pictures.

Not for tests of one page: those are quicker with the fixtures of `portal.testing.fixtures`.
"""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import sqlalchemy as sa

from portal.content.clock import set_domain_clock
from portal.db import transaction
from portal.demo.playing import play_demo
from portal.hosting.config import read_instance
from portal.hosting.factory import create_app
from portal.hosting.site import Site, site_of
from portal.loader.models import Fault

START_SECONDS = 30
STOP_SECONDS = 30


class Demonstration:
    """A demonstration that answers on loopback.

    :ivar links: the address by which each person of the story enters, by their name
    """

    def __init__(self, folder: Path, port: int, links: dict[str, str], server: subprocess.Popen[bytes]) -> None:
        self.folder, self.port, self.links, self.server = folder, port, links, server

    def reload(self) -> None:
        """Let the server read code and settings anew, as `systemctl reload` does; it answers all the while."""
        self.server.send_signal(signal.SIGHUP)

    def url(self, path: str = "/", *, host: str = "interlabos.localhost") -> str:
        """Give the address of a page."""
        return f"http://{host}:{self.port}{path}"

    def site(self, slug: str = "interlabos") -> Site:
        """Give one of its collectivities."""
        found = site_of(read_instance(self.folder), slug)
        assert found is not None
        return found

    def set_clock(self, instant: datetime) -> None:
        """Make it another hour there, for every worker; the clock runs on."""
        site = self.site()
        with create_app(site).app_context(), transaction():
            set_domain_clock(instant)
        site.engine.dispose()

    def faults(self) -> list[str]:
        """List what broke while it answered: the place, then the fault."""
        engine = self.site().engine
        with engine.connect() as conn:
            found = [f"{place}: {trace}" for place, trace in conn.execute(sa.select(Fault.place, Fault.trace))]
        engine.dispose()
        return found


@contextmanager
def served(folder: Path) -> Iterator[Demonstration]:
    """Serve the demonstration kept in `folder`, played first if it is not there yet, until the block ends."""
    port = _free_port()
    links = _links("\n".join(play_demo(folder, port=port)))
    command = [sys.executable, "-m", "portal.cli", "--instance", str(folder), "run", "--port", str(port)]
    log = folder / "server.log"
    with log.open("wb") as output:
        server = subprocess.Popen(command, stdout=output, stderr=output, env={**os.environ, "PYTHONWARNINGS": ""})
    try:
        _wait(server, port, log)
        yield Demonstration(folder, port, links, server)
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=STOP_SECONDS)


def _links(text: str) -> dict[str, str]:
    """Read what `portal demo` prints: a line that begins with a name, then its address."""
    lines = [line.strip() for line in text.splitlines()]
    return {
        name.partition(",")[0]: address
        for name, address in pairwise(lines)
        if address.startswith("http") and not name.startswith("http")
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and server.poll() is None:
        try:
            door = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            door.request("GET", "/healthz", headers={"Host": "interlabos.localhost"})
            door.getresponse().read()
        except OSError:
            time.sleep(0.05)
        else:
            return
        finally:
            door.close()
    raise RuntimeError(f"the server did not start: {log.read_text(errors='replace')[-2000:]}")
