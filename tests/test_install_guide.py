"""An IT officer installs the portal for a commune of 40 agents by the guide, in twenty minutes (issue 3 §5.1).

What is marked `root` is done by nobody here: its files are tried in `test_operations_examples`. What is done in a
browser is done by the addresses and the forms that the guide names.
"""

from __future__ import annotations

import os
import re
import subprocess
import sysconfig
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from werkzeug.test import Client

from portal.hosting.config import read_instance

from tests.architecture.repository import ROOT, files, name
from tests.hosting.servers import free_port, served
from tests.houses import CSRF, SAME_ORIGIN, opened

pytestmark = pytest.mark.delivery

GUIDE = ROOT / "docs" / "operations" / "installer.md"
BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"(/link/[\w.-]+)")
HOST = "portail.exemple.fr"
AGENTS = 40
MINUTES = 20
NAMES = ("Diop", "Le Goff", "Morel", "N'Guyen", "Øst", "Dupré")


class Officer:
    """Who follows the guide: runs its commands in a folder that stands for /srv."""

    def __init__(self, srv):
        self.srv, self.home = srv, srv / "portail"
        self.began = time.monotonic()
        self.said = {}

    def place(self, text):
        return text.replace("/srv/", f"{self.srv}/")

    def write(self, file, text):
        path = Path(self.place(file))
        path.write_text(self.place(text), encoding="utf-8")

    def run(self, text):
        left = MINUTES * 60 - (time.monotonic() - self.began)
        environment = {key: value for key, value in os.environ.items() if key not in {"PYTHONPATH", "PORTAL_INSTANCE"}}
        for line in self.place(text).splitlines():
            if line.startswith("cd "):
                continue
            done = subprocess.run(
                ["bash", "-euc", line], cwd=self.home, env=environment, capture_output=True, text=True,
                timeout=left, check=False,
            )  # fmt: skip
            assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
            self.said[line] = done.stdout
            if line.startswith("python3 -m venv"):
                self.borrow()

    def borrow(self):
        """Let the new environment see the packages that are here, so that nothing is fetched: the lock is satisfied."""
        (packages,) = self.home.glob("venv/lib/*/site-packages")
        (packages / "borrowed.pth").write_text(sysconfig.get_path("purelib"))


class Pages:
    """A browser on the installed instance, as the person of a link."""

    def __init__(self, house, path):
        self.client = Client(house.dispatcher)
        self.where = {"base_url": f"https://{HOST}", "environ_base": SAME_ORIGIN}
        secret = "un bac à sable pour quarante agents"
        form = {"password": secret, "password_again": secret}
        assert self.client.post(path, data=form, **self.where).status_code == 303

    def get(self, path):
        answer = self.client.get(path, **self.where)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.text

    def post(self, path, **fields):
        fields["csrf_token"] = CSRF.search(self.get(path)).group(1)
        return self.client.post(path, data=fields, **self.where)


@pytest.fixture(scope="module")
def officer(tmp_path_factory):
    """Follow the whole guide; give what was said on the way, and what the browser showed."""
    srv = tmp_path_factory.mktemp("srv")
    one = Officer(srv)
    for folder in ("portail", "sauvegardes"):
        (srv / folder).mkdir(mode=0o750)
    copy_tree(one.home / "code")
    for language, mark, text in BLOCK.findall(GUIDE.read_text(encoding="utf-8")):
        if mark.startswith("file="):
            one.write(mark.removeprefix("file="), forty(text) if language == "csv" else text)
        elif (language, mark) == ("sh", ""):
            one.run(text)
        elif (language, mark) == ("sh", "running"):
            serve_and_run(one, text)
    one.minutes = (time.monotonic() - one.began) / 60
    return one


def copy_tree(target):
    """Copy what a checkout has; the script of the pages is taken from here, as npm would give it."""
    for path in [*files(), *(ROOT / "portal/web/static/vendor").glob("*"), ROOT / "portal/packaging/package-lock.json"]:
        place = target / name(path)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(path.read_bytes())


def forty(text):
    """Make the file of the guide as long as a real one."""
    lines = text.splitlines()
    first = int(lines[-1].partition(";")[0]) + 1
    for number in range(first, first + AGENTS - len(lines) + 1):
        lines.append(f"{number};{NAMES[number % len(NAMES)]} {number};Camille;Voirie;Agente;")
    return "\n".join([*lines, ""])


def serve_and_run(officer, text):
    """Run what the guide says to run once the service is started."""
    program = officer.home / "venv/bin/portal"
    settings = officer.home / "instance/portal.toml"
    before = settings.read_text()
    settings.write_text(before.replace("[server]\n", f"[server]\nport = {free_port()}\n"))
    with served(officer.home / "instance", program=program, host=HOST) as server:
        pause = threading.Event()
        while '"worker_age_seconds":null' in server.ask("/healthz", host=HOST)[1]:
            assert time.monotonic() - officer.began < MINUTES * 60
            pause.wait(0.2)
        officer.run(text)
    settings.write_text(before)


def test_every_command_of_the_guide_succeeds_within_twenty_minutes(officer):
    assert officer.minutes < MINUTES
    assert len(officer.said) >= 10  # none of them failed: see Officer.run


def test_the_readme_gives_the_same_commands(officer):
    section = (ROOT / "README.md").read_text(encoding="utf-8").partition("## Installer pour de bon")[2]
    (_language, _mark, block) = BLOCK.search(section).groups()
    wanted = [line.partition("#")[0].strip() for line in block.splitlines()]
    guide = GUIDE.read_text(encoding="utf-8")
    assert [line for line in wanted if line and line not in guide] == []


def test_at_the_first_look_only_the_backup_is_missing(officer):
    said = next(text for line, text in officer.said.items() if line.endswith("portal doctor || true"))
    assert "1 à réparer, 0 à surveiller" in said, said
    assert "Aucune sauvegarde" in said


def test_at_the_end_nothing_is_left_to_repair(officer):
    said = next(text for line, text in officer.said.items() if line.endswith("portal doctor"))
    assert "0 à réparer, 0 à surveiller" in said, said


def test_forty_agents_are_in_two_labs_are_animated_ten_links_are_printed(officer):
    link = LINK.search(next(text for line, text in officer.said.items() if "portal init" in line)).group(1)
    with opened(read_instance(officer.home / "instance")) as house:
        pages = Pages(house, link)
        assert pages.get("/directory/people.csv").count("\n") >= AGENTS
        for lab, animator in (("Labo des quais", "Awa Diop"), ("Labo du périscolaire", "4003")):
            made = pages.post(
                "/labs/new", name=lab, animator=animator, text="Une salle, un soir par mois",
                review_on=f"{datetime.now(UTC) + timedelta(days=90):%Y-%m-%d}",
            )  # fmt: skip
            assert made.status_code == 303, made.text
            assert lab in pages.get("/labs/")
        offered = re.findall(r'name="people"[^>]*value="(\d+)"', pages.get("/directory/slips"))
        printed = pages.post("/directory/slips", people=offered[:10], minutes="1440")
        links = set(LINK.findall(printed.text))
        assert len(links) == 10
        awa = Client(house.dispatcher).get(sorted(links)[0], base_url=f"https://{HOST}")
        assert awa.status_code == 200
