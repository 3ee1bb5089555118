"""What the pages load before they ask whether one may: absent and private are the same 404 (trust P3)."""

from __future__ import annotations

from typing import cast

from flask import g

from portal.api import NotFound, Viewer, now, texts

from plugins.copils.models.commitment import Commitment
from plugins.copils.models.copil import Copil
from plugins.copils.models.question import Question
from plugins.copils.queries.commitments import readable_commitment
from plugins.copils.queries.copils import readable_copil
from plugins.copils.queries.glances import Glance, glances
from plugins.copils.queries.questions import readable_question
from plugins.copils.services.facts import must_ask_itself, must_be_of_the_field, must_facilitate

_ = texts("copils")


def one_copil(viewer: Viewer, *, copil_id: int) -> Copil:
    """Give the copil of a page.

    :raises NotFound: absent, or not theirs to read
    """
    copil = readable_copil(viewer, copil_id, at=now())
    if copil is None:
        raise NotFound(_("There is no copil at this address, or it is not open to you."))
    return copil


def one_commitment(viewer: Viewer, *, commitment_id: int) -> Commitment:
    """Give the commitment of a page.

    :raises NotFound: absent, or not theirs to read
    """
    commitment = readable_commitment(viewer, commitment_id, at=now())
    if commitment is None:
        raise NotFound(_("There is no commitment at this address, or it is not open to you."))
    return commitment


def one_question(viewer: Viewer, *, question_id: int) -> Question:
    """Give the question of a page.

    :raises NotFound: absent, or not theirs to read
    """
    question = readable_question(viewer, question_id, at=now())
    if question is None:
        raise NotFound(_("There is no question at this address, or it is not open to you."))
    return question


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


def question_to_moderate(viewer: Viewer, *, question_id: int) -> Question:
    """Give a question that whoever facilitates its copil is about to return, or to mask a name in.

    :raises NotFound: it waits for a copil: nobody facilitates it yet
    :raises Forbidden: somebody else facilitates, or they have become one of the deciders
    """
    question = one_question(viewer, question_id=question_id)
    if question.copil is None or question.asked_at is None:
        raise NotFound(_("There is no question at this address, or it is not open to you."))
    must_facilitate(viewer, question.copil, at=now())
    return question
