"""Faults seeded in copils, where a name, an act or a count is a secret for other reasons than an audience (P20)."""

from __future__ import annotations

from dataclasses import replace

import sqlalchemy as sa

from portal.api import function_cards, people, session
from portal.loader.faults import later

from plugins.copils.models.commitment import Commitment
from plugins.copils.models.copil import Copil
from plugins.copils.models.question import Question
from plugins.copils.queries import commitments, glances, walls
from plugins.copils.queries.questions import member_ids
from plugins.copils.views import board, questions
from tests.review.growing import compare_ten_and_a_thousand
from tests.review.outside import compare_before_and_after
from tests.review.seeding import acting, at, caught, reading
from tests.review.world import ADMIN, AGENT, ANONYMOUS, MEMBER, OWNER, SUPERIOR

NUMBER = sa.bindparam("number")


def test_an_export_that_names_who_is_behind_a_collective(walk, monkeypatch):
    def names(glance):
        return ", ".join(person.name for person in people(member_ids(glance.question.id)).values())

    monkeypatch.setitem(questions.COLUMNS, "askers", (questions.COLUMNS["askers"][0], names))
    caught(reading(walk, AGENT, "copils.questions_export"), "/questions.", "tells users.name")
    caught(reading(walk, ADMIN, "copils.questions_export"), "/questions.", "tells users.name")


def test_a_page_that_takes_every_reader_for_one_who_asks(walk, monkeypatch):
    was = glances.glances
    mine = lambda *args, **named: [replace(glance, is_mine=True) for glance in was(*args, **named)]  # noqa: E731
    monkeypatch.setattr("plugins.copils.views.loaders.glances", mine)
    faults = reading(walk, AGENT, "copils.question")
    caught(faults, "(collective at call", "tells users.name")
    caught(faults, "(returned at call", "tells copils_question.text")


def test_a_question_shown_while_it_gathers_its_voices(walk, monkeypatch):
    monkeypatch.setattr("plugins.copils.queries.questions._ONE", sa.select(Question).where(Question.id == NUMBER))
    caught(reading(walk, AGENT, "copils.question"), "agent: GET /copils/q/", "(gathering at call", "→ 200, not [404]")


def test_a_commitment_read_without_its_audience(walk, monkeypatch):
    anybody = lambda _viewer, commitment_id, **_at: session.get(Commitment, commitment_id)  # noqa: E731
    monkeypatch.setattr("plugins.copils.views.loaders.readable_commitment", anybody)
    caught(reading(walk, AGENT, "copils.commitment"), "agent: GET /copils/c/", "not yet", "→ 200, not [404]")


def _with_holders(found, *, at):
    for glance in commitments.glances(found, at=at):
        holder = glance.function.holder
        yield replace(glance, function=replace(glance.function, body=holder.name if holder else None))


def test_a_public_board_that_names_who_holds_a_function(walk, monkeypatch):
    monkeypatch.setattr(board, "glances", lambda found, *, at: list(_with_holders(found, at=at)))
    caught(reading(walk, ANONYMOUS, "copils.public_board"), "GET /copils/public", "tells users.name")


def test_a_wall_that_names_who_holds_a_function(walk, monkeypatch):
    was = "plugins.copils.views.hall._note"
    monkeypatch.setattr(was, lambda glance: glance.function.holder.name if glance.function.holder else "")
    caught(reading(walk, OWNER, "copils.hall"), "owner: GET /copils/hall", "tells users.name")
    caught(reading(walk, ANONYMOUS, "copils.open_wall"), "GET /copils/wall/", "tells users.name")


def test_a_page_of_a_wall_that_writes(walk, monkeypatch):
    def seen(_copil):
        later(lambda conn: conn.execute(sa.update(Copil).values(place="vu")))

    monkeypatch.setattr("plugins.copils.views.walls.room_of", seen)
    caught(reading(walk, OWNER, "copils.room"), "owner: GET /copils/sessions/", "wrote: UPDATE copils_copil")


def test_a_name_masked_by_who_does_not_facilitate(walk, monkeypatch):
    for module in ("views.loaders", "services.moderating"):
        monkeypatch.setattr(f"plugins.copils.{module}.must_facilitate", lambda actor, *_rest, **_at: actor.person_id)
    faults = acting(walk, AGENT, "copils.mask")
    caught(faults, "agent: POST /copils/q/", "/mask", "→ 303, not [403]")
    caught(faults, "agent: POST /copils/q/", "wrote: INSERT INTO copils_masking")


def test_a_decider_who_goes_on_with_what_they_asked(walk, monkeypatch):
    monkeypatch.setattr("plugins.copils.services.facts.is_decider", lambda *_who, **_at: False)
    faults = acting(walk, MEMBER, "copils.withdraw", "copils.verdict_page")
    caught(faults, "member: POST /copils/q/", "/withdraw", "not [403]")
    caught(faults, "member: POST /copils/c/", "/verdict", "not [403]")


def test_a_wall_that_counts_what_is_private(walk, built, monkeypatch, clock):
    clock.advance()
    counts = (sa.func.count().filter(criterion) for _title, _kind, criterion, _order in walls._COLUMNS)
    monkeypatch.setattr(walls, "_COUNTS", sa.select(*counts).select_from(Commitment))
    faults = compare_before_and_after(walk, [SUPERIOR], plugins=built.plugins, doors=at(walk, "copils.hall"))
    caught(faults, "superior: GET /copils/hall → 200 has moved")


def test_a_board_that_asks_once_for_each_row_who_answers(walk, monkeypatch):
    def alone(rows, **asked):
        cards = ((row, function_cards([row.function_id], **asked)[row.function_id]) for row in rows)
        return [commitments.Glance(row, card, asked["at"]) for row, card in cards]

    monkeypatch.setattr(board, "glances", alone)
    faults = compare_ten_and_a_thousand(walk, [OWNER], doors=at(walk, "copils.board"))
    caught(faults, "owner: GET /copils/", "with 1000")
