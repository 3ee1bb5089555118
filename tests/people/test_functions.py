"""Functions: held, handed over, vacant; outside bodies have no holder and are not vacant."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from portal.content.clock import now
from portal.errors import Conflict, Invalid, NotFound
from portal.people.functions import (
    FunctionFacts,
    add_function,
    change_function,
    close_function,
    create_function,
    function_cards,
    function_choices,
    functions,
    hold_function,
    holdings_of,
    vacate_function,
)
from portal.people.leaving import leave
from portal.values import Subject

JANUARY = datetime(2026, 1, 5, tzinfo=UTC)
MARCH = datetime(2026, 3, 2, tzinfo=UTC)
JUNE = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture
def dgs(make_function):
    return make_function("Direction générale")


def holder(function_id, at):
    found = function_cards([function_id], at=at)[function_id].holder
    return found.name if found else None


def test_a_successor_follows_and_both_are_in_the_history(dgs, make_user, writing, reading, audit_of):
    awa, bo = make_user("Awa M."), make_user("Bo L.")
    with writing():
        hold_function(dgs, awa.id, since=JANUARY)
        hold_function(dgs, bo.id, since=MARCH)
    with reading():
        assert [holder(dgs, at) for at in (JANUARY, MARCH, JUNE)] == ["Awa M.", "Bo L.", "Bo L."]
        lines = holdings_of(dgs)
        assert [(line.holder.name, line.since_at, line.until_at) for line in lines] == [
            ("Bo L.", MARCH, None),
            ("Awa M.", JANUARY, MARCH),
        ]
    assert audit_of(Subject("portal.function", dgs)).count("portal.function_held") == 2


def test_a_known_end_makes_it_vacant_by_itself(dgs, make_user, writing, reading):
    awa = make_user("Awa M.")
    with writing():
        hold_function(dgs, awa.id, since=JANUARY, until=MARCH)
    with reading():
        assert holder(dgs, JANUARY) == "Awa M."
        assert function_cards([dgs], at=JANUARY)[dgs].until_at == MARCH
        assert function_cards([dgs], at=MARCH)[dgs].is_vacant


def test_a_successor_named_ahead_waits_for_the_day(dgs, make_user, writing, reading):
    awa, bo = make_user("Awa M."), make_user("Bo L.")
    with writing():
        hold_function(dgs, awa.id, since=JANUARY)
        hold_function(dgs, bo.id, since=JUNE)
    with reading():
        assert [holder(dgs, at) for at in (MARCH, JUNE)] == ["Awa M.", "Bo L."]
    with writing():
        vacate_function(dgs, at=MARCH)
    with reading():
        assert [holder(dgs, at) for at in (MARCH, JUNE)] == [None, None]


def test_days_that_cannot_be_are_refused(dgs, make_user, writing):
    awa = make_user("Awa M.")
    with writing():
        hold_function(dgs, awa.id, since=MARCH)
    for since, until in ((JANUARY, None), (JUNE, JUNE), (JUNE, MARCH)):
        with writing(), pytest.raises(Invalid):
            hold_function(dgs, awa.id, since=since, until=until)


def test_nobody_who_left_holds_a_function(dgs, make_user, writing):
    awa = make_user("Awa M.")
    with writing():
        leave(awa.id, actor=None, at=now())
    with writing(), pytest.raises(NotFound):
        hold_function(dgs, awa.id, since=now())


def test_an_outside_body_has_no_holder_and_is_not_vacant(dgs, make_user, writing, reading):
    awa, bo = make_user("Awa M."), make_user("Bo L.")
    with writing():
        hold_function(dgs, awa.id, since=JANUARY)
        change_function(dgs, FunctionFacts("Direction générale", body="Syndicat des eaux"), actor=None, at=MARCH)
    with reading():
        card = function_cards([dgs], at=JUNE)[dgs]
        assert (card.body, card.holder, card.is_vacant) == ("Syndicat des eaux", None, False)
        assert holdings_of(dgs)[0].until_at == MARCH
    with writing(), pytest.raises(Conflict):
        hold_function(dgs, bo.id, since=JUNE)


def test_a_function_belongs_to_a_service_or_to_a_body(writing):
    with writing(), pytest.raises(Invalid):
        add_function(FunctionFacts("Direction", service_id=1, body="Syndicat"), actor=None, at=now())


def test_a_name_belongs_to_one_function(dgs, writing, make_function):
    other = make_function("Secrétariat")
    with writing(), pytest.raises(Conflict):
        change_function(other, FunctionFacts("Direction générale"), actor=None, at=now())
    with writing():
        assert create_function("Direction générale") == dgs
        assert change_function(other, FunctionFacts(" Secrétariat "), actor=None, at=now()) is False


def test_a_closed_function_is_offered_no_more_and_stays_known(dgs, make_user, writing, reading):
    awa = make_user("Awa M.")
    with writing():
        hold_function(dgs, awa.id, since=JANUARY)
        close_function(dgs, actor=None, at=MARCH)
    with reading():
        assert function_choices() == []
        assert functions(at=JUNE) == []
        assert function_cards([dgs], at=JUNE)[dgs].closed_at == MARCH
        assert holdings_of(dgs)[0].until_at == MARCH
    with writing(), pytest.raises(Conflict):
        close_function(dgs, actor=None, at=JUNE)


def test_functions_of_a_person_are_found(dgs, make_function, make_user, reading):
    awa = make_user("Awa M.")
    make_function("Élections", holder=awa, since=JANUARY)
    with reading():
        assert [card.name for card in functions(at=JUNE, person_id=awa.id)] == ["Élections"]
        assert [card.name for card in functions(at=JANUARY - timedelta(days=1), person_id=awa.id)] == []
        assert [card.name for card in functions(at=JUNE)] == ["Direction générale", "Élections"]
