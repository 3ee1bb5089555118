"""A lab of three people: Awa and Ben belong to it, Zoé animates it; Léa is an agent like any other."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from portal.api import now, session

from plugins.ambassadors.models.request import HelpRequest
from plugins.ambassadors.queries.requests import exchanges_by_id
from tests.plugins.ambassadors.factories import START, WANTED, make_card, make_lab


@pytest.fixture
def awa(make_user):
    """Belong to the lab."""
    return make_user("Awa Diop")


@pytest.fixture
def ben(make_user):
    """Belong to the lab."""
    return make_user("Ben Roux")


@pytest.fixture
def zoe(make_user):
    """Animate the lab."""
    return make_user("Zoé Martin")


@pytest.fixture
def lea(make_user):
    """Be in no lab."""
    return make_user("Léa Petit")


@pytest.fixture
def lab_id(writing, clock, awa, ben, zoe):
    """Make the lab; time stands still on a Wednesday morning."""
    clock.set(START)
    with writing():
        return make_lab(members=(awa, ben), animator=zoe)


@pytest.fixture
def card(writing, awa, lab_id):
    """Open a card of Awa to every agent."""
    with writing():
        make_card(awa, lab_id, bring="dessiner")
    return f"/ambassadors/people/{awa.id}"


@pytest.fixture
def made(card, sign_in, lea, post):
    """Let Léa ask Awa; give the address of the request."""
    answer = post(sign_in(lea), f"{card}/ask", WANTED)
    assert answer.status_code == 303
    return answer.location


@pytest.fixture
def states(as_viewer, reading):
    """Give where each of the requests of somebody stands, for them."""

    def look(who) -> list[str]:
        viewer = as_viewer(who)
        with reading():
            ids = session.scalars(sa.select(HelpRequest.id).order_by(HelpRequest.id)).all()
            found = {exchange.id: exchange.state.value for exchange in exchanges_by_id(viewer, ids, at=now())}
            return [found[number] for number in ids if number in found]

    return look
