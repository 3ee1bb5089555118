"""Addresses that open one thing: scoped, dated on the right clock, revocable, worthless elsewhere."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal.content.clock import now, real_now, set_domain_clock
from portal.content.models import Token
from portal.content.tokens import issue_token, move_expiry, revoke_tokens, show_token, spend, token_of
from portal.db import PortalState, db
from portal.errors import NotFound
from portal.values import Subject

SUBJECT, OTHER = Subject("portal.group", 1), Subject("portal.group", 2)
YEARS = -3600 * 24 * 365 * 8


@pytest.fixture(autouse=True)
def inside(writing):
    with writing():
        yield


def opens(text, scope="labs.guest"):
    try:
        return token_of(text, scope) is not None
    except NotFound:
        return False


def test_a_token_opens_its_scope_only():
    text = issue_token("labs.guest", subject=SUBJECT)
    assert token_of(text, "labs.guest").subject == SUBJECT
    assert not opens(text, "labs.wall")


def test_a_token_tied_to_a_subject_lives_on_the_domains_clock(app):
    app.config["CLOCK_OFFSET_SECONDS"] = YEARS
    text = issue_token("labs.guest", subject=SUBJECT, expires_at=now() + timedelta(hours=1))
    assert opens(text)
    app.config["CLOCK_OFFSET_SECONDS"] = YEARS + 3601
    assert not opens(text)


def test_a_token_tied_to_a_person_lives_on_the_real_clock(app, make_user):
    app.config["CLOCK_OFFSET_SECONDS"] = YEARS
    assert not opens(issue_token("labs.guest", expires_at=real_now() - timedelta(seconds=1)))
    assert opens(issue_token("labs.guest", expires_at=real_now() + timedelta(minutes=1)))


def test_revoking_closes_every_token_of_the_subject_and_no_other():
    mine, again, other = (issue_token("labs.guest", subject=subject) for subject in (SUBJECT, SUBJECT, OTHER))
    wall = issue_token("labs.wall", subject=SUBJECT)
    revoke_tokens("labs.guest", SUBJECT)
    assert [opens(mine), opens(again), opens(other), opens(wall, "labs.wall")] == [False, False, True, True]
    assert show_token("labs.guest", SUBJECT) is None


def test_a_token_can_be_shown_again():
    text = issue_token("labs.guest", subject=SUBJECT)
    assert show_token("labs.guest", SUBJECT) == text


def test_an_extension_moves_the_end():
    text = issue_token("labs.guest", subject=SUBJECT, expires_at=now() - timedelta(minutes=1))
    assert not opens(text)
    move_expiry("labs.guest", SUBJECT, expires_at=now() + timedelta(minutes=1))
    assert opens(text)


def test_a_token_is_spent_as_often_as_it_says():
    text = issue_token("labs.guest", uses=2)
    for _once in range(2):
        spend(token_of(text, "labs.guest"))
    assert not opens(text)


def test_the_last_use_goes_to_one():
    grant = token_of(issue_token("labs.guest", uses=1), "labs.guest")
    spend(grant)
    with pytest.raises(NotFound):
        spend(grant)


def test_a_stolen_database_opens_nothing_and_another_collectivitys_key_neither(app):
    text = issue_token("labs.guest", subject=SUBJECT)
    row = db.session.scalars(sa.select(Token)).one()
    assert row.nonce not in text
    app.config["SECRET_KEY"] = "the key of another collectivity"
    assert not opens(text)
    assert show_token("labs.guest", SUBJECT) != text


@pytest.mark.parametrize("text", ["", ".", "1", "1.", "x.y", "-1.a", "1.é", "9" * 40 + ".a", "²." + "a" * 24])
def test_nonsense_opens_nothing(text):
    issue_token("labs.guest")
    assert not opens(text)


def test_the_domains_clock_runs_on_from_where_it_was_set(app):
    instant = real_now() - timedelta(days=3000)
    set_domain_clock(instant)
    assert abs((now() - instant).total_seconds()) < 30
    assert abs((real_now() - instant).days) >= 2999
    assert db.session.scalar(sa.select(PortalState.revision)) == 2
