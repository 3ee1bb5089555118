"""Several at the same instant on one commitment: each act holds it, so one is first and the others see it (C07)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
import sqlalchemy as sa

from portal.api import PortalError, now, session

from plugins.copils.models.commitment import Commitment, FormerDue, Refusal
from plugins.copils.services.confirming import confirm, refuse
from plugins.copils.services.keeping import postpone
from tests.plugins.copils.factories import add_askers

PLUGINS = ["copils"]
TOGETHER = 4


@pytest.fixture
def at_once(writing, number):
    """Do acts on the commitment in transactions that begin together; give what each met."""

    def run(acts):
        barrier = Barrier(len(acts))

        def one(act):
            barrier.wait()
            try:
                with writing():
                    act(session.get_one(Commitment, number))
            except PortalError as refusal:
                return type(refusal).__name__
            return "done"

        with ThreadPoolExecutor(len(acts)) as threads:
            return list(threads.map(one, acts))

    return run


def test_one_alone_judges_what_several_judge_at_once(at_once, say_done, make_user, as_viewer, writing, reading, row):
    """C07 SPEC 8: kept, or refused, never both."""
    crowd = [make_user(f"Personne {place}") for place in range(TOGETHER)]
    with writing():
        add_askers(row()["question_id"], crowd)
    say_done()
    viewers = [as_viewer(who) for who in crowd]

    def judge(place):
        if place % 2:
            return lambda found: confirm(viewers[place], found, at=now())
        return lambda found: refuse(viewers[place], found, reason="Fermée", at=now())

    assert sorted(at_once([judge(place) for place in range(TOGETHER)])) == ["Conflict"] * 3 + ["done"]
    with reading():
        refusals = session.scalar(sa.select(sa.func.count()).select_from(Refusal))
    assert refusals == (row()["confirmed_at"] is None)


def test_a_form_sent_several_times_at_once_postpones_once(at_once, ben, as_viewer, reading, row):
    """C07 SPEC 7."""
    who = as_viewer(ben)

    def act(found):
        postpone(who, found, due_on=date(2026, 12, 1), reason="Travaux", at=now())

    assert at_once([act] * TOGETHER) == ["done"] * TOGETHER
    assert row()["postponed"] == 1
    with reading():
        assert session.scalar(sa.select(sa.func.count()).select_from(FormerDue)) == 1
