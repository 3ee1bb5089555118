"""What those outside may learn from what moves: nothing (P19)."""

from __future__ import annotations

import pytest

from tests.review.outside import compare_before_and_after
from tests.review.walking import Walk
from tests.review.world import ADMIN, AGENT, PLUGIN_ADMIN, SUPERIOR


@pytest.fixture
def walk(app, world, furniture):
    """Give a walk through a copy of the world."""
    return Walk(app, world, furniture)


def test_nothing_moves_for_those_outside_when_something_private_is_added(walk, built, clock):
    clock.advance()
    roles = (SUPERIOR, ADMIN, AGENT, PLUGIN_ADMIN) if built.world.is_full else (SUPERIOR, ADMIN)
    faults = compare_before_and_after(walk, roles, plugins=built.plugins)
    assert not faults, "\n".join(faults)
