"""The promise of decision 0001: after the answer to a switch, no worker gives a stale page, and nobody else notices."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
from urllib.parse import urlencode

import pytest
import tomlkit

from portal.hosting.config import read_instance, write_secret
from portal.hosting.install import checked
from portal.loader.discovery import scan
from portal.loader.migrating import migrate

from tests.houses import opened

SWITCHES = 50
PROBES = 8
PAUSE_SECONDS = 0.02
PATIENCE_SECONDS = 120
HOSTS = {"nord": "nord.example", "sud": "sud.example"}
START_TRIES = 300


class Server:
    """gunicorn as `portal run` starts it, spoken to on a new connection each time."""

    def __init__(self, port, cookies, token):
        self.port, self.cookies, self.token = port, cookies, token

    def ask(self, slug, path, *, form=None):
        """Give status and text."""
        conn = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)
        headers = {"Host": HOSTS[slug], "Cookie": f"session={self.cookies[slug]}", "Sec-Fetch-Site": "same-origin"}
        body = None
        if form is not None:
            body, headers["Content-Type"] = urlencode(form), "application/x-www-form-urlencoded"
        try:
            conn.request("GET" if form is None else "POST", path, body, {**headers, "Connection": "close"})
            answer = conn.getresponse()
            return answer.status, answer.read().decode()
        finally:
            conn.close()


@pytest.fixture
def instance(database, tmp_path):
    """Give an instance of two collectivities, labs on in the first, each with an administrator's cookie."""
    write_secret(tmp_path)
    urls = {slug: database.fresh(("labs",)) for slug in HOSTS}
    document = tomlkit.document()
    document["server"] = {"port": free_port(), "workers": 4, "threads": 2}
    document["collectivity"] = [
        {"slug": slug, "name": f"Commune {slug}", "hosts": [host], "database": urls[slug]}
        for slug, host in HOSTS.items()
    ]
    (tmp_path / "portal.toml").write_text(document.as_string())
    for url in urls.values():
        migrate(url, [scan().manifests["labs"]])
    read = read_instance(tmp_path)
    checked(read, scan().manifests["labs"])
    with opened(read) as house:
        browsers = {slug: house.browser(slug=slug) for slug in HOSTS}
        token = browsers["nord"].token()
        cookies = {slug: b.client.get_cookie("session", domain=HOSTS[slug]).value for slug, b in browsers.items()}
    yield read, cookies, token
    for url in urls.values():
        database.drop(url)


@pytest.fixture
def server(instance):
    read, cookies, token = instance
    command = [sys.executable, "-m", "portal.cli", "--instance", str(read.folder), "run"]
    with (read.folder / "log").open("w") as log:
        running = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
    made = Server(read.server.port, cookies, token)
    try:
        wait_for(made, running)
        yield made
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


def wait_for(server, running):
    pause = threading.Event()
    for _try in range(START_TRIES):
        assert running.poll() is None, "the server ended"
        try:
            if all(server.ask(slug, "/healthz")[0] == 200 for slug in HOSTS):
                return
        except OSError:
            pause.wait(0.1)
    pytest.fail("the server does not answer")


def test_fifty_switches_give_no_stale_page_and_no_error_elsewhere(server):
    over, counted, faults = threading.Event(), [], []

    def walk(slug, paths):
        while not over.wait(PAUSE_SECONDS):
            for path in paths:
                try:
                    status, _text = server.ask(slug, path)
                except OSError as error:
                    status = error
                counted.append(path)
                if status != 200:
                    faults.append((slug, path, status))

    walkers = [
        threading.Thread(target=walk, args=("nord", ("/", "/account"))),
        threading.Thread(target=walk, args=("sud", ("/", "/account"))),
    ]
    for walker in walkers:
        walker.start()
    stale = []
    try:
        for number in range(SWITCHES):
            on = number % 2 == 0
            status, text = server.ask(
                "nord", "/plugins/labs/switch", form={"wish": "on" if on else "off", "csrf_token": server.token}
            )
            assert status == 303, text
            seen = [server.ask("nord", "/labs/")[0] for _ in range(PROBES)]
            stale += [(number, status) for status in seen if status != (200 if on else 404)]
    finally:
        over.set()
        for walker in walkers:
            walker.join(60)
    assert stale == []
    assert faults == []
    assert len(counted) > SWITCHES
