"""What changes the block « what may still change »: lines are written and reworded; only a vote removes the block."""

from __future__ import annotations

from datetime import date, datetime

from portal.api import Conflict, Invalid, Subject, Viewer, record, session, texts

from plugins.labs.models.lab import MAX_LINE, MAX_MARGINS, Lab, Margin, MarginWording
from plugins.labs.queries.labs import margins_of
from plugins.labs.queries.votes import removal_among, votes_of
from plugins.labs.services.facts import hold, must_animate

_ = texts("labs")


def write_line(lab: Lab, text: str, *, review_on: date, at: datetime, today: date) -> Margin:
    """Put one more line in the block.

    Rule: C42 SPEC 1 (at most five lines, each with a review date).

    :param today: the day it is in the collectivity
    :raises Conflict: there are five already
    :raises Invalid: no words, too many, or a review day that is past
    """
    said = _checked(text, review_on, today)
    before = margins_of(lab.id)
    if len(before) >= MAX_MARGINS:
        raise Conflict(_("The block has five lines already. Reword one of them."))
    position = 1 + max((line.margin.position for line in before), default=0)
    margin = Margin(lab_id=lab.id, text=said, review_on=review_on, position=position, written_at=at)
    session.add(margin)
    session.flush()
    return margin


def _checked(text: str, review_on: date, today: date) -> str:
    """Give a line without the spaces around it: an empty one would take it off the page without a vote."""
    said = text.strip()
    if not 0 < len(said) <= MAX_LINE:
        raise Invalid(_("Write the line, in %(most)s signs at most.", most=MAX_LINE), field="text")
    if review_on < today:
        raise Invalid(_("Choose a day that is still to come."), field="review_on")
    return said


def _record(actor: Viewer, lab: Lab, action: str, margin: Margin, at: datetime) -> None:
    facts = {"line": margin.position, "review_on": margin.review_on.isoformat()}
    record(action, Subject("labs.lab", lab.id), actor=actor, at=at, facts=facts)


def add_margin(actor: Viewer, lab: Lab, *, text: str, review_on: date, at: datetime, today: date) -> Margin:
    """Add a line to the block, as an animator.

    :raises Forbidden: the actor does not animate the lab
    """
    must_animate(actor, lab)
    margin = write_line(lab, text, review_on=review_on, at=at, today=today)
    _record(actor, lab, "labs.margin_added", margin, at)
    return margin


def reword_margin(
    actor: Viewer, lab: Lab, *, margin: Margin, text: str, review_on: date, at: datetime, today: date
) -> None:
    """Change what a line says or when it is looked at again; what it said before stays readable.

    :raises Forbidden: the actor does not animate the lab
    :raises Invalid: no words, too many, or a review day that is past
    """
    must_animate(actor, lab)
    hold(margin)
    said = _checked(text, review_on, today)
    if (margin.text, margin.review_on) == (said, review_on):
        return
    session.add(MarginWording(margin_id=margin.id, text=margin.text, review_on=margin.review_on, until_at=at))
    margin.text, margin.review_on, margin.written_at = said, review_on, at
    session.flush()
    _record(actor, lab, "labs.margin_reworded", margin, at)


def restore_margins(actor: Viewer, lab: Lab, *, at: datetime) -> None:
    """Put the block back on the page after a vote removed it.

    :raises Forbidden: the actor does not animate the lab
    :raises Conflict: the block is on the page already
    """
    must_animate(actor, lab)
    if removal_among(votes_of(lab.id, at=at), lab) is None:
        raise Conflict(_("The block is on the page already."))
    lab.margins_restored_at = at
    session.flush()
    record("labs.margins_restored", Subject("labs.lab", lab.id), actor=actor, at=at)
