"""A lab of three people: Awa and Ben belong to it, Zoé animates it; Léa is an agent like any other."""

from __future__ import annotations

import pytest

from tests.plugins.ambassadors.factories import START, make_lab


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
