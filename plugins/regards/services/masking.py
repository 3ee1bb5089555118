"""Masking what a card says, with a reason that everybody reads; whoever runs the round does it, and undoes it.

As for the questions of a copil (C07 SPEC 11): nothing goes in silence. Lines that say the same are one line.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from portal.api import Event, Invalid, Viewer, publish, session, texts

from plugins.regards.models.card import MAX_WORDS, Line
from plugins.regards.queries.lines import says_the_same
from plugins.regards.services.facts import hold, must_be_revealed, must_run

_ = texts("regards")


def mask_line(actor: Viewer, line: Line, *, reason: str, at: datetime) -> None:
    """Take the words of a line from everywhere, and say why; doing it twice changes nothing.

    :raises Forbidden: the actor neither opened the round nor is reviewed there
    :raises Conflict: it is not revealed
    :raises Invalid: no reason, or one that is too long
    """
    person_id = _must_run(actor, line, at)
    words = " ".join(reason.split())
    if not words or len(words) > MAX_WORDS:
        raise Invalid(_("Say why in one sentence, of %(most)s signs at most.", most=MAX_WORDS), field="reason")
    if line.masked_at is None:
        publish(Event("regards.line_masked", line.board.subject, person_id, at, {"line": line.id}))
        _change(line, masked_at=at, masked_by_id=person_id, mask_reason=words)


def unmask_line(actor: Viewer, line: Line, *, at: datetime) -> None:
    """Show a line again; doing it twice changes nothing.

    :raises Forbidden: the actor neither opened the round nor is reviewed there
    :raises Conflict: it is not revealed
    """
    person_id = _must_run(actor, line, at)
    if line.masked_at is not None:
        publish(Event("regards.line_unmasked", line.board.subject, person_id, at, {"line": line.id}))
        _change(line, masked_at=None, masked_by_id=None, mask_reason=None)


def _must_run(actor: Viewer, line: Line, at: datetime) -> int:
    hold(line.board)
    person_id = must_run(actor, line.board)
    must_be_revealed(line.board, at=at)
    session.refresh(line)
    return person_id


def _change(line: Line, **columns: object) -> None:
    session.execute(sa.update(Line).where(says_the_same(line)).values(**columns))
    session.flush()
