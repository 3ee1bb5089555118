"""In the room: who came, whose turn it is, what is answered as it is given (C07 SPEC 3, 4 and 12)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from datetime import date, timedelta
from threading import Barrier

import pytest
import sqlalchemy as sa

from portal.api import (
    Conflict,
    Invalid,
    PortalError,
    edition_of,
    hold_function,
    local_day,
    now,
    session,
    vacate_function,
)

from plugins.copils.models.commitment import Commitment
from plugins.copils.models.copil import Copil, Decider, Turn
from plugins.copils.models.question import FormerAnswer, Question
from plugins.copils.queries.agenda import heard_at
from plugins.copils.queries.calendar import is_working_day
from plugins.copils.queries.deciders import deciders_of
from plugins.copils.queries.turns import floor_of, minutes_spent, turns_of
from plugins.copils.services.answering import Reply, answer_of, answer_question
from plugins.copils.services.running import begin
from plugins.copils.services.turns import give_floor
from tests.plugins.copils.factories import SITTING, START, make_copil, make_question
from tests.plugins.labs.pages import hidden_of, words

PLUGINS = ["copils"]
TOGETHER = 6
OPENS = "6 octobre 2026, 9 h 30"
YES = {"kind": "yes", "text": "Une salle ouverte", "soon": "", "due_on": "2026-12-01"}


@pytest.fixture
def facilitator(make_user, clock):
    clock.set(START)
    return make_user("Awa Diop")


@pytest.fixture
def asker(make_user):
    return make_user("Léa Petit")


@pytest.fixture
def director(make_user):
    return make_user("Paul Martin")


@pytest.fixture
def functions(make_function, make_user, director):
    since = START - timedelta(days=30)
    return [
        make_function("Direction des ports", holder=director, since=since),
        make_function("Élu à la mer", holder=make_user("Zoé Roux"), since=since),
    ]


@pytest.fixture
def copil(writing, facilitator, functions):
    with writing():
        return make_copil(facilitator, functions)


@pytest.fixture
def questions(writing, copil, asker):
    with writing():
        return [make_question(asker, copil, f"Question {place} ?", position=place) for place in range(1, 6)]


@pytest.fixture
def room(client, sign_in, facilitator, copil, questions, post, clock, reading):
    """Sign the facilitator in at the hour of the copil; give what posts to its pages."""
    clock.set(SITTING)
    sign_in(facilitator)

    def send(act: str, data: dict[str, object] | None = None):
        return post(client, f"/copils/sessions/{copil}/{act}", data)

    return send


@pytest.fixture
def seats(reading, copil):
    with reading():
        found = session.scalars(sa.select(Decider.id).where(Decider.copil_id == copil).order_by(Decider.id)).all()

    def noted(*presences):
        return {f"seat_{number}": presence for number, presence in zip(found, presences, strict=True)} | {"sure": "y"}

    return noted


@pytest.fixture
def begun(room, seats):
    assert room("presence", seats("present", "absent")).status_code == 303
    return room


def test_a_copil_begins_half_an_hour_before_at_the_earliest(room, seats, clock, copil, reading):
    """C07 SPEC 12."""
    clock.set(SITTING - timedelta(minutes=31))
    assert room("presence", seats("present", "present")).status_code == 422
    clock.advance(minutes=1)
    assert room("presence", seats("present", "present")).status_code == 303
    with reading():
        assert session.get_one(Copil, copil).began_at == now()


def test_before_its_hour_the_room_says_when_it_opens(room, client, clock, copil):
    """C07 SPEC 12: whatever page of the room one tries first."""
    clock.set(SITTING - timedelta(minutes=31))
    for page in ("live", "close", "presence"):
        shown = words(client.get(f"/copils/sessions/{copil}/{page}", follow_redirects=True))
        assert "Pas encore ouvert" in shown and f"Ce copil s’ouvre le {OPENS}, une demi-heure avant" in shown
        assert "Commencer le copil" not in shown and "Clore" not in shown


def test_nothing_begins_until_the_presence_of_each_is_said(room, seats, copil, reading):
    """C07 SPEC 12."""
    answer = room("presence", seats("present", ""))
    assert answer.status_code == 422
    with reading():
        assert session.get_one(Copil, copil).began_at is None


def test_nobody_comes_for_a_function_that_nobody_holds(
    room, seats, functions, client, copil, writing, facilitator, as_viewer
):
    """C07 SPEC 12: somebody else may; the page does not offer more, nor does the service take it."""
    with writing():
        vacate_function(functions[1], at=now())
    with writing(), pytest.raises(Invalid):
        came = {row.id: "present" for row in deciders_of(copil)}
        begin(as_viewer(facilitator), session.get_one(Copil, copil), presences=came, at=now())
    assert client.get(f"/copils/sessions/{copil}/presence").text.count('value="present"') == 1
    assert room("presence", seats("present", "present")).status_code == 422
    assert room("presence", seats("present", "stand_in")).status_code == 303


def test_half_of_those_invited_is_enough(begun, copil, reading):
    """C07 SPEC 12: fewer than half is too few, half is not."""
    with reading():
        assert not session.get_one(Copil, copil).is_listening


def test_a_stand_in_commits_nobody_and_too_few_make_it_a_listening_held_again_within_thirty_days(
    room, seats, copil, questions, functions, reading, client
):
    """C07 SPEC 12: somebody who came instead does not count."""
    room("presence", seats("stand_in", "absent"))
    with reading():
        first, sequel = session.scalars(sa.select(Copil).order_by(Copil.id)).all()
        assert first.is_listening and sequel.follows_id == first.id
        assert timedelta(0) < sequel.held_at - first.held_at <= timedelta(days=30)
        assert is_working_day(local_day(sequel.held_at))
        theirs = sa.select(Decider.function_id).where(Decider.copil_id == sequel.id).order_by(Decider.id)
        assert session.scalars(theirs).all() == functions
        carried = session.scalars(sa.select(Question.copil_id)).all()
        assert set(carried) == {sequel.id}
        assert [row.id for row in heard_at(first)] == questions
    page = words(client.get(f"/copils/sessions/{copil}"))
    assert "le terrain est écouté" in page and "Question 1 ?" in page
    room("close")
    over = words(client.get(f"/copils/sessions/{copil}"))
    assert "aucune réponse n’a été donnée" in over and "Ce qui a été dit" in over
    listed = words(client.get("/copils/sessions/"))
    assert "écoute" in listed and listed.count("5 questions") == 2 and "0 question" not in listed


def test_too_few_are_asked_about_once_before_four_weeks_are_lost(room, seats, copil, reading):
    """C07 SPEC 12: one wrong click must not put a copil off."""
    few = seats("stand_in", "absent")
    asked = room("presence", {name: value for name, value in few.items() if name != "sure"})
    assert asked.status_code == 422
    assert "on ne peut pas revenir en arrière" in words(asked) and "Continuer, en écoute" in words(asked)
    assert asked.text.count(" checked") == 2  # what was noted stays noted
    with reading():
        assert session.get_one(Copil, copil).began_at is None
    assert room("presence", few).status_code == 303


def test_nothing_is_answered_at_a_listening(room, seats, copil, questions, post, client, reading):
    """C07 SPEC 12: neither there, nor to the carried question before its new copil begins."""
    room("presence", seats("absent", "absent"))
    assert room("turn", {"question": questions[0], "side": "askers"}).status_code == 303
    assert room("turn", {"question": questions[0], "side": "deciders"}).status_code == 409
    answer = post(client, f"/copils/q/{questions[0]}/answer", {"kind": "no", "text": "Non"})
    assert answer.status_code == 422
    with reading():
        assert session.get_one(Question, questions[0]).answered_at is None


def test_a_sequel_is_never_moved_beyond_the_thirty_days_nor_called_off(room, seats, copil, post, client, reading):
    """C07 SPEC 12."""
    room("presence", seats("absent", "absent"))
    path = f"/copils/sessions/{copil + 1}"
    late = {"held_at": "2026-11-06T10:00", "reason": "Plus tard"}
    assert post(client, f"{path}/move", late).status_code == 422
    assert post(client, f"{path}/cancel", {"reason": "Non"}).status_code == 422
    in_time = {"held_at": "2026-11-05T10:00", "reason": "Salle"}
    assert post(client, f"{path}/move", in_time).status_code == 303
    with reading():
        assert session.get_one(Copil, copil + 1).cancelled_at is None


def test_presence_is_corrected_until_the_first_answer(begun, seats, copil, questions, post, client, reading):
    """C07 SPEC 12."""
    assert begun("presence", seats("present", "present")).status_code == 303
    post(client, f"/copils/q/{questions[0]}/answer", {"kind": "no", "text": "Non"})
    assert begun("presence", seats("absent", "absent")).status_code == 422
    with reading():
        presences = session.scalars(sa.select(Decider.presence).where(Decider.copil_id == copil)).all()
        assert presences == ["present", "present"]


def test_those_who_decide_do_not_speak_before_those_who_ask(begun, copil, questions, reading):
    """C07 SPEC 3: by raw POST neither."""
    assert begun("turn", {"question": questions[0], "side": "deciders"}).status_code == 403
    with reading():
        assert turns_of(copil) == []
    assert begun("turn", {"question": questions[0], "side": "askers"}).status_code == 303
    assert begun("turn", {"question": questions[0], "side": "deciders"}).status_code == 303
    with reading():
        assert [(turn.side, turn.ended_at is None) for turn in turns_of(copil)] == [
            ("askers", False),
            ("deciders", True),
        ]


def test_the_timer_keeps_half_of_the_time_for_those_who_ask(begun, copil, questions, reading, clock):
    """C07 SPEC 3: 120 minutes, five questions: 24 each, 12 for those who decide however short the others were."""
    begun("turn", {"question": questions[0], "side": "askers"})
    clock.advance(minutes=2)
    begun("turn", {"question": questions[0], "side": "deciders"})
    with reading():
        found = session.get_one(Copil, copil)
        floor = floor_of(found, heard_at(found), turns_of(copil), at=now())
        assert floor.until == now() + timedelta(minutes=12)
        assert (floor.level(now()), floor.level(now() + timedelta(minutes=12))) == (0, 20)
        assert floor.overtime_minutes(now() + timedelta(minutes=15)) == 3


def test_a_turn_taken_up_again_keeps_what_was_used_of_its_share(begun, copil, questions, reading, clock):
    """C07 SPEC 3: those who decide do not gain time by speaking twice."""
    for side in ("askers", "deciders", "askers", "deciders"):
        begun("turn", {"question": questions[0], "side": side})
        clock.advance(minutes=5)
    with reading():
        found = session.get_one(Copil, copil)
        floor = floor_of(found, heard_at(found), turns_of(copil), at=now())
        assert floor.until == floor.turn.started_at + timedelta(minutes=7)
        assert minutes_spent(session.get_one(Copil, copil), turns_of(copil), at=now()) == {"askers": 10, "deciders": 10}


def test_the_same_click_twice_is_one_turn(begun, copil, questions, reading):
    """C07 SPEC 3: the network was lost after the click had passed."""
    for _click in range(2):
        begun("turn", {"question": questions[0], "side": "askers"})
    with reading():
        assert len(turns_of(copil)) == 1


@pytest.mark.parametrize(("ago", "kept"), [("60", 60), ("900", 0), ("-5", 0), ("soon", 0), ("250", 200)])
def test_a_click_delayed_by_the_network_keeps_its_true_instant(begun, copil, questions, reading, clock, ago, kept):
    """C07 SPEC 3: within five minutes, and never before the turn that ran began."""
    begun("turn", {"question": questions[0], "side": "askers"})
    clock.advance(minutes=200 / 60)
    begun("turn", {"question": questions[0], "side": "deciders", "ago": ago})
    with reading():
        askers, deciders = turns_of(copil)
        assert deciders.started_at == askers.ended_at == now() - timedelta(seconds=kept)


def test_a_question_of_another_copil_is_given_no_floor(begun, copil, asker, facilitator, functions, writing, reading):
    """C07 SPEC 3: by raw POST."""
    with writing():
        other = make_question(asker, make_copil(facilitator, functions), "Ailleurs ?")
    assert begun("turn", {"question": other, "side": "askers"}).status_code == 409
    with reading():
        assert turns_of(copil) == []


def test_a_pause_gives_the_floor_to_nobody(begun, copil, questions, reading, clock):
    """C07 SPEC 3."""
    begun("turn", {"question": questions[0], "side": "askers"})
    clock.advance(minutes=3)
    for _click in range(2):
        assert begun("pause").status_code == 303
        clock.advance(minutes=3)
    with reading():
        assert minutes_spent(session.get_one(Copil, copil), turns_of(copil), at=now())["askers"] == 3


def test_nobody_but_the_facilitator_keeps_the_time(begun, copil, questions, make_user, director, sign_in, reading):
    """C07 SPEC 3: neither an administrator, nor a decider, nor the facilitator who has become one."""
    for who in (make_user("Chef", role="admin"), director):
        sign_in(who)
        for act in ("turn", "pause", "close", "presence"):
            assert begun(act, {"question": questions[0], "side": "askers"}).status_code == 403
    with reading():
        assert turns_of(copil) == []
        assert session.get_one(Copil, copil).closed_at is None


def test_a_facilitator_who_becomes_a_decider_keeps_no_time_and_orders_no_floor(
    begun, copil, functions, facilitator, questions, writing, reading
):
    """C07 SPEC 14."""
    with writing():
        hold_function(functions[1], facilitator.id, since=now())
    assert begun("turn", {"question": questions[0], "side": "askers"}).status_code == 403
    with reading():
        assert turns_of(copil) == []


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"kind": "yes", "text": "", "soon": "30"}, "text"),
        ({"kind": "yes", "text": "Oui", "soon": "", "due_on": ""}, "due_on"),
        ({"kind": "yes", "text": "Oui", "soon": "", "due_on": "2026-09-01"}, "due_on"),
        ({"kind": "yes", "text": "Oui", "soon": "30", "function_id": "0"}, "function_id"),
        ({"kind": "no", "text": " "}, "text"),
        ({"kind": "later", "soon": ""}, "due_on"),
        ({"kind": "delegated", "soon": "30", "function_id": "9999"}, "function_id"),
        ({"kind": "perhaps"}, "kind"),
        ({"text": "Oui"}, "kind"),
    ],
)
def test_an_answer_without_what_its_kind_needs_is_refused_beside_its_field(
    begun, client, post, questions, functions, reading, sent, field
):
    """C07 SPEC 4: exactly one of the four."""
    answer = post(client, f"/copils/q/{questions[0]}/answer", {"function_id": functions[0], **sent})
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    with reading():
        assert session.get_one(Question, questions[0]).answered_at is None
        assert session.scalars(sa.select(Commitment)).all() == []


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (YES, ("yes", "Une salle ouverte", date(2026, 12, 1), True)),
        ({"kind": "no", "text": "Trop cher", "soon": "30"}, ("no", "Trop cher", None, False)),
        ({"kind": "later", "text": "", "soon": "", "due_on": "2027-01-15"}, ("later", None, date(2027, 1, 15), False)),
        ({"kind": "delegated", "soon": "14"}, ("delegated", None, date(2026, 10, 20), True)),
    ],
)
def test_each_of_the_four_answers_keeps_what_it_says(begun, client, post, questions, functions, reading, sent, kept):
    """C07 SPEC 4."""
    answer = post(client, f"/copils/q/{questions[0]}/answer", {"function_id": functions[0], **sent})
    assert answer.status_code == 303
    with reading():
        found = session.get_one(Question, questions[0])
        assert (found.answer, found.answer_text, found.answer_on, bool(found.answer_function_id)) == kept
        made = session.scalars(sa.select(Commitment)).all()
        expected = {"yes": [("promise", date(2026, 12, 1))], "delegated": [("answer", date(2026, 10, 20))]}
        assert [(row.kind, row.due_on) for row in made] == expected.get(found.answer, [])


def test_a_function_that_is_not_in_the_room_commits_and_it_is_said(
    begun, client, post, copil, questions, functions, reading
):
    """C07 SPEC 5: whoever is responsible need not sit there; nobody is led to think that they promised."""
    begun("turn", {"side": "askers", "question": questions[0]})
    shown = words(client.get(f"/copils/sessions/{copil}/live"))
    assert "Dans la salle : Paul Martin (Direction des ports). Une autre fonction" in shown
    assert "Élu à la mer (pas dans la salle)" in shown and "Direction des ports (pas" not in shown
    told = "« Élu à la mer » n’est pas dans la salle : l’engagement est pris en son absence"
    for question, function, is_told in zip(questions, reversed(functions), (True, False), strict=False):
        sent = YES | {"function_id": function, "room": "1"}
        assert post(client, f"/copils/q/{question}/answer", sent).status_code == 303
        assert (told in words(client.get(f"/copils/sessions/{copil}/live"))) is is_told
    with reading():
        made = session.scalars(sa.select(Commitment.function_id).order_by(Commitment.id)).all()
    assert made == [*reversed(functions)]


def test_nothing_is_answered_before_the_copil_begins(room, client, post, questions, reading):
    """C07 SPEC 4: nor by whoever decides, nor by an administrator."""
    answer = post(client, f"/copils/q/{questions[0]}/answer", {"kind": "no", "text": "Non"})
    assert answer.status_code == 422
    with reading():
        assert session.get_one(Question, questions[0]).answered_at is None


def test_a_decider_writes_an_answer_and_nobody_else_does(
    begun, client, post, sign_in, asker, director, facilitator, make_user, questions, reading
):
    """C07 SPEC 4: not even an administrator who gives an instant of the past."""
    sent = {"kind": "no", "text": "Non", "answered_at": "2026-09-01T10:00", "at": "2026-09-01"}
    for who in (asker, make_user("Chef", role="admin")):
        sign_in(who)
        assert post(client, f"/copils/q/{questions[0]}/answer", sent).status_code == 403
    sign_in(facilitator)
    begun("turn", {"question": questions[0], "side": "askers"})
    sign_in(director)
    assert post(client, f"/copils/q/{questions[0]}/answer", sent).status_code == 303
    with reading():
        found = session.get_one(Question, questions[0])
        assert (found.answered_by_id, found.answered_at) == (director.id, now())


def test_of_two_who_answer_the_second_sees_what_the_first_wrote_and_keeps_their_words(
    begun, client, post, sign_in, director, questions
):
    """C07 SPEC 4."""
    post(client, f"/copils/q/{questions[0]}/answer", {"kind": "no", "text": "Trop cher"})
    sign_in(director)
    answer = post(client, f"/copils/q/{questions[0]}/answer", {"kind": "no", "text": "Trop loin"})
    assert answer.status_code == 409
    assert "Trop cher" in words(answer) and "Trop loin" in answer.text


def test_an_answer_sent_twice_is_one(begun, client, post, questions, functions, reading):
    """C07 SPEC 4: the network was lost after it had passed."""
    for _click in range(2):
        sent = {**YES, "function_id": functions[0]}
        assert post(client, f"/copils/q/{questions[0]}/answer", sent).status_code == 303
    with reading():
        assert len(session.scalars(sa.select(Commitment)).all()) == 1


def test_of_two_who_answer_at_the_same_instant_one_is_first(
    begun, copil, questions, facilitator, director, as_viewer, writing, reading
):
    """C07 SPEC 4: on both databases."""
    viewers, barrier = [as_viewer(facilitator), as_viewer(director)], Barrier(2)
    begun("turn", {"question": questions[0], "side": "askers"})

    def one(index: int) -> str:
        barrier.wait()
        try:
            with writing():
                question, found = session.get_one(Question, questions[0]), session.get_one(Copil, copil)
                answer_question(viewers[index], question, found, reply=Reply("no", f"Motif {index}"), at=now())
        except PortalError as refusal:
            return type(refusal).__name__
        return "done"

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(one, range(2))) == ["Conflict", "done"]


def test_of_several_clicks_at_the_same_instant_one_turn_is_made(
    begun, copil, questions, facilitator, as_viewer, writing, reading
):
    """C07 SPEC 3: on both databases."""
    who, barrier = as_viewer(facilitator), Barrier(TOGETHER)

    def one(_index: int) -> None:
        barrier.wait()
        with writing():
            question, found = session.get_one(Question, questions[0]), session.get_one(Copil, copil)
            give_floor(who, found, question, side="askers", at=now())

    with ThreadPoolExecutor(TOGETHER) as threads:
        list(threads.map(one, range(TOGETHER)))
    with reading():
        assert len(session.scalars(sa.select(Turn)).all()) == 1


def test_an_answer_is_corrected_the_first_stays_and_its_commitment_is_withdrawn(
    begun, client, post, questions, functions, reading
):
    """C07 SPEC 4."""
    path = f"/copils/q/{questions[0]}/answer"
    post(client, path, {**YES, "function_id": functions[0]})
    seen = hidden_of(client.get(f"{path}/correct"))["seen"]
    sent = {"kind": "no", "text": "Trop cher", "seen": seen}
    assert post(client, f"{path}/correct", sent).status_code == 303
    assert post(client, f"{path}/correct", sent).status_code == 303  # a second click
    refused = post(client, f"{path}/correct", {**sent, "text": "Encore"})
    assert refused.status_code == 422
    assert "Entre-temps, on y lit : « Trop cher »" in words(refused)
    with reading():
        assert session.get_one(Question, questions[0]).answer == "no"
        assert session.scalars(sa.select(FormerAnswer.answer_text)).all() == ["Une salle ouverte"]
        assert session.scalars(sa.select(Commitment.withdrawn_at)).all() == [now()]


@pytest.mark.parametrize("touched", [{"known_by": "La porte est ouverte"}, {"proposed_at": SITTING}, {"postponed": 1}])
def test_an_answer_on_which_somebody_acted_no_longer_changes(
    begun, client, post, questions, functions, reading, writing, touched
):
    """C07 SPEC 4 and 5."""
    path = f"/copils/q/{questions[0]}/answer"
    post(client, path, {**YES, "function_id": functions[0]})
    with writing():
        session.execute(sa.update(Commitment).values(**touched))
        seen = edition_of(asdict(answer_of(session.get_one(Question, questions[0]))))
    answer = post(client, f"{path}/correct", {"kind": "no", "text": "Trop cher", "seen": seen})
    assert answer.status_code == 422
    assert client.get(f"{path}/correct").status_code == 409
    with reading():
        assert session.get_one(Question, questions[0]).answer == "yes"


def test_an_answer_is_corrected_by_nobody_else_nor_once_its_time_is_over(
    begun, client, post, sign_in, director, facilitator, questions, reading, clock
):
    """C07 SPEC 4."""
    path = f"/copils/q/{questions[0]}/answer"
    post(client, path, {"kind": "no", "text": "Trop cher"})
    with reading():
        seen = edition_of(asdict(answer_of(session.get_one(Question, questions[0]))))
    sent = {"kind": "no", "text": "Autre", "seen": seen}
    sign_in(director)
    assert post(client, f"{path}/correct", sent).status_code == 422
    clock.advance(days=10)
    sign_in(facilitator)
    assert post(client, f"{path}/correct", sent).status_code == 422
    with reading():
        assert session.get_one(Question, questions[0]).answer_text == "Trop cher"


def test_an_answer_is_taken_after_the_seventh_day_though_it_is_late(begun, client, post, questions, reading, clock):
    """C07 SPEC 4."""
    post(client, f"/copils/q/{questions[1]}/answer", {"kind": "no", "text": "À temps"})
    clock.advance(days=30)
    assert post(client, f"/copils/q/{questions[0]}/answer", {"kind": "no", "text": "Tard"}).status_code == 303
    assert "réponse donnée après le délai" in words(client.get(f"/copils/q/{questions[0]}"))
    assert "réponse donnée après le délai" not in words(client.get(f"/copils/q/{questions[1]}"))
    with reading():
        assert session.get_one(Question, questions[0]).answered_at == now()


def test_a_copil_is_closed_once_and_ends_the_turn_that_runs(begun, client, copil, questions, reading, clock):
    begun("turn", {"question": questions[0], "side": "askers"})
    clock.advance(minutes=4)
    assert client.get(f"/copils/sessions/{copil}/close").status_code == 200
    assert begun("close").status_code == 303
    with reading():
        closed = now()
    clock.advance(minutes=4)
    assert begun("close").status_code == 303
    with reading():
        assert session.get_one(Copil, copil).closed_at == closed
        assert turns_of(copil)[0].ended_at == closed
    assert begun("turn", {"question": questions[0], "side": "askers"}).status_code == 409


def test_a_session_of_five_questions_is_run_whole_from_one_page(
    begun, client, post, copil, questions, functions, reading, clock
):
    """C07 SPEC 3 and 4: each button is on the page when it is needed; nothing else is opened."""
    live = f"/copils/sessions/{copil}/live"
    replies = [
        {**YES},
        {"kind": "no", "text": "Trop cher"},
        {"kind": "later", "soon": "30"},
        {"kind": "delegated", "soon": "14"},
        {**YES, "text": "Un guichet de plus"},
    ]
    for number, reply in zip(questions, replies, strict=True):
        page = client.get(live)
        assert f'name="question" value="{number}"' in page.text
        assert begun("turn", {"question": number, "side": "askers"}).location.endswith(live)
        clock.advance(minutes=6)
        assert "deciders" in client.get(live).text
        begun("turn", {"question": number, "side": "deciders"})
        clock.advance(minutes=4)
        assert f'action="/copils/q/{number}/answer"' in client.get(live).text
        sent = {**reply, "function_id": functions[0], "room": "1"}
        assert post(client, f"/copils/q/{number}/answer", sent).location.endswith(live)
    assert "Chaque question a sa réponse" in words(client.get(live))
    begun("close")
    page = words(client.get(f"/copils/sessions/{copil}"))
    assert "30 min" in page and "20 min" in page
    with reading():
        assert session.scalars(sa.select(Question.answer).order_by(Question.id)).all() == [
            "yes",
            "no",
            "later",
            "delegated",
            "yes",
        ]


def test_a_question_asked_with_another_is_answered_through_it(begun, copil, questions, as_viewer, facilitator, writing):
    """C07 SPEC 4."""
    who = as_viewer(facilitator)
    with writing():
        question = session.get_one(Question, questions[1])
        question.merged_into_id = questions[0]
    with writing(), pytest.raises(Conflict):
        found = session.get_one(Copil, copil)
        answer_question(who, session.get_one(Question, questions[1]), found, reply=Reply("no", "Non"), at=now())
