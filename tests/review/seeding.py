"""What the seeded faults share: which doors, which walk, what must be said."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import sqlalchemy as sa

from tests.review import walks
from tests.review.acting import act_all
from tests.review.filling import Forms


def at(walk, *endpoints):
    """Give the doors of these endpoints."""
    found = [door for door in walk.doors if door.endpoint in endpoints]
    assert found, endpoints
    return found


def caught(faults, *words):
    """Tell whether one of the faults says all of these words."""
    assert any(all(word in fault for word in words) for fault in faults), faults


def reading(walk, role, *endpoints):
    return walks.read_all(walk, [role], doors=at(walk, *endpoints))


def acting(walk, role, *endpoints, is_button=False):
    """Send these forms; those of a careless view stand on no page, and are not looked for, nor a button of nothing."""
    formless = {endpoint: {} for endpoint in endpoints if is_button or endpoint.startswith("careless.")}
    return act_all(walk, [role], doors=at(walk, *endpoints), forms=Forms(of=formless))


def everything(*_args, **_options):
    return sa.true()


def with_policy(app, monkeypatch, endpoint, policy):
    """Give an address another policy than the one it was written with."""
    view = app.view_functions[endpoint]
    loose = partial(view)
    loose.policy = replace(view.policy, **policy)
    monkeypatch.setitem(app.view_functions, endpoint, loose)
