"""Announcing, moving, calling off, handing over; the list and the page of a copil (C07)."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
import sqlalchemy as sa

from portal.api import Forbidden, add_member, create_group, hold_function, now, session
from portal.api import reading as reading_as
from portal.content.clock import real_now
from portal.people.leaving import leave

from plugins.copils.models.copil import Copil, Decider, FormerDay
from plugins.copils.queries.copil_states import CURRENT, OVERRUN, is_current, over, state_of
from plugins.copils.services.announcing import Plan, announce
from plugins.copils.services.moving import move
from tests.plugins.copils.factories import SITTING, START, make_copil
from tests.plugins.labs.pages import words

PLUGINS = ["copils"]
NEW = "/copils/sessions/new"
TOGETHER = 4


@pytest.fixture
def facilitator(make_user, writing, clock):
    """Somebody who animates a group, and so may announce."""
    clock.set(START)
    who = make_user("Awa Diop")
    with writing():
        add_member(create_group("lab", "Labo du port"), who.id, at=now(), is_animator=True)
    return who


@pytest.fixture
def director(make_user):
    return make_user("Paul Martin", matricule="P1")


@pytest.fixture
def function(make_function, director):
    return make_function("Direction des ports", holder=director, since=START - timedelta(days=30))


@pytest.fixture
def copil(writing, facilitator, function):
    with writing():
        return make_copil(facilitator, [function])


def plan(function, **changes):
    values = {"title": "Copil du port", "held_at": "2026-10-06T14:00", "minutes": "120", "place": "Salle bleue"}
    return {**values, "function_ids": [function], "facilitator": "Awa Diop", "audience": "intranet", **changes}


def test_a_copil_lists_who_is_to_answer_from_its_creation(
    client, sign_in, facilitator, director, function, post, reading
):
    """C07 SPEC 1."""
    sign_in(facilitator)
    answer = post(client, NEW, plan(function))
    assert answer.status_code == 303
    page = words(client.get(answer.location))
    assert "Direction des ports Paul Martin" in page
    with reading():
        assert session.scalars(sa.select(Decider.function_id)).all() == [function]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"function_ids": []}, "function_ids"),
        ({"function_ids": [9999]}, "function_ids"),
        ({"title": ""}, "title"),
        ({"held_at": "2026-09-24T14:00"}, "held_at"),
        ({"held_at": "2028-09-24T14:00"}, "held_at"),
        ({"held_at": "2026-08-24T14:00"}, "held_at"),
        ({"facilitator": "Paul Martin"}, "facilitator"),
        ({"audience": "lab"}, "audience"),
    ],
)
def test_an_announcement_that_breaks_a_bound_is_refused_beside_its_field(
    client, sign_in, facilitator, function, post, reading, changes, field
):
    """C07 SPEC 1 and 2: deciders at creation, a call of fifteen days, a facilitator who does not decide."""
    sign_in(facilitator)
    answer = post(client, NEW, plan(function, **changes))
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    if "title" not in changes:
        assert 'value="Copil du port"' in answer.text
    with reading():
        assert session.scalar(sa.select(sa.func.count()).select_from(Copil)) == 0


def test_the_refusal_names_the_earliest_day_and_that_day_is_taken(client, sign_in, facilitator, function, post):
    """C07 SPEC 2: announced on 7 September; 22 + 3 working days, at the hour of the announcement or later."""
    sign_in(facilitator)
    refused = post(client, NEW, plan(function, held_at="2026-09-24T14:00"))
    assert "25 septembre 2026" in words(refused)
    assert post(client, NEW, plan(function, held_at="2026-09-25T14:00")).status_code == 303


@pytest.mark.parametrize(
    ("held_at", "said"),
    [
        ("2026-10-10T14:00", "10 octobre 2026, 14 h"),
        ("2026-11-11T14:00", "11 novembre 2026, 14 h"),  # a public holiday
        ("2026-10-06T03:00", "6 octobre 2026, 3 h"),
    ],
)
def test_a_day_or_an_hour_when_nobody_works_is_asked_about_once(
    client, sign_in, facilitator, function, post, reading, held_at, said
):
    sign_in(facilitator)
    asked = post(client, NEW, plan(function, held_at=held_at))
    assert asked.status_code == 422 and f"Peu de gens travaillent le {said}" in words(asked)
    sure = re.search(r'name="sure" value="([^"]+)"', asked.text).group(1)
    elsewhere = post(client, NEW, plan(function, held_at="2026-10-11T14:00", sure=sure))
    assert elsewhere.status_code == 422  # what was meant is one instant
    assert post(client, NEW, plan(function, held_at=held_at, sure=sure)).status_code == 303
    with reading():
        number = session.scalars(sa.select(Copil.id)).one()
    moved = post(client, f"/copils/sessions/{number}/move", {"held_at": "2026-11-14T14:00", "reason": "Salle prise"})
    assert moved.status_code == 422 and "14 novembre 2026, 14 h" in words(moved) and "Salle prise" in words(moved)


def test_the_agenda_is_settled_three_working_days_before(client, sign_in, facilitator, function, post, reading):
    """C07 SPEC 2."""
    sign_in(facilitator)
    post(client, NEW, plan(function))
    with reading():
        made = session.scalars(sa.select(Copil)).one()
        assert made.freezes_at == datetime(2026, 10, 1, 12, tzinfo=UTC)
        assert made.answers_due_on.isoformat() == "2026-10-15"


def test_a_second_click_announces_nothing_more(client, sign_in, facilitator, function, post, reading):
    sign_in(facilitator)
    assert post(client, NEW, plan(function)).location == post(client, NEW, plan(function)).location
    with reading():
        assert session.scalar(sa.select(sa.func.count()).select_from(Copil)) == 1


def test_an_announcement_that_says_something_else_is_no_second_click(
    client, sign_in, facilitator, function, post, reading
):
    sign_in(facilitator)
    first = post(client, NEW, plan(function)).location
    other = post(client, NEW, plan(function, place="Salle verte")).location
    assert other != first
    post(client, f"{first}/cancel", {"reason": "Grève"})
    post(client, f"{other}/move", {"held_at": "2026-10-07T14:00", "reason": "Salle prise"})
    for place in ("Salle bleue", "Salle verte"):
        assert post(client, NEW, plan(function, place=place)).location not in {first, other}
    with reading():
        assert session.scalar(sa.select(sa.func.count()).select_from(Copil)) == 4


def test_of_several_announcements_at_the_same_instant_one_is_made(facilitator, function, as_viewer, writing, reading):
    """On both databases: each click is given the same copil."""
    who, barrier = as_viewer(facilitator), Barrier(TOGETHER)
    said = Plan("Copil du port", SITTING, 120, "", (function,), facilitator, "intranet")

    def one(_index: int) -> int:
        barrier.wait()
        with writing():
            return announce(who, plan=said, at=now()).id

    with ThreadPoolExecutor(TOGETHER) as threads:
        assert len(set(threads.map(one, range(TOGETHER)))) == 1
    with reading():
        assert session.scalar(sa.select(sa.func.count()).select_from(Copil)) == 1


def test_an_agent_who_animates_nothing_announces_nothing(client, sign_in, make_user, function, post, reading):
    sign_in(make_user("Léa Petit"))
    assert client.get(NEW).status_code == 403
    assert post(client, NEW, plan(function)).status_code == 403
    assert "Annoncer" not in client.get("/copils/sessions/").text


def test_a_copil_that_is_moved_keeps_its_former_day_and_the_reason(client, sign_in, facilitator, copil, post, reading):
    """C07 SPEC 2."""
    sign_in(facilitator)
    moved = {"held_at": "2026-10-13T10:00", "reason": "Salle prise"}
    for _click in range(2):
        assert post(client, f"/copils/sessions/{copil}/move", moved).status_code == 303
    assert post(client, f"/copils/sessions/{copil}/move", {**moved, "reason": "Autre"}).status_code == 422
    page = words(client.get(f"/copils/sessions/{copil}"))
    assert "Déplacé une fois" in page and "Salle prise" in page
    with reading():
        found = session.get_one(Copil, copil)
        assert found.freezes_at == datetime(2026, 10, 8, 8, tzinfo=UTC)
        assert session.scalars(sa.select(FormerDay.held_at)).all() == [SITTING]


@pytest.mark.parametrize("day", ["2026-09-21T10:00", "2026-10-06T10:00"])
def test_before_the_freeze_the_call_still_lasts_fifteen_days(client, sign_in, facilitator, copil, post, reading, day):
    """C07 SPEC 2: announced on the 7th; the same day is no other day either."""
    sign_in(facilitator)
    assert post(client, f"/copils/sessions/{copil}/move", {"held_at": day, "reason": "Plus tôt"}).status_code == 422
    with reading():
        assert session.get_one(Copil, copil).held_at == SITTING


def test_a_copil_moved_after_the_freeze_takes_no_question_again(
    client, sign_in, facilitator, copil, post, reading, clock
):
    """C07 SPEC 2: whoever moves it cannot open the agenda again, nor come earlier."""
    with reading():
        freezes_at = session.get_one(Copil, copil).freezes_at
    clock.set(freezes_at)
    sign_in(facilitator)
    earlier = {"held_at": "2026-10-05T10:00", "reason": "Plus tôt"}
    assert post(client, f"/copils/sessions/{copil}/move", earlier).status_code == 422
    later = {"held_at": "2026-10-30T10:00", "reason": "Grève"}
    assert post(client, f"/copils/sessions/{copil}/move", later).status_code == 303
    with reading():
        found = session.get_one(Copil, copil)
        assert found.freezes_at == freezes_at
        assert state_of(found, at=now()) == "frozen"


@pytest.mark.parametrize("act", ["move", "cancel"])
def test_nobody_else_moves_or_calls_off_a_copil(client, sign_in, make_user, director, copil, post, reading, act):
    """C07 SPEC 1: neither an administrator nor a decider."""
    for who in (make_user("Chef", role="admin"), director):
        sign_in(who)
        sent = {"held_at": "2026-10-13T10:00", "reason": "Parce que"}
        assert post(client, f"/copils/sessions/{copil}/{act}", sent).status_code == 403
    with reading():
        found = session.get_one(Copil, copil)
        assert (found.held_at, found.cancelled_at) == (SITTING, None)


def test_a_facilitator_who_becomes_a_decider_moves_nothing_and_hands_over(
    client, sign_in, facilitator, make_user, copil, function, post, reading, writing, as_viewer
):
    """C07 SPEC 14: by raw POST neither."""
    make_user("Léa Petit")
    with writing():
        hold_function(function, facilitator.id, since=now())
    sign_in(facilitator)
    sent = {"held_at": "2026-10-13T10:00", "reason": "Parce que"}
    assert post(client, f"/copils/sessions/{copil}/move", sent).status_code == 403
    with writing(), pytest.raises(Forbidden):
        found = session.get_one(Copil, copil)
        move(as_viewer(facilitator), found, held_at=SITTING + timedelta(days=7), reason="Non", at=now())
    handed = post(client, f"/copils/sessions/{copil}/facilitator", {"facilitator": "Léa Petit"})
    assert handed.status_code == 303
    with reading():
        assert session.get_one(Copil, copil).facilitator_id != facilitator.id


def test_a_copil_is_not_handed_over_to_a_decider_nor_by_anybody(
    client, sign_in, facilitator, make_user, copil, director, post, reading
):
    """C07 SPEC 1."""
    path = f"/copils/sessions/{copil}/facilitator"
    sign_in(facilitator)
    assert post(client, path, {"facilitator": "Paul Martin"}).status_code == 422
    sign_in(make_user("Chef", role="admin"))
    assert post(client, path, {"facilitator": "Chef"}).status_code == 403
    with reading():
        assert session.get_one(Copil, copil).facilitator_id == facilitator.id


def test_a_copil_that_is_over_is_handed_over_when_whoever_facilitated_has_left(
    client, sign_in, facilitator, make_user, copil, post, reading, writing
):
    """C07 SPEC 14: of a function that nobody holds, somebody must say what is done."""
    make_user("Léa Petit")
    with writing():
        found = session.get_one(Copil, copil)
        found.began_at, found.closed_at = SITTING, SITTING + timedelta(hours=2)
        leave(facilitator.id, actor=None, at=real_now())
    sign_in(make_user("Chef", role="admin"))
    path = f"/copils/sessions/{copil}/facilitator"
    assert f'href="{path}"' in client.get(f"/copils/sessions/{copil}").text
    assert post(client, path, {"facilitator": "Léa Petit"}).status_code == 303
    with reading():
        assert session.get_one(Copil, copil).facilitator_id != facilitator.id


def test_a_copil_called_off_says_why_and_a_second_click_changes_nothing(
    client, sign_in, facilitator, copil, post, audit_of, reading
):
    sign_in(facilitator)
    for _click in range(2):
        assert post(client, f"/copils/sessions/{copil}/cancel", {"reason": "Grève"}).status_code == 303
    assert "Grève" in words(client.get(f"/copils/sessions/{copil}"))
    with reading():
        subject = session.get_one(Copil, copil).subject
    assert audit_of(subject).count("copils.copil_cancelled") == 1


def test_the_states_of_a_copil_are_the_same_in_python_and_in_sql(facilitator, function, writing, as_viewer, clock):
    """C07 SPEC 2: each minute around the instants at which a state ends."""
    with writing():
        began, closed = SITTING + timedelta(minutes=5), SITTING + timedelta(minutes=50)
        make_copil(facilitator, [function])
        make_copil(facilitator, [function], began_at=began)
        make_copil(facilitator, [function], began_at=began, closed_at=closed)
        make_copil(facilitator, [function], cancelled_at=START, cancel_reason="Non")
        make_copil(facilitator, [function], began_at=began, is_listening=True)
    who = as_viewer(facilitator)
    marks = [SITTING - timedelta(days=5), SITTING, began, closed, SITTING + OVERRUN, began + OVERRUN]
    with writing():
        for at in (mark + timedelta(minutes=shift) for mark in marks for shift in (-1, 0, 1)):
            everything = session.scalars(sa.select(Copil)).all()
            asked = reading_as(who, at=at, **over(at))
            in_sql = set(session.scalars(sa.select(Copil.id).where(is_current()), asked))
            assert in_sql == {row.id for row in everything if state_of(row, at=at) in CURRENT}


def test_the_list_shows_what_comes_first_then_the_past_newest_first(
    client, sign_in, facilitator, function, writing, clock
):
    with writing():
        for title, days in (("Loin", 60), ("Près", 30), ("Passé", -10), ("Ancien", -40)):
            make_copil(facilitator, [function], title=title, held_at=START + timedelta(days=days))
    sign_in(facilitator)
    page = words(client.get("/copils/sessions/"))
    assert page.index("Près") < page.index("Loin") < page.index("Passé") < page.index("Ancien")
    exported = client.get("/copils/sessions/copils.csv").text
    assert [title in exported for title in ("Loin", "Près", "Passé", "Ancien")] == [True] * 4
    assert len(client.get("/copils/sessions/copils.json").json) == 4


def test_an_empty_list_says_what_to_do_next(client, sign_in, facilitator, make_user):
    sign_in(facilitator)
    assert "Annoncer un copil" in words(client.get("/copils/sessions/"))
    sign_in(make_user("Léa Petit"))
    assert "demandez-lui" in words(client.get("/copils/sessions/"))


def test_the_sheet_that_calls_for_questions_has_its_code(client, sign_in, facilitator, copil):
    sign_in(facilitator)
    page = client.get(f"/copils/sessions/{copil}/poster")
    assert "Direction des ports" in words(page)
    assert f"/copils/sessions/{copil}/qr.svg" in page.text
    assert client.get(f"/copils/sessions/{copil}/qr.svg").content_type == "image/svg+xml"
