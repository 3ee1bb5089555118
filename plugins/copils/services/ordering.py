"""The order of an agenda belongs to the field, until it is settled (C07 SPEC 1 and 2)."""

from __future__ import annotations

from datetime import datetime

from portal.api import Conflict, Invalid, Viewer, record, session, texts

from plugins.copils.models.question import Question
from plugins.copils.queries.agenda import agenda_of
from plugins.copils.services.facts import hold_with_copil, must_be_of_the_field, must_take_questions

_ = texts("copils")


def move_question(actor: Viewer, question: Question, *, to: int | None, at: datetime) -> None:
    """Give a question another place on its agenda; the one it has already changes nothing.

    :param to: from 1 on; farther than the end is the end
    :raises Forbidden: nobody is signed in, or they are to answer there
    :raises Conflict: the agenda is settled, or it stands on none
    :raises Invalid: no place is named so
    """
    copil = hold_with_copil(question)
    must_be_of_the_field(actor, copil, at=at)
    must_take_questions(copil, at=at)
    order = agenda_of(copil.id) if copil is not None else []
    if copil is None or question not in order:
        raise Conflict(_("This question stands on the agenda no more."))
    if to is None or to < 1:
        raise Invalid(_("Write the number of a place on the agenda."), field="to")
    before = order.index(question) + 1
    order.remove(question)
    order.insert(min(to, len(order) + 1) - 1, question)
    after = order.index(question) + 1
    if after == before:
        return
    for position, moved in enumerate(order, start=1):
        moved.position = position
    session.flush()
    facts = {"question": question.id, "from": before, "to": after}
    record("copils.agenda_ordered", copil.subject, actor=actor, at=at, facts=facts)
