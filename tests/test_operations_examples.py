"""The examples of `docs/operations/` are right: systemd reads the units, nginx serves the portal with its file."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import time
from configparser import RawConfigParser

import pytest

from portal.hosting.factory import create_app
from portal.web.policy import policy_of

from tests.architecture.repository import ROOT
from tests.hosting.servers import free_port, served
from tests.strict import unavailable

PLUGINS = ["labs"]
EXAMPLES = ROOT / "docs" / "operations"
UNITS = ("portal.service", "portal-backup.service", "portal-backup.timer")
HOST = "portail.exemple.fr"
MAX_EXPOSURE = 2.0
PATIENCE_SECONDS = 30
AROUND = """
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 64; }}
http {{
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    include {folder}/portail.conf;
}}
"""


class Unit(RawConfigParser):
    """A unit file; the last of several values stands."""

    optionxform = staticmethod(str)

    def __init__(self, name):
        super().__init__(strict=False)
        self.read(EXAMPLES / name, encoding="utf-8")


@pytest.fixture
def units(tmp_path):
    """Copy the units with a program that exists here."""
    for name in UNITS:
        text = (EXAMPLES / name).read_text(encoding="utf-8")
        text = re.sub(r"ExecStart=\S+", f"ExecStart={shutil.which('true')}", text)
        (tmp_path / name).write_text(re.sub(r"Documentation=.*\n", "", text), encoding="utf-8")
    return tmp_path


def analyze(*words, folder):
    if not shutil.which("systemd-analyze"):
        unavailable("systemd is not installed (on Debian: apt install systemd)")
    command = ["systemd-analyze", *words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=False)


def test_systemd_reads_the_units(units):
    done = analyze("verify", *(f"./{name}" for name in UNITS), folder=units)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@pytest.mark.parametrize("name", [name for name in UNITS if name.endswith(".service")])
def test_a_service_can_do_little_to_the_machine(name, units):
    done = analyze("security", "--offline=true", f"--threshold={int(MAX_EXPOSURE * 10)}", f"./{name}", folder=units)
    assert done.returncode == 0, done.stdout[-2000:]


def test_units_run_commands_that_exist_as_the_portal_s_own_account():
    for name in UNITS[:2]:
        unit = Unit(name)["Service"]
        assert unit["User"] == "portail"
        assert unit["Environment"] == "PORTAL_INSTANCE=/srv/portail/instance"
        assert unit["UMask"] == "0077"
    assert Unit("portal.service")["Service"]["ExecStart"].endswith("/portal run")
    said = (EXAMPLES / "portal-backup.service").read_text(encoding="utf-8")
    assert re.findall(r"ExecStart=\S+/portal (.+)", said) == ["backup", "backup verify"]
    assert Unit("portal-backup.timer")["Timer"]["Persistent"] == "true"


def test_the_server_tells_systemd_when_it_is_ready(tmp_path):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        systemd.settimeout(PATIENCE_SECONDS)
        with served(tmp_path / "instance", environment={"NOTIFY_SOCKET": str(tmp_path / "notify")}):
            assert b"READY=1" in systemd.recv(1000)


def test_what_nginx_lets_in_is_as_large_as_what_some_page_takes(app, site):
    (size,) = re.findall(r"client_max_body_size (\d+)m;", (EXAMPLES / "nginx.conf").read_text(encoding="utf-8"))
    largest = max(policy_of(view).max_bytes for view in create_app(site).view_functions.values())
    assert largest <= int(size) * 1_000_000


@pytest.fixture
def proxied(tmp_path):
    """Serve the portal behind a real nginx with the file of the example; give how to ask through it."""
    if not shutil.which("nginx") or not shutil.which("openssl"):
        unavailable("nginx or openssl is not installed (on Debian: apt install nginx-light openssl)")
    settings = f'hosts = ["{HOST}"]\n[server]\nhttps = true\nproxies = 1\n'
    with served(tmp_path / "instance", settings=settings) as server:
        folder = tmp_path / "nginx"
        folder.mkdir()
        ports = {"80": free_port(), "443": free_port()}
        text = (EXAMPLES / "nginx.conf").read_text(encoding="utf-8")
        text = re.sub(r" *listen \[::\].*\n", "", text)
        text = re.sub(r"listen (\d+)", lambda found: f"listen 127.0.0.1:{ports[found[1]]}", text)
        text = text.replace("127.0.0.1:8000", f"127.0.0.1:{server.port}")
        text = text.replace("/etc/ssl/portail", str(folder)).replace("/var/log/nginx", str(folder))
        (folder / "portail.conf").write_text(text)
        (folder / "nginx.conf").write_text(AROUND.format(folder=folder))
        make_certificate(folder)
        command = ["nginx", "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log"), "-g", "daemon off;"]
        running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            wait_for(ports["443"], running, folder)
            yield Through(ports), server
        finally:
            running.terminate()
            running.wait(PATIENCE_SECONDS)


def make_certificate(folder):
    names = ["-keyout", str(folder / "cle.pem"), "-out", str(folder / "certificat.pem"), "-subj", f"/CN={HOST}"]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", *names]
    subprocess.run(command, check=True, capture_output=True, timeout=60)


def wait_for(port, running, folder):
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        assert running.poll() is None, (folder / "error.log").read_text()
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            os.sched_yield()
        else:
            return
    pytest.fail("nginx does not answer")


class Through:
    """A browser in front of nginx."""

    def __init__(self, ports):
        self.ports = ports

    def ask(self, path, *, secure=True, method="GET", body=None, **headers):
        trust = ssl._create_unverified_context()
        door = (
            http.client.HTTPSConnection("127.0.0.1", self.ports["443"], timeout=PATIENCE_SECONDS, context=trust)
            if secure
            else http.client.HTTPConnection("127.0.0.1", self.ports["80"], timeout=PATIENCE_SECONDS)
        )
        try:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            door.request(method, path, body, {"Host": HOST, **named})
            answer = door.getresponse()
            answer.text = answer.read().decode(errors="replace")
            return answer
        finally:
            door.close()


def test_nginx_encrypts_and_the_portal_knows_it(proxied):
    browser, server = proxied
    redirected = browser.ask("/sign-in", secure=False)
    assert (redirected.status, redirected.headers["Location"]) == (301, f"https://{HOST}/sign-in")
    page = browser.ask("/sign-in")
    assert page.status == 200
    assert "max-age" in page.headers["Strict-Transport-Security"]
    assert "nginx/" not in page.headers["Server"]
    link = link_of(server)
    entered = browser.ask(link, method="POST", body="", Origin=f"https://{HOST}", Sec_Fetch_Site="same-origin")
    assert entered.status == 303
    assert "Secure" in entered.headers["Set-Cookie"]


def link_of(server):
    command = [sys.executable, "-m", "portal.cli", "--instance", str(server.folder), "rescue", "--new", "Ida Kerbrat"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = re.search(rf"https://{HOST}(/link/\S+)", done.stdout)
    assert found, done.stdout
    return found[1]


def test_what_a_browser_pretends_to_be_is_not_believed(proxied):
    browser, server = proxied
    assert browser.ask("/sign-in", X_Forwarded_Host="elsewhere.example", X_Forwarded_Proto="http").status == 200
    assert server.ask("/sign-in", host="elsewhere.example")[0] == 404


def test_a_probe_of_this_machine_reads_the_health(proxied):
    browser, _server = proxied
    assert '"database":"ok"' in browser.ask("/healthz").text
