"""Verbs of the paper card: somebody types it, only whom it is for reads it, and it is no card until they send it (C08).

Whoever types learns nothing: not whether the person has a card, nor whether they confirmed an earlier one.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa

from portal.api import Forbidden, Invalid, Viewer, notify, record, session, texts

from plugins.ambassadors.models.card import CARDS, FREE, KINDS, MAX_WORDS, Draft
from plugins.ambassadors.queries.cards import draft_for
from plugins.ambassadors.queries.engagement import is_paused
from plugins.ambassadors.queries.said_times import said_time

_ = texts("ambassadors")

TYPED = _.later("A paper card was typed for you: it is yours once you have read it and sent it")


def type_card(actor: Viewer, person_id: int, told: Mapping[str, str], *, group_id: int, at: datetime) -> None:
    """Keep what a paper card says, for its author to read. One's own earlier one is replaced, that of others stays.

    :param told: words by kind of field
    :param group_id: the lab whose animator types it
    :raises Forbidden: the typist animates no such lab
    :raises Invalid: it says nothing, or too much
    """
    if actor.person_id is None or group_id not in actor.lab_ids & actor.animated_ids:
        raise Forbidden
    words = {kind: told.get(kind, "") for kind in KINDS}
    if not any(words.values()):
        raise Invalid(_("Write at least one thing that the card says."), field="bring")
    for kind, text in words.items():
        if len(text) > MAX_WORDS:
            raise Invalid(_("%(max)s signs at most.", max=MAX_WORDS), field=kind)
    _keep(actor.person_id, person_id, words, group_id=group_id, at=at)
    record("ambassadors.card_typed", CARDS, actor=None, at=at)


def _keep(typist_id: int, person_id: int, words: Mapping[str, str], *, group_id: int, at: datetime) -> None:
    theirs = sa.delete(Draft).where(Draft.person_id == person_id, Draft.typed_by_id == typist_id)
    session.execute(theirs)
    if draft_for(person_id) is not None:
        return
    said = said_time(words[FREE])
    draft = Draft(person_id=person_id, typed_by_id=typist_id, reader_group_id=group_id, typed_at=at, **words)
    draft.minutes, draft.days = said.minutes, said.days
    session.add(draft)
    session.flush()
    if not is_paused(person_id):
        notify([person_id], CARDS, TYPED, at=at, must_act=True)


def throw_away(actor: Viewer, *, at: datetime) -> None:
    """Throw away the paper card that was typed for oneself, unread if one likes; twice changes nothing.

    :raises Forbidden: nobody is there
    """
    if actor.person_id is None:
        raise Forbidden
    gone = session.execute(sa.delete(Draft).where(Draft.person_id == actor.person_id).returning(Draft.id)).first()
    if gone is not None:
        record("ambassadors.card_thrown_away", CARDS, actor=None, at=at)
