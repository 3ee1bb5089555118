"""Two people at the same instant: each act holds the lab, so one is first and the other is told (C01)."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

import pytest
import sqlalchemy as sa

from portal.api import PortalError, now, session

from plugins.labs.models.ephemeral import Ephemeral, Guest, Participant
from plugins.labs.models.lab import Lab
from plugins.labs.services.joining import enter_as_guest, join_ephemeral
from plugins.labs.services.opening import Plan, open_ephemeral
from plugins.labs.services.running import extend_ephemeral
from plugins.labs.services.telling import tell_ephemeral
from tests.plugins.labs.ephemeral_factories import make_ephemeral
from tests.plugins.labs.factories import make_lab

PLUGINS = ["labs"]
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
TOGETHER = 4


@pytest.fixture
def crowd(app, make_user):
    return [make_user(name=f"Personne {index}") for index in range(TOGETHER)]


@pytest.fixture
def lab(app, crowd, writing, clock):
    clock.set(NOON)
    with writing():
        return make_lab(members=crowd)


@pytest.fixture
def at_once(writing) -> Callable[..., list[str]]:
    """Do the same act in several transactions that begin together; give what each met."""

    def run(act: Callable[[int], object]) -> list[str]:
        barrier = Barrier(TOGETHER)

        def one(index: int) -> str:
            barrier.wait()
            try:
                with writing():
                    act(index)
            except PortalError as refusal:
                return type(refusal).__name__
            return "done"

        with ThreadPoolExecutor(TOGETHER) as threads:
            return sorted(threads.map(one, range(TOGETHER)))

    return run


def _count(reading, table) -> int:
    with reading():
        return session.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def test_of_several_who_make_a_lab_longer_at_once_one_wins(lab, crowd, as_viewer, writing, reading, at_once):
    # C01 SPEC 4
    with writing():
        number = make_ephemeral(lab, crowd[0], people=crowd)
    viewers = [as_viewer(person) for person in crowd]

    def extend(index: int) -> None:
        ephemeral, permanent = session.get_one(Ephemeral, number), session.get_one(Lab, lab)
        extend_ephemeral(viewers[index], ephemeral, lab=permanent, minutes=30, reason="Encore", at=now())

    assert at_once(extend) == ["Conflict"] * (TOGETHER - 1) + ["done"]
    with reading():
        assert session.get_one(Ephemeral, number).extension_minutes == 30


def test_of_several_who_tell_a_lab_at_once_one_wins(lab, crowd, as_viewer, writing, at_once, clock):
    # C01 SPEC 5
    with writing():
        number = make_ephemeral(lab, crowd[0], people=crowd)
    clock.advance(minutes=61)
    viewers = [as_viewer(person) for person in crowd]

    def tell(index: int) -> None:
        ephemeral = session.get_one(Ephemeral, number)
        tell_ephemeral(viewers[index], ephemeral, outcome="learnt", learnt=f"Phrase {index}.", at=now())

    assert at_once(tell) == ["Conflict"] * (TOGETHER - 1) + ["done"]


def test_several_clicks_at_once_are_one_coming(lab, crowd, as_viewer, writing, reading, at_once):
    with writing():
        number = make_ephemeral(lab, crowd[0])
    who = as_viewer(crowd[1])
    joined = at_once(lambda _index: join_ephemeral(who, session.get_one(Ephemeral, number), at=now()))
    assert joined == ["done"] * TOGETHER
    assert _count(reading, Participant) == 1


def test_several_clicks_at_once_are_one_guest(lab, crowd, writing, reading, at_once):
    # C01 SPEC 8
    with writing():
        number = make_ephemeral(lab, crowd[0], allows_guests=True)

    def enter(_index: int) -> None:
        ephemeral = session.get_one(Ephemeral, number)
        enter_as_guest(ephemeral, key="k" * 32, first_name="Inès", service="Voirie", at=now())

    assert at_once(enter) == ["done"] * TOGETHER
    assert _count(reading, Guest) == 1


def test_several_clicks_at_once_open_one_lab(lab, crowd, as_viewer, writing, reading, at_once):
    who = as_viewer(crowd[0])
    plan = Plan("Et si on ouvrait ?", NOON, 60, "", "lab")
    assert at_once(lambda _index: open_ephemeral(who, session.get_one(Lab, lab), plan=plan, at=NOON)) == (
        ["done"] * TOGETHER
    )
    assert _count(reading, Ephemeral) == 1
