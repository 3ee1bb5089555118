"""The whole portal, walked through as each role (trust P1–P4, P18, P19): nothing is found."""

from __future__ import annotations

import pytest

from tests.review import walks
from tests.review.acting import act_all
from tests.review.doors import every_door, lost
from tests.review.expecting import expected
from tests.review.filling import Forms
from tests.review.world import ADMIN, AGENT, ANONYMOUS, KIOSK, MEMBER, SHORT, STRANGERS


@pytest.fixture(scope="module")
def forms(built):
    """Remember the forms that pages showed from one walk to the next."""
    return Forms()


@pytest.fixture
def nothing_wrong(walk, figure, database):
    """Note how many of its visits a walk found fault with, then want none."""

    def judge(what, faults):
        figure(what, database.kind, aim="0", found=f"{len(faults)} in {walk.visits} requests")
        assert not faults, "\n".join(faults)

    return judge


def test_every_address_is_filled_and_asks_what_was_said(app, world, furniture, walk, figure, database):
    every = len(every_door(app, world, furniture))
    said = f"{every - len(walk.doors)} of {every}; gone to as each role: {len(walk.doors)}"
    figure("doors that differ in nobody’s rights from one that is gone to", database.kind, aim="—", found=said)
    assert not lost(app, world, furniture)


def test_a_short_walk_lets_each_role_each_door_and_each_answer_meet(walk, world):
    """By pairs: what the long walk goes to with every role, the short one goes to with some."""
    roles = [role for role in SHORT if role not in STRANGERS]
    went = {role: walk.pairs_for(role) for role in roles}
    assert {door for doors in went.values() for door in doors} == set(walk.doors)
    for role in roles:
        answers = {(door.endpoint, door.method, expected(door, role, world, walk.furniture)) for door in walk.doors}
        met = {(door.endpoint, door.method, expected(door, role, world, walk.furniture)) for door in went[role]}
        assert met == answers
        assert (len(went[role]) < len(walk.doors)) is not world.is_full


def test_every_page_tells_each_role_what_it_may_read_and_no_more(walk, world, nothing_wrong):
    nothing_wrong("pages that tell a role too much, or break", walks.read_all(walk, world.roles()))


def test_every_act_is_open_to_those_who_may_and_to_nobody_else(walk, world, forms, nothing_wrong):
    nothing_wrong("acts of a role that may not", act_all(walk, world.roles(), forms=forms))


def test_a_shared_screen_opens_what_is_said_and_no_more(walk, forms, nothing_wrong):
    """One door of each here; the long walks above go to them all as somebody on a screen too."""
    doors = list({(door.endpoint, door.method): door for door in walk.doors_for(KIOSK)}.values())
    faults = walks.read_all(walk, [KIOSK], doors=doors) + act_all(walk, [KIOSK], doors=doors, forms=forms)
    nothing_wrong("doors that a shared screen opens too wide", faults)


def test_what_is_private_reads_as_what_never_was(walk, world, clock, nothing_wrong):
    clock.advance()  # it then stands still: a page that is printed says when
    roles = world.roles() if world.is_full else (ANONYMOUS, AGENT, MEMBER, ADMIN)
    nothing_wrong("private things told from what never was", walks.compare_with_nothing(walk, roles))


def test_a_method_that_is_not_declared_is_refused(walk, world, nothing_wrong):
    nothing_wrong(
        "methods that nobody declared, taken",
        walks.try_every_method(walk, world.roles() if world.is_full else (ANONYMOUS, ADMIN)),
    )


def test_no_other_site_and_no_other_session_makes_a_browser_act(walk, nothing_wrong):
    nothing_wrong("forms sent by another site or session, taken", walks.forge_all(walk))


def test_a_mail_says_only_what_its_reader_may_read(walk, nothing_wrong):
    nothing_wrong("mails that tell too much", walks.read_mails(walk))
