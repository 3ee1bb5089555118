"""`portal run` as the account that runs it sees it."""

from __future__ import annotations

import signal
import subprocess
import sys

from portal.hosting import serving

from tests.hosting.servers import served

DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); time.sleep(60)"

FORKING = """
import os, threading
from portal.hosting.serving import starting
said = []
def start():
    with starting:
        begun.set()
        threading.Event().wait(0.5)
        said.append("started")
begun = threading.Event()
thread = threading.Thread(target=start)
thread.start()
begun.wait()
worker = os.fork()
if not worker:
    with starting:
        os._exit(0 if said else 1)
thread.join()
print(os.waitpid(worker, 0)[1])
"""


def test_the_server_opens_no_door_but_its_port_and_leaves_nothing_at_home(tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    with served(tmp_path / "instance", environment={"HOME": str(home), "XDG_RUNTIME_DIR": ""}) as server:
        assert server.ask("/healthz")[0] == 200
    assert not list(home.rglob("*"))


def test_a_companion_that_hangs_is_ended_and_says_where_it_stood(monkeypatch):
    monkeypatch.setattr(serving, "COMPANION_SECONDS", 0.1)
    command = [sys.executable, "-X", "faulthandler", "-c", DEAF]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as companion:
        assert companion.stdout is not None
        companion.stdout.readline()
        serving.end(companion)
        said = companion.communicate(timeout=30)[1]
    assert companion.returncode == -signal.SIGABRT
    assert b"Current thread" in said


def test_no_worker_is_forked_while_a_companion_is_being_started():
    command = [sys.executable, "-W", "ignore", "-c", FORKING]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "0"
