"""Whose work a lab, a project, an ephemeral lab is, for peers who review it (C36 SPEC 2)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from portal.api import Subject, ask_plugins, session

from plugins.labs.models.lab import Lab
from tests.plugins.labs.ephemeral_factories import make_ephemeral
from tests.plugins.labs.factories import make_lab, make_project

PLUGINS = ["labs", "regards"]
START = datetime(2026, 9, 7, 8, tzinfo=UTC)


@pytest.fixture
def team(reading):
    """Give who is reviewed on a subject, as `regards` asks."""

    def ask(kind, number):
        with reading():
            return [sorted(some) for some in ask_plugins("regards_team", subject=Subject(kind, number))]

    return ask


def test_the_team_of_what_labs_hold(make_user, writing, clock, team):
    """C36 SPEC 2."""
    clock.set(START)
    awa, ben, cyr, dan = (make_user(name) for name in ("Awa", "Ben", "Cyr", "Dan"))
    with writing():
        lab_id = make_lab("Labo", [awa, ben], animator=awa)
        project = make_project(lab_id, cyr, guarantor=dan)
        ephemeral = make_ephemeral(lab_id, awa, people=[cyr])
        group = session.get_one(Lab, lab_id).group_id
    assert team("labs.lab", lab_id) == [[awa.id, ben.id]]
    assert team("labs.project", project) == [sorted([awa.id, ben.id, cyr.id, dan.id])]
    assert team("labs.ephemeral", ephemeral) == [sorted([awa.id, cyr.id])]
    assert team("labs.vote", 1) == team("labs.lab", 999) == team("portal.group", group) == []
