"""What follows the reveal: the team replies, each question lives on, other plugins take it up (C36 SPEC 2 and 5).

Here an act is published before its line is written: another plugin that takes a question up holds the audit first, then
the line, and so does everybody.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from portal.api import (
    Conflict,
    Event,
    Forbidden,
    Invalid,
    Subject,
    Viewer,
    must_have_seen,
    publish,
    record,
    session,
    texts,
)

from plugins.regards.models.card import MAX_REPLY, MAX_WORDS, QUESTION, Line
from plugins.regards.queries.cards import author_ids
from plugins.regards.queries.lines import SAYS, State, cards_saying, mark_said, question_by_id, reply_said
from plugins.regards.services.facts import hold, is_of_team, must_be_of_team, must_be_said

_ = texts("regards")

SAID = (State.LIT, State.CLOSED)


def reply_to(actor: Viewer, line: Line, *, words: str, seen: str | None = None, at: datetime) -> None:
    """Reply to a line in the name of the team, or correct its reply; everybody who reads the round reads it.

    :param seen: the `edition_of` the reply that the actor had before them; None not to ask
    :raises Forbidden: the actor is not of the reviewed team
    :raises Conflict: it is not revealed, or it is masked
    :raises Overtaken: somebody else of the team was faster
    :raises Invalid: no words, or too many
    """
    hold(line.board)
    person_id = must_be_of_team(actor, line.board)
    must_be_said(line, at=at)
    text = " ".join(words.split())
    if not text or len(text) > MAX_REPLY:
        raise Invalid(_("Write the reply, in %(most)s signs at most.", most=MAX_REPLY), field="words")
    must_have_seen(seen, reply_said(line), {"words": text})
    if text == line.reply:
        return
    publish(Event("regards.line_replied", line.subject, person_id, at, {"line": line.id}))
    line.reply, line.replied_by_id, line.replied_at = text, person_id, at
    session.flush()


def may_follow_up(actor: Viewer, line: Line) -> bool:
    """Tell whether a question is theirs to follow up: it was put to their team, or they put it."""
    authors = author_ids(cards_saying(line))
    is_author = actor.person_id in authors["people"] or bool(actor.lab_ids & authors["groups"])
    return actor.is_signed_in and (is_author or is_of_team(actor, line.board))


def _must_follow_up(actor: Viewer, line: Line, at: datetime) -> None:
    hold(line.board)
    must_be_said(line, at=at)
    if not may_follow_up(actor, line):
        raise Forbidden(_("Only the reviewed team and those who asked this question may do that."))


def mark_question(actor: Viewer, line: Line, *, state: str, note: str, seen: str | None = None, at: datetime) -> None:
    """Say that a question is shed light on, or closed, with one sentence; the same twice changes nothing.

    :param seen: the `edition_of` what the actor read of it; None not to ask
    :raises Forbidden: the actor is not of the reviewed team and did not ask it
    :raises Conflict: it is not revealed, or it is masked
    :raises Overtaken: somebody else was faster
    :raises Invalid: no sentence, one that is too long, or another state
    """
    _must_follow_up(actor, line, at)
    text = " ".join(note.split())
    if state not in SAID:
        raise Invalid(_("Choose what became of it."), field="state")
    if not text or len(text) > MAX_WORDS:
        raise Invalid(_("Say it in one sentence, of %(most)s signs at most.", most=MAX_WORDS), field="note")
    wanted = {"state": state, "note": text}
    must_have_seen(seen, mark_said(line), wanted)
    if mark_said(line) == wanted:
        return
    publish(Event("regards.question_marked", line.subject, actor.person_id, at, {"state": state}))
    line.mark, line.note, line.marked_by_id, line.marked_at = state, text, actor.person_id, at
    session.flush()


def reopen_question(actor: Viewer, line: Line, *, at: datetime) -> None:
    """Take back what was said of a question; if nothing was, free it from what took it up. Twice changes nothing.

    :raises Forbidden: the actor is not of the reviewed team and did not ask it
    :raises Conflict: it is not revealed, or it is masked
    """
    _must_follow_up(actor, line, at)
    if line.mark is None and line.became_kind is None:
        return
    publish(Event("regards.question_reopened", line.subject, actor.person_id, at))
    if line.mark is None:
        line.became_kind = line.became_id = None
    line.mark = line.note = line.marked_by_id = line.marked_at = None
    session.flush()


def note_taken_up(line_id: int, made: Subject, *, actor_id: int | None, at: datetime) -> None:
    """Note that another plugin took a question up: it has one life at a time.

    Rule: C36 SPEC 5.

    :raises Conflict: it is gone, was taken up meanwhile, is closed or masked
    """
    free = sa.and_(Line.became_kind.is_(None), Line.mark.is_distinct_from(State.CLOSED), SAYS)
    line = _changed(sa.and_(Line.id == line_id, free), became_kind=made.kind, became_id=made.id)
    if line is None and _is_already(line_id, made):
        return
    if line is None:
        raise Conflict(_("This question is closed, or has been taken up already: look at its page."))
    publish(Event("regards.question_became", line.subject, actor_id, at, {"kind": made.kind}))


def _is_already(line_id: int, made: Subject) -> bool:
    found = question_by_id(line_id)
    return found is not None and (found.became_kind, found.became_id) == (made.kind, made.id)


def note_given_back(line_id: int, made: Subject, *, actor_id: int | None, at: datetime) -> None:
    """Note that what had taken a question up gave it back; of what it did not become, nothing changes."""
    is_it = sa.and_(Line.id == line_id, Line.became_kind == made.kind, Line.became_id == made.id)
    line = _changed(is_it, became_kind=None, became_id=None)
    if line is not None:
        actor = Viewer(person_id=actor_id) if actor_id is not None else None
        record("regards.question_given_back", line.subject, actor=actor, at=at)


def _changed(criterion: sa.ColumnElement[bool], **columns: object) -> Line | None:
    """Change a question in one statement, without holding its round: the audit is held already by who publishes."""
    change = sa.update(Line).where(Line.lens == QUESTION, criterion).values(**columns)
    number = session.scalar(change.returning(Line.id).execution_options(synchronize_session=False))
    line = question_by_id(number) if number is not None else None
    if line is not None:
        session.refresh(line)
    return line
