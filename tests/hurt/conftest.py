"""Hostile forms are those of the world of the review, where everybody brought something to every page."""

import pytest

from tests.hurt.keeping import every_form
from tests.review.building import opened
from tests.review.conftest import built, worlds
from tests.review.furniture import furniture_of
from tests.review.walking import Walk

__all__ = ["built", "shown", "walk", "worlds"]


@pytest.fixture(scope="module")
def walk(built, database):
    """Give a walk through a copy of the world, which nothing here may change."""
    with opened(built, database) as app:
        yield Walk(app, built.world, furniture_of(app, built.plugins))


@pytest.fixture(scope="module")
def shown(walk):
    """Give every form that has a field to type in."""
    return every_form(walk)
