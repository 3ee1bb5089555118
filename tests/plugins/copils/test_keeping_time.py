"""What time, and people who move, do to commitments; who is told, who finds it on their first screen (C07)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from portal.api import Subject, follow, hold_function, now, session, vacate_function
from portal.content.models import Notice
from portal.people.models import Holding

from plugins.copils.models.commitment import Commitment
from plugins.copils.queries.commitment_states import State, is_in, on_day, state_of
from tests.plugins.copils.factories import START, add_askers, make_commitment, make_function
from tests.plugins.labs.pages import order_of, words

PLUGINS = ["copils"]


@pytest.fixture
def told(number, reading):
    """Give what a person was told of the commitment, and whether they must act; forget it."""

    def read(who):
        with reading():
            mine = sa.select(Notice).where(Notice.person_id == who.id, Notice.subject_kind == "copils.commitment")
            return {(row.text.partition(":")[0].partition("?")[0], row.must_act) for row in session.scalars(mine)}

    return read


@pytest.fixture
def noe(make_user, writing, number, as_viewer):
    """Follow the commitment."""
    person = make_user("Noé Blanc")
    who = as_viewer(person)
    with writing():
        follow(who, Subject("copils.commitment", number), at=START)
    return person


def today_of(client, sign_in, who):
    sign_in(who)
    return words(client.get("/"))


DAYS = (None, date(2026, 9, 6), date(2026, 9, 7), date(2026, 9, 8))


@pytest.mark.parametrize("days_later", [0, 1, 30])
def test_the_states_are_the_same_in_python_and_in_sql(days_later, number, writing, reading, row, zoe, clock):
    """C07 SPEC 6 and 8: for every mixture of what was missed, said, confirmed, withdrawn."""
    kept = row()
    moments = (None, START - timedelta(days=30), START - timedelta(days=29), START)
    with writing():
        for missed in (None, date(2026, 8, 1)):
            for due in DAYS[1:]:
                for proposed in moments:
                    for confirmed in (None, START):
                        for withdrawn in (None, START):
                            make_commitment(
                                kept["question_id"],
                                kept["function_id"],
                                by=zoe,
                                due_on=due,
                                pressing_on=missed or due,
                                proposed_at=proposed,
                                confirmed_at=confirmed,
                                withdrawn_at=withdrawn,
                            )
    at = START + timedelta(days=days_later)
    with reading():
        everything = list(session.scalars(sa.select(Commitment)))
        assert len(everything) == 97
        found = {
            state: set(session.scalars(sa.select(Commitment.id).where(is_in(state)), on_day(at))) for state in State
        }
        assert found == {state: {row.id for row in everything if state_of(row, at=at) is state} for state in State}
        assert {state for state in State if found[state]} >= set(State) - {State.OPEN, State.SAID_DONE}


def test_the_day_after_it_was_due_it_is_late_by_itself(client, sign_in, awa, url, clock):
    """C07 SPEC 6: no job has run."""
    sign_in(awa)
    clock.advance(days=30)
    assert "en cours" in words(client.get(url))
    clock.advance(days=1)
    assert "en retard de 1 jour" in words(client.get(url))


def test_the_sweep_tells_once_that_a_day_passed(run_jobs, clock, number, audit_of, told, awa, ben, noe):
    """C07 SPEC 6 and 9."""
    clock.advance(days=32)
    for _twice in range(2):
        run_jobs()
        clock.advance(hours=1)
    assert audit_of(Subject("copils.commitment", number)).count("copils.commitment_late") == 1
    assert ("The promised day has passed", False) in told(awa)
    assert ("The promised day has passed", False) in told(noe)
    assert told(ben) == {("Your function is late", True)}


def test_a_new_day_that_passes_is_told_too(run_jobs, clock, number, audit_of, act, ben):
    """C07 SPEC 6."""
    clock.advance(days=32)
    run_jobs()
    assert act(ben, "postpone", due_on="2026-11-01", reason="Travaux").status_code == 303
    run_jobs()
    assert audit_of(Subject("copils.commitment", number)).count("copils.commitment_late") == 1
    clock.advance(days=60)
    run_jobs()
    assert audit_of(Subject("copils.commitment", number)).count("copils.commitment_late") == 2


def test_the_sweep_tells_once_that_nobody_confirmed(run_jobs, clock, number, audit_of, say_done, told, noe):
    """C07 SPEC 8 and 9."""
    say_done()
    clock.advance(days=31)
    for _twice in range(2):
        run_jobs()
        clock.advance(hours=1)
    happened = audit_of(Subject("copils.commitment", number))
    assert happened.count("copils.commitment_unconfirmed") == 1
    assert "copils.commitment_late" not in happened
    assert ("Nobody has confirmed within 30 days", False) in told(noe)


def test_those_who_asked_and_those_who_follow_hear_of_each_change(told, noe, awa, ben, act, say_done):
    """C07 SPEC 9: the owner must act on a refusal, those who asked on « fait »; nobody hears of their own act."""
    act(awa, "known-by", known_by="on entre")
    act(ben, "postpone", due_on="2026-10-20", reason="Travaux")
    say_done()
    act(awa, "verdict", verdict="no", reason="Fermée")
    say_done()
    act(awa, "verdict", verdict="yes")
    assert told(noe) == {
        ("One now knows by what it will be judged", False),
        ("A later day was given", False),
        ("It was said to be done", False),
        ("It is not done, say those who asked", False),
        ("Kept", False),
    }
    assert told(awa) == {("A later day was given", False), ("Is it really done", True)}
    assert told(ben) == {("Those who asked say that it is not done, and why", True)}


def test_a_successor_finds_what_was_promised_in_the_open(
    client, sign_in, lea, awa, ben, noe, url, act, writing, means, told, clock, run_jobs
):
    """C07 SPEC 10."""
    clock.advance(days=1)
    with writing():
        hold_function(means, lea.id, since=now())
    run_jobs()
    sign_in(noe)
    page = words(client.get(url))
    assert "La fonction a changé de titulaire : à reconfirmer le 8 octobre 2026 au plus tard" in page
    assert "à reconfirmer le 8 octobre 2026 au plus tard" in words(client.get("/copils/"))
    assert told(lea) == {("Promised by the function that you now hold, to be taken on", True)}
    waits = ("Somebody else now holds the function that promised it, and is to take it on", False)
    assert waits in told(awa)
    assert waits in told(noe)
    assert "À reconfirmer le 8 octobre 2026 au plus tard" in today_of(client, sign_in, lea)
    assert act(ben, "take-on").status_code == 403
    clock.advance(days=31)
    assert "pas encore repris" in words(client.get(url))
    for _twice in range(2):
        assert act(lea, "take-on").status_code == 303
    assert "La fonction a changé de titulaire" not in words(client.get(url))


def test_a_successor_is_told_on_the_day_they_take_over_and_once(lea, awa, ben, writing, means, told, clock, run_jobs):
    """C07 SPEC 9 and 10: not when it is planned, nor again; who holds it anew is told nothing of their own promise."""
    to_take_on = ("Promised by the function that you now hold, to be taken on", True)
    with writing():
        hold_function(means, lea.id, since=now() + timedelta(days=10))
    run_jobs()
    assert told(lea) == told(awa) == set()
    clock.advance(days=11)
    run_jobs()
    assert told(lea) == {to_take_on}
    with writing():
        session.execute(sa.delete(Notice))
    run_jobs()
    assert told(lea) == told(awa) == set()
    with writing():
        hold_function(means, ben.id, since=now() + timedelta(days=1))
    clock.advance(days=2)
    run_jobs()
    assert to_take_on not in told(ben)


@pytest.mark.parametrize(
    ("what", "typed"),
    [("done", {"proof": "Fait"}), ("postpone", {"due_on": "2026-12-01", "reason": "Travaux"})],
)
def test_a_successor_who_acts_has_taken_it_on(what, typed, lea, act, writing, means, row, clock):
    """C07 SPEC 10."""
    clock.advance(days=1)
    with writing():
        hold_function(means, lea.id, since=now())
    assert act(lea, what, **typed).status_code == 303
    assert row()["holder_id"] == lea.id


def test_it_waits_for_the_successor_though_the_plugin_was_off_that_day(
    client, sign_in, lea, awa, url, writing, means, clock
):
    """C07 SPEC 10: derived from the holders, whatever was told."""
    clock.advance(days=1)
    with writing():
        session.execute(sa.update(Holding).where(Holding.function_id == means).values(until_at=now()))
        session.add(Holding(function_id=means, user_id=lea.id, since_at=now()))
    sign_in(awa)
    assert "à reconfirmer le 8 octobre 2026 au plus tard" in words(client.get(url))


def test_a_function_that_is_left_vacant_is_said_so(told, noe, awa, writing, means, run_jobs):
    """C07 SPEC 10 and 14."""
    with writing():
        vacate_function(means, at=now())
    run_jobs()
    assert ("Nobody holds any more the function that promised it", False) in told(awa)
    assert ("Nobody holds any more the function that promised it", False) in told(noe)


def test_a_director_finds_what_they_owe_and_until_when_on_the_first_screen(
    client, sign_in, ben, make_user, writing, row, zoe, clock
):
    kept, paul = row(), make_user("Paul")
    with writing():
        other = make_function("Une autre", paul)
        make_commitment(
            kept["question_id"], kept["function_id"], by=zoe, holder=ben, text="Un badge", due_on=date(2026, 9, 1)
        )
        make_commitment(kept["question_id"], other, by=zoe, text="Pas à moi")
    sign_in(ben)
    page = client.get("/")
    assert order_of(page, "Un badge", "Une salle ouverte, sans réservation") == [
        "Un badge",
        "Une salle ouverte, sans réservation",
    ]
    said = words(page)
    assert "en retard de 6 jours · pour le 1er septembre 2026" in said
    assert "en cours · pour le 7 octobre 2026" in said
    assert said.count("Dire où on en est") == 2


def test_who_asked_is_asked_on_the_first_screen(client, sign_in, awa, ben, noe, act, say_done):
    """C07 SPEC 5 and 8."""
    assert "Écrire à quoi on saura que c’est fait" in today_of(client, sign_in, awa)
    act(awa, "known-by", known_by="on entre")
    assert "Écrire à quoi" not in today_of(client, sign_in, awa)
    say_done()
    assert "Dire oui ou non" in today_of(client, sign_in, awa)
    for who in (ben, noe):
        assert "Dire oui ou non" not in today_of(client, sign_in, who)
    act(awa, "verdict", verdict="yes")
    assert "Dire oui ou non" not in today_of(client, sign_in, awa)


def test_who_speaks_for_an_outside_body_is_not_asked_whether_it_is_done(client, sign_in, zoe, act, writing, means, row):
    """C07 SPEC 8 and 14: though they asked too."""
    with writing():
        vacate_function(means, at=now())
        add_askers(row()["question_id"], [zoe])
    assert act(zoe, "done", proof="Fait").status_code == 303
    assert "Dire oui ou non" not in today_of(client, sign_in, zoe)


def test_what_was_promised_to_all_is_on_the_first_screen_of_all(client, sign_in, noe):
    said = today_of(client, sign_in, noe)
    assert "Une salle ouverte, sans réservation" in said
    assert "Moyens généraux" in said
