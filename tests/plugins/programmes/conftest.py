"""A day that Zoé organises for her lab, to which Awa belongs; Léa is an agent like any other."""

from __future__ import annotations

import pytest

from tests.plugins.programmes.factories import START, make_lab, make_programme


@pytest.fixture
def zoe(make_user):
    """Animate the lab, organise the day."""
    return make_user("Zoé Martin")


@pytest.fixture
def awa(make_user):
    """Belong to the lab."""
    return make_user("Awa Diop")


@pytest.fixture
def lea(make_user):
    """Be in no lab."""
    return make_user("Léa Petit")


@pytest.fixture
def lab_id(writing, clock, zoe, awa):
    """Make the lab; time stands still on the eve of the day."""
    clock.set(START)
    with writing():
        return make_lab(awa, animator=zoe)


@pytest.fixture
def programme_id(writing, zoe, lab_id):
    """Make the day, empty so far."""
    with writing():
        return make_programme(zoe, reader_group_id=lab_id)
