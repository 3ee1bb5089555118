"""Nothing runs that we did not write, in a real browser with its content policy off (P5); nobody is asked (P6)."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Blueprint, render_template_string

from portal.api import session, signed_in
from portal.people.models import User

from tests.review.building import opened
from tests.review.furniture import furniture_of
from tests.review.hostile import TOGETHER, TYPED, evaluated, poison
from tests.review.looks import Looks, fill_forms, look_once
from tests.review.serving import served
from tests.review.sights import abroad, inline, ran
from tests.review.walking import Walk
from tests.review.world import ADMIN, AGENT, ANONYMOUS, OWNER

pytestmark = pytest.mark.browser
CHECKS = (ran, inline, abroad, evaluated)


@pytest.fixture(scope="module")
def looks(built, database, browser):
    """Serve a copy of the world where every word is hostile, with a view that trusts what it finds there."""
    with opened(built, database) as app:
        furniture = furniture_of(app, built.plugins)
        assert poison(app, furniture) > 100
        app.register_blueprint(trusting_plugin())
        with served(app) as base:
            yield Looks(Walk(app, built.world, furniture), browser, base)


def trusting_plugin():
    careless = Blueprint("careless", __name__)

    @careless.get("/try/trusting")
    @signed_in()
    def trusting():
        names = session.scalars(sa.select(User.name)).all()
        return render_template_string("{{ names|join|safe }} <a href='{{ link }}'>x</a>", names=names, link=TYPED[2])

    return careless


@pytest.fixture(scope="module")
def seen(looks):
    """Open every page."""
    roles = looks.roles() if looks.walk.world.is_full else (ADMIN, OWNER, ANONYMOUS)
    return [sight for sight in look_once(looks, roles, csp=False) if sight.endpoint != "careless.trusting"]


def found(sights):
    return [fault for check in CHECKS for fault in check(sights)]


def test_what_is_stored_is_shown_as_it_was_typed(looks, seen, figure, database):
    faults = [*found(seen), *evaluated(looks.alike)]
    said = f"{len(faults)} on {len(seen)} pages; {len(looks.alike)} more have the elements of one of them"
    figure("hostile words of the database that ran, with the policy off", database.kind, aim="0", found=said)
    assert not faults, "\n".join(faults)
    assert len([sight for sight in seen if "&lt;img x-made" in sight.html]) > len(seen) / 4


def test_what_is_refused_or_taken_is_shown_as_it_was_typed(looks, seen, figure, database):
    forms = list(fill_forms(looks, seen, TOGETHER, csp=False))
    faults, said = found(forms), f"{len(found(forms))} in {len(forms)} forms"
    figure("hostile words of a form that ran, with the policy off", database.kind, aim="0", found=said)
    assert not faults, "\n".join(faults)
    assert len([sight for sight in forms if sight.status == 422 and "x-made" in sight.html]) > len(forms) / 4


def test_a_page_that_trusts_what_it_finds(looks):
    with looks.looking(AGENT, csp=False) as somebody:
        faults = found([somebody.look("/try/trusting")])
    for words in ("ran 1", "ran 2", "ran 4", "made", "javascript:", "onerror", "hx-on", "asks http://elsewhere"):
        assert any(words in fault for fault in faults), (words, faults)
