"""A plugin that raises, in each hook there is: its own part is missing and nothing else, and it is said under its name.

The hooks are read from `portal/hookspecs`. A new one fails here until a page or an act of `tour` reaches it.
"""

from __future__ import annotations

import html
import re

import pytest
import sqlalchemy as sa

from portal.db import transaction
from portal.hosting.worker import run_jobs
from portal.loader.hooks import CORE_SPECS, at_start
from portal.people.models import Group

from tests.plugins.labs.factories import make_lab

PLUGINS = ["labs"]
HOOKS = {name: module for module in CORE_SPECS for name in dir(module) if name.startswith("portal_")}
AT_START = sorted(name for name, module in HOOKS.items() if module is at_start)
LATER = sorted(set(HOOKS) - set(AT_START))
ERRORS = ["RuntimeError", "SystemExit"]
RAISING = "\n\n@api.hookimpl\ndef {hook}():\n    raise {error}('gone fishing')\n"
LINK = re.compile(r'<a [^>]*href="([^"]+)"')
NEW_LAB = {"name": "Labo de la digue", "animator": "Ida Kerbrat", "text": "Le lieu", "review_on": "2040-06-01"}


@pytest.fixture
def lab_id(house):
    with house.app().app_context(), transaction():
        return make_lab("Labo de Dunkerque")


@pytest.fixture
def tour(house, admin, lab_id):
    """Open the pages that show what plugins give, and list the links found in each; all of them answer."""
    paths = ("/", "/labs/", f"/labs/{lab_id}", "/news", "/accessibilite", "/plugins/labs")

    def walk():
        answers = {path: admin.get(path) for path in paths}
        assert {path: answer.status_code for path, answer in answers.items()} == dict.fromkeys(paths, 200)
        return {path: set(LINK.findall(answer.text)) for path, answer in answers.items()}

    return walk


def raising(stranger, hook, error):
    stranger.append("plugin.py", RAISING.format(hook=hook, error=error))


def assert_nothing_of_others_is_missing(before, after):
    assert [link for path in before for link in before[path] - after[path]] == []


@pytest.mark.parametrize("error", ERRORS)
@pytest.mark.parametrize("hook", AT_START)
def test_who_raises_at_the_start_is_set_aside_and_the_others_start(hook, error, stranger, house, admin, tour):
    before = tour()
    assert admin.switch("notices").status_code == 303
    raising(stranger, hook, error)
    house.dispatcher.live.clear()
    assert_nothing_of_others_is_missing(before, tour())
    assert house.app().config["PLUGINS"] == ("labs",)
    state = house.state("notices")
    assert (state.is_on, state.phase, state.reason) == (True, "register", f"{error}: gone fishing")
    assert state.reference in html.unescape(admin.get("/plugins/notices").text)
    assert house.state("labs").at is None


@pytest.mark.parametrize("error", ERRORS)
@pytest.mark.parametrize("hook", LATER)
def test_who_raises_later_loses_that_part_alone(hook, error, stranger, house, admin, tour, lab_id):
    before = tour()
    raising(stranger, hook, error)
    assert admin.switch("notices").status_code == 303
    assert_nothing_of_others_is_missing(before, tour())
    assert admin.get("/notices/").status_code == 200
    assert admin.get(f"/notices/labs/{lab_id}/new").status_code == (403 if hook == "portal_may" else 200)
    assert admin.post("/labs/new", NEW_LAB).status_code == 303
    run_jobs(house.app())
    assert house.rows(sa.select(Group.name).where(Group.name == NEW_LAB["name"]))
    found = {(fault.place, fault.summary) for fault in house.faults("notices")}
    assert found == {(hook, f"{error}: gone fishing")}
    assert house.faults("notices")[-1].reference in admin.get("/plugins/notices").text
    assert house.state("notices").at is None
    assert not house.faults("labs")
