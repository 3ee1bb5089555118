"""Server processes on loopback, what they cost, and somebody who asks them for pages."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

WORKERS = 2
CONNECTIONS = 4
START_SECONDS = 60
STOP_SECONDS = 15
TICKS = os.sysconf("SC_CLK_TCK")


class ServerFailed(RuntimeError):
    """A server did not start; the message is what it said."""


@dataclass(frozen=True)
class Server:
    """A running server: its first process, its port."""

    process: subprocess.Popen[bytes]
    port: int

    def pids(self) -> list[int]:
        """List its processes, the first one included."""
        parents: dict[int, int] = {}
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                fields = _stat(int(entry.name))
                if fields:
                    parents[int(entry.name)] = int(fields[1])
        found = [self.process.pid]
        for pid in found:
            found += [child for child, parent in parents.items() if parent == pid]
        return found

    def cpu_seconds(self) -> float:
        """Give the processor time spent so far by its processes, in user and system mode."""
        return sum(_cpu_seconds(pid) for pid in self.pids())

    def pss_mb(self) -> float:
        """Give the memory of its processes, shared pages counted once."""
        return sum(_pss_kb(pid) for pid in self.pids()) / 1024


def _stat(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _cpu_seconds(pid: int) -> float:
    """Read nanoseconds where the kernel counts them, else its ticks."""
    try:
        tasks = [(task / "schedstat").read_text() for task in Path(f"/proc/{pid}/task").iterdir()]
        return sum(int(text.split()[0]) for text in tasks) / 1e9
    except (OSError, ValueError, IndexError):
        fields = _stat(pid)
        return (int(fields[11]) + int(fields[12])) / TICKS if fields else 0.0


def _pss_kb(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def environment(folder: Path | None = None) -> dict[str, str]:
    """Give the environment of a measured process: compiled code is read, and written if it is missing."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PORTAL_"))}
    return {**kept, **({"PORTAL_INSTANCE": str(folder)} if folder else {})}


def free_port() -> int:
    """Give a port nobody listens on."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


def gunicorn(application: str, port: int) -> list[str]:
    """Give the command of a server of two processes that take one request at a time each."""
    settings = ["--workers", str(WORKERS), "--worker-class", "sync", "--bind", f"127.0.0.1:{port}"]
    return [sys.executable, "-m", "gunicorn", *settings, "--log-level", "error", "--no-control-socket", application]


@contextmanager
def running(command: Sequence[str], port: int, *, folder: Path | None = None, log: Path) -> Iterator[Server]:
    """Run a server for the length of a `with` block; it is stopped by its own process, politely first."""
    with log.open("ab") as output:
        process = subprocess.Popen(command, env=environment(folder), stdout=output, stderr=output)
        server = Server(process, port)
        try:
            yield server
        finally:
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                for pid in server.pids():
                    os.kill(pid, 9)


def request_bytes(
    path: str, *, host: str = "localhost", headers: Mapping[str, str] | None = None, body: str = ""
) -> bytes:
    """Write a request; it asks for the connection to be closed after the answer."""
    lines = [f"{'POST' if body else 'GET'} {path} HTTP/1.1", f"Host: {host}", "Connection: close"]
    lines += ["Accept-Encoding: gzip", "User-Agent: Mozilla/5.0 (X11; Linux x86_64) Firefox/128.0"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items() if value]
    if body:
        lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body.encode())}"]
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


def send(port: int, request: bytes) -> tuple[int, bytes]:
    """Send one request and give status and whole answer; 0 if nobody answered."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=30) as talk:
            talk.sendall(request)
            parts = []
            while part := talk.recv(65536):
                parts.append(part)
    except OSError:
        return 0, b""
    whole = b"".join(parts)
    return (int(whole[9:12]), whole) if whole.startswith(b"HTTP/1.") else (0, whole)


def wait_for(server: Server, request: bytes) -> float:
    """Wait for the first good answer; give the seconds it took.

    :raises ServerFailed: none came
    """
    started = time.perf_counter()
    while time.perf_counter() - started < START_SECONDS and server.process.poll() is None:
        if send(server.port, request)[0] == 200:
            return time.perf_counter() - started
        time.sleep(0.005)
    raise ServerFailed(f"no answer on port {server.port}, exit code {server.process.poll()}")


@dataclass
class Served:
    """What a burst of requests gave."""

    seconds: float = 0.0
    cpu_seconds: float = 0.0
    times_ms: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)

    @property
    def cpu_ms(self) -> float:
        """Give the server's processor time per request."""
        return self.cpu_seconds * 1000 / max(1, len(self.times_ms))

    @property
    def per_second(self) -> float:
        """Give answers per second."""
        return len(self.times_ms) / self.seconds if self.seconds else 0.0

    @property
    def p50_ms(self) -> float:
        """Give the time half of the answers came in."""
        return median(self.times_ms)


def burst(
    server: Server, make: Callable[[int], bytes], count: int, *, connections: int = CONNECTIONS, max_seconds: float = 60
) -> Served:
    """Send `count` requests from a few connections at once, stopping after `max_seconds`."""
    served, until = Served(), time.perf_counter() + max_seconds

    def one(number: int) -> None:
        if time.perf_counter() > until:
            return
        started = time.perf_counter()
        status, _body = send(server.port, make(number))
        served.times_ms.append((time.perf_counter() - started) * 1000)
        served.statuses[status] += 1

    before, started = server.cpu_seconds(), time.perf_counter()
    with ThreadPoolExecutor(connections) as people:
        list(people.map(one, range(count)))
    served.seconds = time.perf_counter() - started
    served.cpu_seconds = server.cpu_seconds() - before
    return served
