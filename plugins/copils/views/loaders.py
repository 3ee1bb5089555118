"""What the pages load before they ask whether one may: absent and private are the same 404 (trust P3)."""

from __future__ import annotations

from typing import TypeVar, cast

from flask import g

from portal.api import Forbidden, NotFound, Viewer, now, texts

from plugins.copils.models.commitment import Commitment
from plugins.copils.models.copil import Copil
from plugins.copils.models.question import Question
from plugins.copils.queries.commitments import readable_commitment
from plugins.copils.queries.copils import readable_copil
from plugins.copils.queries.glances import Glance, glances
from plugins.copils.queries.questions import readable_question
from plugins.copils.services.answering import must_write_answers
from plugins.copils.services.collectives import must_be_a_voice
from plugins.copils.services.facts import (
    must_ask,
    must_ask_itself,
    must_be_of_the_field,
    must_be_shown,
    must_facilitate,
)
from plugins.copils.services.moving import must_hand_over

_ = texts("copils")
Row = TypeVar("Row", Copil, Commitment, Question)


def _there(found: Row | None, otherwise: str) -> Row:
    if found is None:
        raise NotFound(otherwise)
    return found


def one_copil(viewer: Viewer, *, copil_id: int) -> Copil:
    """Give the copil of a page.

    :raises NotFound: absent, or not theirs to read
    """
    found = readable_copil(viewer, copil_id, at=now())
    return _there(found, _("There is no copil at this address, or it is not open to you."))


def one_commitment(viewer: Viewer, *, commitment_id: int) -> Commitment:
    """Give the commitment of a page.

    :raises NotFound: absent, or not theirs to read
    """
    found = readable_commitment(viewer, commitment_id, at=now())
    return _there(found, _("There is no commitment at this address, or it is not open to you."))


def one_question(viewer: Viewer, *, question_id: int) -> Question:
    """Give the question of a page.

    :raises NotFound: absent, or not theirs to read
    """
    found = readable_question(viewer, question_id, at=now())
    return _there(found, _("There is no question at this address, or it is not open to you."))


def one_glance(viewer: Viewer, *, question_id: int) -> Glance:
    """Give what the page of a question shows; the hooks asked for that page find it again.

    :raises NotFound: absent, or not theirs to read
    """
    (glance,) = glances([one_question(viewer, question_id=question_id)], viewer, at=now())
    g.copils_glance = (viewer, glance)
    return glance


def glance_for(viewer: Viewer, question_id: int) -> Glance | None:
    """Give what a question shows, without asking twice on its own page; None if it is not theirs to read."""
    reader, shown = g.get("copils_glance", (None, None))
    if shown is not None and shown.question.id == question_id and reader == viewer:
        return cast("Glance", shown)  # what somebody else may read is another question
    question = readable_question(viewer, question_id, at=now())
    return glances([question], viewer, at=now())[0] if question is not None else None


def own_copil(viewer: Viewer, *, copil_id: int) -> Copil:
    """Give the copil that somebody facilitates.

    :raises NotFound: absent, or not theirs to read
    :raises Forbidden: somebody else facilitates it, or they have become one of its deciders
    """
    copil = one_copil(viewer, copil_id=copil_id)
    must_facilitate(viewer, copil, at=now())
    return copil


def copil_to_hand_over(viewer: Viewer, *, copil_id: int) -> Copil:
    """Give a copil of which somebody is about to name who facilitates it.

    :raises Forbidden: it is not theirs to hand over
    """
    copil = one_copil(viewer, copil_id=copil_id)
    must_hand_over(viewer, copil, at=now())
    return copil


def copil_to_ask(viewer: Viewer, *, copil_id: int) -> Copil:
    """Give the copil that somebody is about to put a question to.

    :raises Forbidden: they are to answer there (C07 SPEC 1)
    """
    copil = one_copil(viewer, copil_id=copil_id)
    must_be_of_the_field(viewer, copil, at=now())
    return copil


def question_to_touch(viewer: Viewer, *, question_id: int) -> Question:
    """Give a question on which somebody is about to act.

    :raises Forbidden: they are to answer at its copil, whatever they asked before (C07 SPEC 1 and 14)
    """
    question = one_question(viewer, question_id=question_id)
    must_be_of_the_field(viewer, question.copil, at=now())
    return question


def own_question(viewer: Viewer, *, question_id: int) -> Question:
    """Give a question that somebody asks and is about to change.

    :raises Forbidden: it is somebody else's, or they are to answer at its copil
    """
    question = one_question(viewer, question_id=question_id)
    must_ask_itself(viewer, question, question.copil, at=now())
    return question


def question_to_leave(viewer: Viewer, *, question_id: int) -> Question:
    """Give a question that somebody asks or supports, and would no more.

    :raises Forbidden: they do neither, or are to answer at its copil
    """
    question = one_question(viewer, question_id=question_id)
    must_be_a_voice(viewer, question, question.copil, at=now())
    return question


def question_to_group(viewer: Viewer, *, question_id: int) -> Question:
    """Give a question that somebody asks, itself or through one merged into it, and would ask with another.

    :raises Forbidden: it is somebody else's, or they are to answer at its copil
    """
    question = one_question(viewer, question_id=question_id)
    must_ask(viewer, question, question.copil, at=now())
    return question


def question_to_answer(viewer: Viewer, *, question_id: int) -> Question:
    """Give a question of which somebody is about to write the answer.

    :raises Forbidden: they neither facilitate its copil nor decide there, or it waits for one
    :raises Conflict: it was returned or withdrawn
    """
    question = one_question(viewer, question_id=question_id)
    must_write_answers(viewer, _copil_of(question), at=now())
    must_be_shown(question)
    return question


def question_to_moderate(viewer: Viewer, *, question_id: int) -> Question:
    """Give a question that whoever facilitates its copil is about to return, or to mask a name in.

    :raises Forbidden: somebody else facilitates it, or they have become one of the deciders, or it waits for a copil
    """
    question = one_question(viewer, question_id=question_id)
    must_facilitate(viewer, _copil_of(question), at=now())
    return question


def _copil_of(question: Question) -> Copil:
    if question.copil is None or question.asked_at is None:
        raise Forbidden(_("This question stands on no agenda yet."))
    return question.copil
