"""Four workers of one real server meet the same broken plugin: they agree at once, and nothing goes round."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading

import pytest
import sqlalchemy as sa
import tomlkit

from portal.db import read_revision
from portal.hosting.config import read_instance, write_secret
from portal.hosting.install import checked
from portal.hosting.site import Site
from portal.loader.discovery import scan
from portal.loader.migrating import migrate
from portal.loader.models import PluginState, Quarantine

WORKERS = 4
ROUNDS = 40
START_TRIES = 300
HERE = "\nif __import__('os').environ.get('HERE'):\n    raise RuntimeError('not on this machine')\n"


@pytest.fixture
def site(database, tmp_path, stranger):
    """Give an instance of four workers where the stranger is on: it passed its trial, and breaks in each worker."""
    stranger.append("plugin.py", HERE)
    write_secret(tmp_path)
    url = database.fresh(())
    document = tomlkit.document()
    document["database"] = url
    document["server"] = {"port": free_port(), "workers": WORKERS, "threads": 2}
    (tmp_path / "portal.toml").write_text(document.as_string())
    migrate(url, [scan().manifests["notices"]])
    instance = read_instance(tmp_path)
    checked(instance, scan().manifests["notices"])
    made = Site(instance, instance.collectivities[0])
    with made.engine.execution_options(tx="write").begin() as conn:
        conn.execute(sa.insert(PluginState).values(id="notices", is_on=True))
    yield made
    made.engine.dispose()
    database.drop(url)


@pytest.fixture
def server(site):
    command = [sys.executable, "-m", "portal.cli", "--instance", str(site.instance.folder), "run"]
    with (site.instance.folder / "log").open("w") as log:
        environment = {**os.environ, "HERE": "1"}
        running = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True, env=environment)
    try:
        wait_for(site, running)
        yield running
    finally:
        running.terminate()
        try:
            running.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(running.pid, signal.SIGKILL)
            running.wait()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def ask(site, path):
    conn = http.client.HTTPConnection("127.0.0.1", site.instance.server.port, timeout=60)
    try:
        conn.request("GET", path, headers={"Host": "localhost", "Connection": "close"})
        answer = conn.getresponse()
        answer.read()
        return answer.status
    finally:
        conn.close()


def wait_for(site, running):
    pause = threading.Event()
    for _try in range(START_TRIES):
        assert running.poll() is None, "the server ended"
        try:
            if ask(site, "/healthz") == 200:
                return
        except OSError:
            pause.wait(0.1)
    pytest.fail("the server does not answer")


def test_four_workers_set_it_aside_once_and_agree(site, server):
    statuses = []
    askers = [threading.Thread(target=lambda: statuses.append(ask(site, "/sign-in"))) for _ in range(ROUNDS)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join(60)
    assert statuses == [200] * ROUNDS
    with site.engine.connect() as conn:
        assert conn.execute(sa.select(Quarantine.plugin, Quarantine.phase)).all() == [("notices", "import")]
    revision = read_revision(site.engine)
    assert revision == 2  # the database was new: one quarantine, one step
    assert {ask(site, "/sign-in") for _ in range(ROUNDS)} == {200}
    assert {ask(site, "/notices/") for _ in range(ROUNDS)} == {404}
    assert read_revision(site.engine) == revision
    log = (site.instance.folder / "log").read_text()
    assert 1 <= log.count("plugin set aside") <= WORKERS + 1  # `portal work` meets it too
