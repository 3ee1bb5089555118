"""The whole portal, walked through as each role (trust P1–P4, P18, P19): nothing is found."""

from __future__ import annotations

import pytest

from tests.review import walks
from tests.review.doors import lost
from tests.review.walking import Walk
from tests.review.world import ADMIN, AGENT, ANONYMOUS, MEMBER


@pytest.fixture
def walk(app, world, furniture):
    """Give a walk through a copy of the world."""
    return Walk(app, world, furniture)


def said(faults):
    return "\n".join(faults)


def test_every_address_is_filled_and_asks_what_was_said(app, world, furniture):
    assert not lost(app, world, furniture)


def test_every_page_tells_each_role_what_it_may_read_and_no_more(walk, world):
    faults = walks.read_all(walk, world.roles())
    assert not faults, said(faults)


def test_every_act_is_open_to_those_who_may_and_to_nobody_else(walk, world):
    faults = walks.act_all(walk, world.roles())
    assert not faults, said(faults)


def test_what_is_private_reads_as_what_never_was(walk, world):
    roles = world.roles() if world.is_full else (ANONYMOUS, AGENT, MEMBER, ADMIN)
    faults = walks.compare_with_nothing(walk, roles)
    assert not faults, said(faults)


def test_a_method_that_is_not_declared_is_refused(walk, world):
    faults = walks.try_every_method(walk, world.roles() if world.is_full else (ANONYMOUS, ADMIN))
    assert not faults, said(faults)


def test_no_other_site_and_no_other_session_makes_a_browser_act(walk):
    faults = walks.forge_all(walk)
    assert not faults, said(faults)


def test_a_mail_says_only_what_its_reader_may_read(walk):
    faults = walks.read_mails(walk)
    assert not faults, said(faults)
