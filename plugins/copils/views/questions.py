"""The page of a question, the order of an agenda, and its export (C07)."""

from __future__ import annotations

from datetime import date, datetime
from operator import attrgetter
from typing import Any

from portal.api import (
    Table,
    actions_of,
    exported,
    function_cards,
    history_of,
    local_day,
    now,
    page,
    people,
    sections_of,
    signed_in,
    texts,
    viewer,
)

from plugins.copils.models.question import Question
from plugins.copils.queries.agenda import agenda_glances, tied_to
from plugins.copils.queries.commitments import glances_of_question
from plugins.copils.queries.glances import Glance, glances
from plugins.copils.queries.question_states import ANSWERS, State, was_late
from plugins.copils.queries.questions import former_answers_of, invited_ids, maskings_of, member_ids, missing_voices
from plugins.copils.views.blueprint import blueprint
from plugins.copils.views.loaders import one_copil, one_glance
from plugins.copils.views.readers import readers_of

_ = texts("copils")

# Acts of those who ask, itself or what it was asked together with: the history tells none of them. It would name those
# of a collective (C07 SPEC 11), and who asked what was withdrawn since; the page says what stands.
OF_ASKERS = (
    "copils.voice_asked",
    "copils.voice_given",
    "copils.voice_declined",
    "copils.voice_taken_back",
    "copils.question_gathering",
    "copils.question_asked",
    "copils.question_reworded",
    "copils.question_withdrawn",
    "copils.question_put_back",
    "copils.question_merged",
    "copils.question_parted",
    "copils.merging_wanted",
    "copils.merging_refused",
    "copils.question_taken_up",
    "copils.question_given_back",
    "portal.linked",
    "portal.unlinked",
)


@blueprint.get("/q/<int:question_id>")
@signed_in(glance=one_glance)
def question(glance):
    """Show one question: who asks it, what was answered, what was promised."""
    question, copil = glance.question, glance.copil
    maskings, acts = maskings_of(question.id), actions_of(question.subject)
    return page(
        "copils/question.html",
        glance=glance,
        question=question,
        copil=copil,
        main=[action for action in acts if action.kind == "main"],
        offers=[action for action in acts if action.kind != "main"],
        readers=_readers(glance),
        missing=missing_voices(question, at=now()) if glance.state is State.GATHERING else 0,
        sections=sections_of(question.subject),
        past=past_of(question),
        **_together(question),
        **_answer(question),
        **(_voices(glance) if glance.is_mine and question.is_collective else {}),
        maskings=maskings,
        who=people({question.returned_by_id, *(row.person_id for row in maskings)}),
    )


def _readers(glance: Glance) -> str | None:
    """Say who reads it; of what only those who ask it read, the page says so already."""
    if glance.copil is None or glance.is_aside or glance.question.asked_at is None:
        return None
    return readers_of(glance.copil)


def past_of(question: Question) -> list[Any]:
    """Give what happened to a question since it is public, without the acts of those who ask."""
    asked_at = question.asked_at
    past = history_of(question.subject, without=OF_ASKERS) if asked_at else []
    return [entry for entry in past if asked_at is not None and entry.at >= asked_at]


def _together(question: Question) -> dict[str, Any]:
    tied = glances(tied_to(question), viewer(), at=now())
    hosts = {question.merged_into_id, question.merge_wanted_id}
    return {
        "together": [glance for glance in tied if glance.question.merged_into_id == question.id],
        "wanting": [glance for glance in tied if glance.question.merge_wanted_id == question.id],
        "host": next((glance.question for glance in tied if glance.question.id in hosts), None),
    }


def _answer(question: Question) -> dict[str, Any]:
    if question.answered_at is None:
        return {}
    former = former_answers_of(question.id)
    said = (question.answer_function_id, *(row.answer_function_id for row in former))
    return {
        "answers": ANSWERS,
        "was_late": was_late(question),
        "functions": function_cards([number for number in said if number], at=now()),
        "former_answers": former,
        "promised": glances_of_question(viewer(), question.id, at=now()),
    }


def _voices(glance: Glance) -> dict[str, Any]:
    """Give who has said yes and who was asked, to those who ask together, and to nobody else."""
    number = glance.question.id
    members, invited = member_ids(number), invited_ids(number)
    who = people([*members, *invited])
    return {
        "members": [who[each] for each in members if each in who],
        "invited": [who[each] for each in invited if each in who],
    }


def _day(instant: datetime | None) -> date | None:
    return local_day(instant) if instant else None


COLUMNS: Table = {
    "number": (_.later("Number"), attrgetter("number")),
    "question": (_.later("Question"), attrgetter("title")),
    "askers": (_.later("Asked by"), attrgetter("who")),
    "state": (_.later("State"), lambda glance: glance.mark[0]),
    "answer": (_.later("Answer"), lambda glance: ANSWERS.get(glance.question.answer or "")),
    "answer_text": (_.later("In words"), lambda glance: glance.question.answer_text),
    "answer_on": (_.later("By what day"), lambda glance: glance.question.answer_on),
    "answered": (_.later("Answered on"), lambda glance: _day(glance.question.answered_at)),
}


@blueprint.get("/sessions/<int:copil_id>/questions.<any(csv, json):fmt>")
@signed_in(copil=one_copil)
def questions_export(copil, fmt):
    """Give the questions of the agenda, in its order, each followed by those that are asked together with it."""
    found = agenda_glances(viewer(), copil, at=now())
    rows = (row for glance in found for row in (glance, *glance.together))
    return exported(fmt, f"copil-{copil.id}-questions", COLUMNS, rows)
