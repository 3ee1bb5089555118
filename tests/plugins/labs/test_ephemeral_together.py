"""Two people at the same instant: each act holds what it changes, so one is first and the other sees it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

import pytest
import sqlalchemy as sa

from portal.api import PortalError, add_member, now, session

from plugins.labs.models.ephemeral import Ephemeral, Guest, Participant
from plugins.labs.models.lab import Ballot, Lab, Margin, MarginWording, Vote
from plugins.labs.services.joining import enter_as_guest, join_ephemeral
from plugins.labs.services.margins import reword_margin
from plugins.labs.services.members import add_to_lab
from plugins.labs.services.opening import Plan, open_ephemeral
from plugins.labs.services.running import extend_ephemeral
from plugins.labs.services.telling import tell_ephemeral
from plugins.labs.services.votes import call_vote, cast_ballot
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


def test_several_clicks_at_once_are_one_voice(lab, crowd, as_viewer, writing, reading, at_once):
    # G10
    who = as_viewer(crowd[0])
    with writing():
        vote_id = call_vote(who, session.get_one(Lab, lab), at=NOON).id

    def cast(index: int) -> None:
        vote, permanent = session.get_one(Vote, vote_id), session.get_one(Lab, lab)
        cast_ballot(who, vote, lab=permanent, is_yes=index % 2 == 0, at=now())

    assert at_once(cast) == ["done"] * TOGETHER
    assert _count(reading, Ballot) == 1


def test_of_several_votes_called_at_once_one_runs(lab, crowd, as_viewer, reading, at_once):
    # G10
    viewers = [as_viewer(person) for person in crowd]
    called = at_once(lambda index: call_vote(viewers[index], session.get_one(Lab, lab), at=NOON))
    assert called == ["Conflict"] * (TOGETHER - 1) + ["done"]
    assert _count(reading, Vote) == 1


def test_a_line_reworded_by_several_at_once_keeps_what_each_wrote(crowd, as_viewer, writing, reading, at_once, clock):
    # C42 SPEC 1: nothing that was written goes quietly
    clock.set(NOON)
    with writing():
        shared = make_lab("Partagé", members=crowd, margin="Au début")
        group_id = session.get_one(Lab, shared).group_id
        for person in crowd:
            add_member(group_id, person.id, at=NOON, is_animator=True)
    viewers = [as_viewer(person) for person in crowd]

    def reword(index: int) -> None:
        permanent = session.get_one(Lab, shared)
        line = session.scalars(sa.select(Margin).where(Margin.lab_id == shared)).one()
        words = {"text": f"Ligne {index}", "review_on": line.review_on}
        reword_margin(viewers[index], permanent, margin=line, **words, at=NOON, today=NOON.date())

    assert at_once(reword) == ["done"] * TOGETHER
    with reading():
        last = session.scalars(sa.select(Margin.text).where(Margin.lab_id == shared)).one()
        former = list(session.scalars(sa.select(MarginWording.text)))
    assert sorted([last, *former]) == ["Au début", *(f"Ligne {index}" for index in range(TOGETHER))]


def test_somebody_added_by_several_clicks_at_once_is_one_member(lab, crowd, make_user, as_viewer, writing, at_once):
    newcomer = make_user(name="Nouvelle Venue")
    with writing():
        group_id = session.get_one(Lab, lab).group_id
        add_member(group_id, crowd[0].id, at=NOON, is_animator=True)
    who = as_viewer(crowd[0])
    added = at_once(lambda _index: add_to_lab(who, session.get_one(Lab, lab), person=newcomer, at=NOON))
    assert added == ["done"] * TOGETHER
