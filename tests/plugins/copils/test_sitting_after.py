"""Around the room: the wall, what the clock does by itself, who is told, what stands on « Aujourd'hui » (C07)."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal.api import Subject, follow, local_midnight, notify, now, session
from portal.content.clock import real_now
from portal.content.models import AuditEntry, Notice
from portal.people.leaving import leave

from plugins.copils.models.copil import Copil, Decider, FormerDay, Turn
from plugins.copils.models.question import Question
from plugins.copils.services.news_copils import TO_ANSWER, TO_FACILITATE
from plugins.copils.services.sweeping_copils import sweep_copils
from tests.plugins.copils.factories import SITTING, START, add_askers, answered, make_copil, make_question
from tests.plugins.labs.pages import words

PLUGINS = ["copils"]


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
def function(make_function, director):
    return make_function("Direction des ports", holder=director, since=START - timedelta(days=30))


@pytest.fixture
def copil(writing, facilitator, function):
    with writing():
        return make_copil(facilitator, [function])


@pytest.fixture
def question(writing, copil, asker):
    with writing():
        return make_question(asker, copil)


@pytest.fixture
def told(reading):
    """Give what a person was told, as the catalogue says it."""

    def read(person) -> list[str]:
        with reading():
            return session.scalars(sa.select(Notice.text).where(Notice.person_id == person.id)).all()

    return read


@pytest.fixture
def begin(client, sign_in, facilitator, copil, post, clock, reading):
    """Open the copil in the room with whoever is to answer."""

    def do(presence: str = "present") -> None:
        clock.set(SITTING)
        sign_in(facilitator)
        with reading():
            seats = re.findall(r'name="(seat_\d+)"', client.get(f"/copils/sessions/{copil}/presence").text)
        sent = dict.fromkeys(seats, presence) | {"sure": "y"}
        assert post(client, f"/copils/sessions/{copil}/presence", sent).status_code == 303

    return do


def _acts(reading) -> list[str]:
    with reading():
        return list(session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.id)))


def test_a_question_without_an_answer_on_the_eighth_working_day_shows_it_by_itself(
    client, sign_in, begin, asker, question, reading, clock
):
    """C07 SPEC 4: without any job; on the seventh it does not yet."""
    begin()
    sign_in(asker)
    with reading():
        due = session.scalars(sa.select(Copil.answers_due_on)).one()
        over = local_midnight(due + timedelta(days=1))
    clock.set(over - timedelta(minutes=1))
    assert "sans réponse" not in words(client.get(f"/copils/q/{question}"))
    clock.set(over)
    assert "sans réponse" in words(client.get(f"/copils/q/{question}"))


def test_the_sweep_says_once_that_the_agenda_is_settled_and_that_answers_are_missing(
    begin, copil, question, asker, director, writing, reading, clock, told, as_viewer
):
    """C07 SPEC 2, 4 and 9."""
    with writing():
        session.add(Question(copil_id=copil, author_id=asker.id, text="Dite ?", **_said(asker)))
        freezes_at = session.get_one(Copil, copil).freezes_at
    clock.set(freezes_at)
    for _turn in range(2):
        with writing():
            sweep_copils(now())
    assert _acts(reading).count("copils.copil_frozen") == 1
    begin()
    clock.advance(days=20)
    for _turn in range(2):
        with writing():
            sweep_copils(now())
    acts = _acts(reading)
    assert (acts.count("copils.question_unanswered"), acts.count("copils.copil_frozen")) == (1, 1)
    assert "Nobody has answered “%(title)s” in time" in told(asker)
    assert "The agenda of “%(title)s” is settled" in told(director)


@pytest.mark.parametrize("closes", [True, False])
def test_who_was_to_answer_or_facilitate_is_not_told_so_for_ever(
    begin, client, post, copil, question, director, facilitator, writing, reading, clock, closes
):
    """C07 SPEC 9: closed, or left open until its answers were due."""
    with writing():
        for who, text in ((director, TO_ANSWER), (facilitator, TO_FACILITATE)):
            notify([who.id], Subject("copils.copil", copil), text, at=now(), must_act=True)
    begin()
    asked = sa.select(sa.func.count()).where(Notice.must_act, Notice.read_at.is_(None))
    with reading():
        assert session.scalar(asked) == 2
    if closes:
        post(client, f"/copils/sessions/{copil}/close")
    else:
        clock.advance(days=20)
        with writing():
            sweep_copils(now())
    with reading():
        assert session.scalar(asked) == 0


def _said(asker) -> dict[str, object]:
    return {"created_at": START, "asked_at": START, "position": 9, **answered(SITTING, asker)}


def test_nobody_is_told_of_answers_missing_from_a_copil_that_only_listened(begin, question, writing, reading, clock):
    """C07 SPEC 12."""
    begin("absent")
    clock.advance(days=20)
    with writing():
        sweep_copils(now())
    assert "copils.question_unanswered" not in _acts(reading)


def test_those_who_ask_and_those_who_follow_are_told_of_the_answer(
    client, begin, post, question, asker, make_user, as_viewer, writing, told, facilitator
):
    """C07 SPEC 9: not whoever wrote it."""
    other, follower = make_user("Ida Roy"), make_user("Ali Sow")
    with writing():
        add_askers(question, [other])
        follow(as_viewer(follower), session.get_one(Question, question).subject, at=now())
    begin()
    assert post(client, f"/copils/q/{question}/answer", {"kind": "no", "text": "Trop cher"}).status_code == 303
    for person in (asker, other, follower):
        assert "An answer was given to “%(title)s”" in told(person)
    assert "An answer was given to “%(title)s”" not in told(facilitator)


def test_those_who_ask_and_those_who_decide_are_told_that_a_copil_moves_or_is_called_off(
    client, sign_in, facilitator, copil, question, asker, director, post, told, reading
):
    """C07 SPEC 9; the question waits for the next copil."""
    sign_in(facilitator)
    moved = {"held_at": "2026-10-13T10:00", "reason": "Salle prise"}
    assert post(client, f"/copils/sessions/{copil}/move", moved).status_code == 303
    assert post(client, f"/copils/sessions/{copil}/cancel", {"reason": "Grève"}).status_code == 303
    for person in (asker, director):
        assert {"“%(title)s” is moved to another day", "“%(title)s” is called off"} <= {*told(person)}
    with reading():
        assert session.get_one(Question, question).copil_id is None


def test_a_question_that_waited_finds_the_copil_that_is_announced(
    client, sign_in, make_user, facilitator, copil, question, function, post, reading
):
    """C07 SPEC 2."""
    sign_in(facilitator)
    post(client, f"/copils/sessions/{copil}/cancel", {"reason": "Grève"})
    sign_in(make_user("Chef", role="admin"))
    plan = {"title": "Le suivant", "held_at": "2026-10-20T14:00", "minutes": "120", "function_ids": [function]}
    assert post(client, "/copils/sessions/new", {**plan, "facilitator": "Awa Diop", "audience": "intranet"})
    with reading():
        made = session.scalars(sa.select(Copil).where(Copil.title == "Le suivant")).one()
        assert session.get_one(Question, question).copil_id == made.id


def test_the_wall_of_the_room_says_the_question_and_whose_turn_it_is(client, begin, copil, question, post):
    """C07 SPEC 3: without the name of anybody."""
    begin()
    post(client, f"/copils/sessions/{copil}/turn", {"question": question, "side": "askers"})
    page = client.get(f"/copils/sessions/{copil}/wall")
    assert "Pourquoi trois signatures ?" in words(page) and "celles et ceux qui demandent" in words(page)
    assert "Léa Petit" not in page.text and "Paul Martin" not in page.text
    assert 'data-refresh-seconds="5"' in page.text


def test_the_wall_opens_without_session_until_it_is_closed(
    client, sign_in, new_client, facilitator, copil, question, post, director
):
    sign_in(facilitator)
    room = f"/copils/sessions/{copil}/room"
    assert post(client, room).status_code == 303
    path = re.search(r"<code>http://localhost(/copils/room/[^<]+)</code>", client.get(room).text).group(1)
    browser = new_client()
    assert browser.get(path).status_code == 200
    assert browser.get(f"{path}/qr.svg").content_type == "image/svg+xml"
    sign_in(director)
    assert post(client, f"{room}/close").status_code == 403
    sign_in(facilitator)
    assert post(client, f"{room}/close").status_code == 303
    gone = browser.get(path)
    assert gone.status_code == 404 and "Pourquoi trois signatures ?" not in words(gone)
    assert 'href="/copils/public"' in gone.text


def test_the_wall_dies_with_who_opened_it_and_the_day_after(
    client, sign_in, new_client, facilitator, copil, post, writing, clock
):
    sign_in(facilitator)
    post(client, f"/copils/sessions/{copil}/room")
    page = client.get(f"/copils/sessions/{copil}/room").text
    path = re.search(r"<code>http://localhost(/copils/room/[^<]+)</code>", page).group(1)
    with writing():
        leave(facilitator.id, actor=None, at=real_now())
    assert new_client().get(path).status_code == 404


@pytest.mark.parametrize("audience", ["intranet", "public"])
def test_who_is_not_signed_in_comes_to_no_page_of_the_room(client, copil, writing, audience):
    with writing():
        session.get_one(Copil, copil).audience = audience
    for act in ("", "/live", "/presence", "/wall", "/room", "/poster", "/move"):
        assert client.get(f"/copils/sessions/{copil}{act}").status_code in {302, 303, 401}


def test_today_offers_each_what_waits_for_them(client, sign_in, facilitator, copil, question, asker, director, clock):
    """C07 SPEC 1: a call for who may ask; questions to answer for who decides; opening for who facilitates."""
    sign_in(asker)
    assert "Poser une question" in words(client.get("/"))
    sign_in(director)
    today = words(client.get("/"))
    assert "Questions auxquelles vous aurez à répondre" in today and "Poser une question" not in today
    clock.set(SITTING)
    sign_in(facilitator)
    assert "Commencer le copil" in words(client.get("/"))


def test_today_says_what_is_still_to_be_written_down(client, begin, copil, question, post):
    """C07 SPEC 4."""
    begin()
    assert "Conduire" in words(client.get("/"))
    post(client, f"/copils/sessions/{copil}/close")
    assert "1 réponse à noter" in words(client.get("/"))
    post(client, f"/copils/q/{question}/answer", {"kind": "no", "text": "Non"})
    assert "réponse à noter" not in words(client.get("/"))


def test_a_decider_is_offered_no_act_of_the_field_but_to_answer(
    client, sign_in, begin, copil, question, director, post
):
    """C07 SPEC 1."""
    begin()
    post(client, f"/copils/sessions/{copil}/turn", {"question": question, "side": "askers"})
    sign_in(director)
    page = client.get(f"/copils/sessions/{copil}").text
    for act in ("ask", "move", "cancel", "live", "room"):
        assert f'href="/copils/sessions/{copil}/{act}"' not in page
    assert f'href="/copils/q/{question}/answer"' in client.get(f"/copils/q/{question}").text


OF_THE_FIELD = {"copils.ask"}


@pytest.mark.parametrize("who", ["agent", "decider", "administrator"])
def test_no_act_on_a_copil_is_open_to_who_does_not_facilitate_it(
    app, client, sign_in, make_user, begin, copil, question, director, post, reading, who
):
    """C07 SPEC 1: every address that takes a form, by raw POST, with all that the forms hold; nor is a form shown."""
    begin()
    people = {"agent": make_user("Zoé Roux"), "decider": director, "administrator": make_user("Chef", role="admin")}
    sign_in(people[who])
    sent = {"held_at": "2026-10-20T10:00", "reason": "Parce que", "facilitator": "Zoé Roux", "side": "askers"}
    ours = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("copils.") and "POST" in rule.methods]
    tried = [rule for rule in ours if rule.arguments == {"copil_id"} and rule.endpoint not in OF_THE_FIELD]
    assert len(tried) >= 8
    before = _rows(reading)
    for rule in tried:
        path = rule.rule.replace("<int:copil_id>", str(copil))
        assert post(client, path, {**sent, "question": question}).status_code in {403, 404, 422}, path
        assert client.get(path).status_code in {403, 405}, path
    for page in ("live", "close", "room", "presence"):
        assert client.get(f"/copils/sessions/{copil}/{page}").status_code == 403, page
    if who != "decider":
        for act in ("answer", "answer/correct"):
            assert client.get(f"/copils/q/{question}/{act}").status_code == 403
            assert post(client, f"/copils/q/{question}/{act}", {"kind": "no", "text": "Non"}).status_code == 403
    assert _rows(reading) == before


def _rows(reading) -> list[object]:
    with reading():
        tables = (Copil.__table__, Decider.__table__, Turn.__table__, FormerDay.__table__, Question.__table__)
        return [list(map(tuple, session.execute(sa.select(table)))) for table in tables]


def test_a_copil_closed_from_two_places_at_the_same_instant_is_closed_once(
    sign_in, begin, copil, facilitator, post_at_once, audit_of
):
    begin()
    browsers = [sign_in(facilitator) for _device in range(2)]
    for answer in post_at_once(f"/copils/sessions/{copil}/close", *browsers):
        assert answer.status_code == 200
        assert "Le copil est clos." in words(answer)
    assert audit_of(Subject("copils.copil", copil)).count("copils.copil_closed") == 1
