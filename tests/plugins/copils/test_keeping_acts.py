"""What becomes of a commitment: by its owner, by those who asked, and by nobody else (C07)."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa

from portal.api import session

from plugins.copils.models.commitment import Commitment
from tests.plugins.copils.factories import (
    START,
    make_commitment,
    make_copil,
    make_function,
    make_question,
)
from tests.plugins.labs.pages import words

PLUGINS = ["copils"]
DUE = date(2026, 10, 7)


@pytest.fixture
def awa(make_user):
    """Ask."""
    return make_user("Awa Diop")


@pytest.fixture
def ben(make_user):
    """Hold the function that promised."""
    return make_user("Ben Roux")


@pytest.fixture
def zoe(make_user):
    """Facilitate the copil."""
    return make_user("Zoé Martin")


@pytest.fixture
def lea(make_user):
    """Come after Ben."""
    return make_user("Léa Petit")


@pytest.fixture
def number(clock, writing, awa, ben, zoe):
    """Make what a function of Ben owes since a question of Awa, at a copil where another function decides."""
    clock.set(START)
    with writing():
        means = make_function("Moyens généraux", ben)
        copil_id = make_copil(zoe, [make_function("Direction générale")])
        return make_commitment(make_question(awa, copil_id), means, by=zoe, holder=ben)


@pytest.fixture
def url(number):
    return f"/copils/c/{number}"


@pytest.fixture
def row(number, reading):
    """Give the columns of the commitment now."""

    def read():
        with reading():
            found = session.get_one(Commitment, number)
            return {column.key: getattr(found, column.key) for column in sa.inspect(Commitment).column_attrs}

    return read


def function_of(row):
    return row()["function_id"]


def test_the_page_says_what_who_until_when(client, sign_in, make_user, url):
    """C07 SPEC 5."""
    sign_in(make_user("Noé"))
    page = words(client.get(url))
    assert "Une salle ouverte, sans réservation" in page
    assert "Moyens généraux (aujourd’hui : Ben Roux)" in page
    assert "7 octobre 2026" in page
    assert "Pourquoi trois signatures ?" in page
    assert "Dire que c’est fait" not in page
