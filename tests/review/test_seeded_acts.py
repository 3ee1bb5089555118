"""Faults seeded in what one does, and in what moves or grows: each is caught by its check (P20)."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Response

from portal.api import Conflict, listing, session, signed_in
from portal.content.models import Notice
from portal.people.models import User
from portal.people.persons import person

from plugins.labs.models.ephemeral import Ephemeral
from tests.review import walks
from tests.review.acting import undone
from tests.review.filling import Forms
from tests.review.growing import compare_ten_and_a_thousand
from tests.review.outside import compare_before_and_after
from tests.review.seeding import acting, at, caught, everything, with_policy
from tests.review.world import AGENT, ANIMATOR, KIOSK, MEMBER, OWNER, SUPERIOR


def test_an_act_without_its_permission(app, walk, monkeypatch):
    with_policy(app, monkeypatch, "labs.close", {"kind": "signed_in", "permission": None})
    faults = acting(walk, AGENT, "labs.close")
    caught(faults, "agent: POST /labs/1/close", "→ 303, not [403]")
    caught(faults, "agent: POST /labs/1/close", "wrote: UPDATE labs_lab")


def test_an_act_that_asks_the_permission_and_forgets_the_fact(walk, monkeypatch):
    monkeypatch.setattr("plugins.labs.services.running.must_have_opened", lambda actor, _row: actor.person_id)
    faults = acting(walk, MEMBER, "labs.ephemeral_cancel_now")
    caught(faults, "member: POST /labs/e/", "/off", "wrote: UPDATE labs_ephemeral")


def let_everybody(*_args, **_options):
    return None


@pytest.mark.parametrize("endpoint", ["labs.reword", "labs.end"])
def test_an_act_that_asks_who_steers_and_forgets_who_leads(walk, monkeypatch, endpoint):
    monkeypatch.setattr("plugins.labs.services.projects.must_lead", let_everybody)
    caught(acting(walk, ANIMATOR, endpoint), "animator: POST /labs/projects/", "wrote: UPDATE labs_project")


def test_an_act_that_forgets_who_takes_part(walk, monkeypatch):
    monkeypatch.setattr("plugins.labs.services.running._must_take_part", let_everybody)
    caught(acting(walk, MEMBER, "labs.ephemeral_extend"), "member: POST /labs/e/", "wrote: UPDATE labs_ephemeral")


def test_an_act_that_forgets_who_was_in(walk, monkeypatch):
    monkeypatch.setattr("plugins.labs.services.telling._must_have_been_in", lambda actor, _row: actor.person_id)
    caught(acting(walk, MEMBER, "labs.ephemeral_tell"), "member: POST /labs/e/", "wrote: UPDATE labs_ephemeral")


def test_an_act_that_is_refused_to_all_who_may_do_it(mount, walk):
    def busy():
        raise Conflict("x")

    mount("busy", signed_in()(busy), methods=["POST"])
    faults = undone(walk, Forms(), [], at(walk, "careless.busy"))
    caught(list(faults), "careless.busy: what is sent is never taken")


def test_an_archive_that_tells_what_is_somebody_else_s(walk, monkeypatch):
    monkeypatch.setattr("portal.content.privacy.holdings.is_about", everything)
    caught(acting(walk, AGENT, "core.my_data"), "agent: POST /account/data → 200 tells users.matricule")


def test_a_form_that_takes_any_token(walk, monkeypatch):
    monkeypatch.setattr("portal.hosting.requests._check_token", lambda: None)
    caught(walks.forge_all(walk, doors=at(walk, "core.make_feed", "labs.leave")), "/account/feed → 303, ")


def test_a_form_that_takes_another_site_s_request(walk, monkeypatch):
    monkeypatch.setattr("portal.hosting.requests.check_origin", lambda *, required: None)
    caught(walks.forge_all(walk, doors=at(walk, "core.make_feed", "core.sign_out")), "foreign origin")


def test_a_count_that_counts_what_is_private(walk, built, monkeypatch, clock):
    clock.advance()
    total = lambda _statement: str(session.scalar(sa.select(sa.func.count(Ephemeral.id))))  # noqa: E731
    monkeypatch.setattr("plugins.labs.views.ephemerals._total", total)
    doors = at(walk, "labs.ephemerals")
    faults = compare_before_and_after(walk, [SUPERIOR], plugins=built.plugins, doors=doors)
    caught(faults, "superior: GET /labs/e/ → 200 has moved")


def test_a_list_that_asks_once_for_each_row(mount, walk):
    def people():
        return Response("\n".join(person(number).name for number in session.scalars(sa.select(User.id))))

    mount("people", signed_in()(people))
    faults = compare_ten_and_a_thousand(walk, [OWNER], doors=at(walk, "careless.people"))
    caught(faults, "owner: GET /try/people", "with 1000")


def test_a_paged_list_that_asks_once_for_each_row(mount, walk):
    def notices():
        page = listing(sa.select(Notice), order_by=[Notice.id])
        asked = (session.scalar(sa.select(Notice.text).where(Notice.id == item.id)) for item in page.items)
        return Response("\n".join(map(str, asked)))

    mount("notices", signed_in()(notices))
    faults = compare_ten_and_a_thousand(walk, [OWNER], doors=at(walk, "careless.notices"))
    caught(faults, "owner: GET /try/notices", "with 1000")


def test_a_screen_that_keeps_every_permission(app, walk, monkeypatch):
    every = frozenset(app.config["PERMISSIONS"])
    monkeypatch.setattr("portal.people.sessions.screen_permissions", lambda: every)
    caught(acting(walk, KIOSK, "core.make_feed"), "agent on a screen: POST /account/feed → 303, not [403]")
