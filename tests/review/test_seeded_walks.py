"""Faults seeded in what makes a walk prove anything: where it did not go, what it did not see, whom it did not try."""

from __future__ import annotations

from dataclasses import replace

from portal.api import Conflict, Forbidden, Invalid, signed_in, viewer

from tests.review import checks, walks
from tests.review.seeding import acting, at, caught
from tests.review.walking import Walk
from tests.review.world import AGENT, AGENTS, ANONYMOUS, MEMBER, OWNER


def said(walk, **more):
    """Give the same walk with more said of what stands there."""
    furniture = walk.furniture
    merged = {name: {**getattr(furniture, name), **entries} for name, entries in more.items()}
    return Walk(walk.app, walk.world, replace(furniture, **merged))


def visits_of(walk, role, *endpoints):
    return [walk.visit(role, door) for door in at(walk, *endpoints)]


def test_an_address_that_opens_to_nobody(mount, walk):
    def shut():
        raise Forbidden("x")

    mount("shut", signed_in()(shut))
    caught(walks.unreached(walk, visits_of(walk, AGENT, "careless.shut")), "careless.shut opened to nobody")


def test_an_address_that_opens_and_is_said_to_open_to_nobody(walk):
    told = said(walk, unreached={"labs.index": "x"})
    caught(walks.unreached(told, visits_of(told, AGENT, "labs.index")), "labs.index is said to open to nobody")


def test_a_column_that_no_page_shows(walk):
    caught(checks.unseen(walk, visits_of(walk, AGENT, "labs.index")), "labs_ephemeral.question is shown to nobody")


def test_a_column_that_is_shown_and_is_said_to_be_hidden(walk):
    told = said(walk, hidden={"labs_lab.name": "x"})
    caught(checks.unseen(told, visits_of(told, AGENT, "labs.index")), "labs_lab.name is said to be hidden")


def test_an_act_that_nobody_tried_who_lacks_its_fact(walk):
    refused = visits_of(walk, OWNER, "labs.stop")
    caught(checks.untried(walk, []), "labs.stop was refused to nobody")
    assert not [fault for fault in checks.untried(walk, refused) if fault.startswith("labs.stop ")]


def test_an_act_that_stops_whoever_may_not_by_what_they_typed(mount, walk):
    def choose():
        if viewer().person_id != walk.world.people[OWNER].id:
            raise Invalid("x")
        return ""

    mount("choose", signed_in()(choose), methods=["POST"])
    told = said(walk, acts={"careless.choose": frozenset({OWNER})})
    caught(acting(told, MEMBER, "careless.choose"), "member: POST /try/choose → 422 is no refusal, and owner", "→ 200")
    stopped = visits_of(told, MEMBER, "careless.choose")
    caught(checks.untried(told, stopped), "careless.choose was refused to nobody")


def test_an_act_whose_conflict_is_said_to_who_may_not_alone(mount, walk):
    def choose():
        raise Conflict("x")

    mount("choose", signed_in()(choose), methods=["POST"])
    told = said(walk, acts={"careless.choose": AGENTS - {MEMBER}})
    assert not [fault for fault in acting(told, MEMBER, "careless.choose") if "is no refusal" in fault]
    told = said(walk, acts={"careless.choose": frozenset()})
    caught(acting(told, MEMBER, "careless.choose"), "member: POST /try/choose → 409 is no refusal, and nobody who may")


def test_a_method_that_nobody_declared(app, walk):
    rule = next(rule for rule in app.url_map.iter_rules() if rule.endpoint == "labs.index")
    doors = at(walk, "labs.index")  # as declared
    rule.methods.add("PUT")
    caught(walks.try_every_method(walk, [AGENT], doors=doors), "agent: PUT /labs/ → 200 is no refusal")


def test_an_open_form_that_takes_another_site_s_request(walk, monkeypatch):
    monkeypatch.setattr("portal.hosting.requests.check_origin", lambda *, required: None)
    faults = walks.forge_all(walk, doors=at(walk, "core.sign_in", "regards.leave", "labs.guest_door"))
    for address in ("/sign-in", "/regards/v/", "/labs/q/"):
        caught(faults, f"{ANONYMOUS}: POST {address}", "cross-site")
        caught(faults, f"{ANONYMOUS}: POST {address}", "from nowhere")
