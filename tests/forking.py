"""Trials quickly: a process that has the portal loaded, and forks for each thing to be done apart.

What a plugin does to its process it does to a child of this one, as it would to the subprocess of the portal; only the
second of loading Flask and SQLAlchemy is saved, hundreds of times. Some tests start the real subprocess all the same.
"""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import tempfile
import traceback
from math import ceil
from pathlib import Path

from portal.hosting import apart


class Forks:
    """The other end: asks for one thing apart, and waits for it."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests.forking"]
        self._server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def run(
        self, act: str, plugin: str, *, given: str = "", seconds: float | None = None
    ) -> subprocess.CompletedProcess[str]:
        asked = {"arguments": [act, plugin], "given": given, "environment": dict(os.environ), "seconds": seconds or 0}
        self._server.stdin.write(json.dumps(asked) + "\n")
        self._server.stdin.flush()
        code, out, err = json.loads(self._server.stdout.readline())
        if code == -signal.SIGALRM:
            raise subprocess.TimeoutExpired([act, plugin], asked["seconds"])
        return subprocess.CompletedProcess([act, plugin], code, out, err)

    def close(self) -> None:
        self._server.stdin.close()
        self._server.wait(30)
        self._server.stdout.close()


def serve() -> None:
    """Fork for each line; answer with the code and what was said."""
    for line in sys.stdin:
        asked = json.loads(line)
        with tempfile.TemporaryDirectory() as name:
            said = [Path(name) / "out", Path(name) / "err"]
            child = os.fork()
            if child == 0:
                _be(asked, *said)
            code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            sys.stdout.write(json.dumps([code, *(path.read_text() for path in said)]) + "\n")
        sys.stdout.flush()


def _be(asked: dict, out: Path, err: Path) -> None:
    code = 1
    signal.alarm(ceil(asked["seconds"]))
    for number, path in ((1, out), (2, err)):
        os.dup2(os.open(path, os.O_CREAT | os.O_WRONLY), number)
    sys.stdin = io.StringIO(asked["given"])
    os.environ.update(asked["environment"])
    sys.dont_write_bytecode = True
    sys.path[:0] = [part for part in os.environ.get("PYTHONPATH", "").split(os.pathsep) if part]
    try:
        code = apart.main(asked["arguments"])
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except BaseException:  # the edge of the process: what python itself would print
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    serve()
