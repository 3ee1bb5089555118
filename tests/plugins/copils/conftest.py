"""A commitment of a function of Ben, asked for by Awa at a copil of Zoé; a collective of three, and those around it."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from portal.api import session

from plugins.copils.models.commitment import Commitment
from tests.plugins.copils.factories import (
    MEMBERS,
    START,
    TYPED,
    make_commitment,
    make_copil,
    make_function,
    make_question,
)


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


@pytest.fixture
def means(row):
    return row()["function_id"]


@pytest.fixture
def act(client, sign_in, post, url):
    """Do something with the commitment as somebody, by raw POST."""

    def do(who, what, **typed):
        sign_in(who)
        return post(client, f"{url}/{what}", typed)

    return do


@pytest.fixture
def say_done(act, ben):
    def say(who=None):
        return act(who or ben, "done", proof="La salle 12 est ouverte")

    return say


@pytest.fixture
def folk(make_user, writing, clock):
    """Give those who ask, the one who answers, the one who facilitates, somebody else, an administrator; a copil."""
    clock.set(START)
    awa, bea, cyr = (make_user(name) for name in MEMBERS)
    found = SimpleNamespace(
        awa=awa,
        bea=bea,
        cyr=cyr,
        dg=make_user("Denis Grand"),
        lea=make_user("Léa Petit"),
        other=make_user("Omar Sy"),
        admin=make_user("Ada Min", role="admin"),
    )
    with writing():
        found.function_id = make_function("Direction générale", found.dg)
        found.copil_id = make_copil(found.lea, [found.function_id])
    return found


@pytest.fixture
def asked(folk, sign_in, post):
    """Let Awa begin to ask as a collective, Béa invited; give the address of the question."""
    return post(sign_in(folk.awa), f"/copils/sessions/{folk.copil_id}/ask", TYPED).location


@pytest.fixture
def public(folk, asked, sign_in, post):
    """Let the three ask it: it is on the agenda."""
    assert post(sign_in(folk.awa), f"{asked}/invite", {"person": "Cyr Nkomo"}).status_code == 303
    for person in (folk.bea, folk.cyr):
        assert post(sign_in(person), f"{asked}/voice").status_code == 303
    return asked
