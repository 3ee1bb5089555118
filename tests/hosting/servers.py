"""`portal run` in a process of its own, as an operator starts it."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager

import pytest

from portal.hosting.config import FILE, read_instance
from portal.hosting.operating import init_instance

PATIENCE_SECONDS = 60
START_TRIES = 600


class Server:
    """A portal that answers on loopback, and what it says on its error stream."""

    def __init__(self, folder, port, process):
        self.folder, self.port, self.process = folder, port, process

    def ask(self, path, *, host="localhost", method="GET", body=None, headers=None):
        """Give status and text."""
        door = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)
        try:
            door.request(method, path, body, {"Host": host, "Connection": "close", **(headers or {})})
            answer = door.getresponse()
            return answer.status, answer.read().decode()
        finally:
            door.close()

    def log(self):
        return (self.folder / "server.log").read_text(encoding="utf-8")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def served(folder, *, settings="", environment=None, program=None, host="localhost"):
    """Prepare an instance if there is none, serve it (by an installed `portal`, if one is named), stop it."""
    if not (folder / FILE).exists():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / FILE).write_text(settings, encoding="utf-8")
        init_instance(folder)
    port = read_instance(folder).server.port if program else free_port()
    words = [str(program)] if program else [sys.executable, "-m", "portal.cli"]
    command = [*words, "--instance", str(folder), "run", "--port", str(port)]
    clean = {**os.environ, "PYTHONWARNINGS": "", **(environment or {})}
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env=clean, start_new_session=True)
    server = Server(folder, port, process)
    try:
        _wait(server, host)
        yield server
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _wait(server, host):
    pause = threading.Event()
    for _try in range(START_TRIES):
        if server.process.poll() is not None:
            break
        try:
            server.ask("/healthz", host=host)
        except OSError:
            pause.wait(0.1)
        else:
            return
    pytest.fail(f"the server does not answer: {server.log()[-2000:]}")
