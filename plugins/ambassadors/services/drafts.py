"""Verbs of the paper card: somebody types it, only whom it is for reads it, and it is no card until they send it (C08).

Whoever types learns nothing: not whether the person has a card, nor whether they confirmed an earlier one. Who typed
which one is kept nowhere, so that no export of theirs tells what became of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa

from portal.api import Forbidden, Invalid, Viewer, notify, record, session, texts

from plugins.ambassadors.models.card import CARDS, FREE, KINDS, MAX_WORDS, Draft
from plugins.ambassadors.queries.engagement import is_paused
from plugins.ambassadors.queries.said_times import said_time
from plugins.ambassadors.services.holding import begin_unless

_ = texts("ambassadors")

TYPED = _.later("A paper card was typed for you: it is yours once you have read it and sent it")


def type_cards(
    actor: Viewer, told: Mapping[int, Mapping[str, str]], *, group_id: int, at: datetime
) -> dict[int, Invalid]:
    """Keep what paper cards say, for their authors to read; give those that are refused, with the reason.

    An earlier one that was typed for the same lab is replaced, that of another lab stays.

    :param told: for each person, words by kind of field
    :param group_id: the lab whose animator types them
    :raises Forbidden: the typist animates no such lab
    """
    if actor.person_id is None or group_id not in actor.lab_ids & actor.animated_ids:
        raise Forbidden
    refused = {person_id: refusal for person_id, said in told.items() if (refusal := _refusal(said)) is not None}
    right = sorted(told.keys() - refused.keys())  # of two who type for the same people, one waits
    new = [person_id for person_id in right if _keep(person_id, told[person_id], group_id=group_id, at=at)]
    for _typed in right:
        record("ambassadors.card_typed", CARDS, actor=None, at=at)
    notify([person_id for person_id in new if not is_paused(person_id)], CARDS, TYPED, at=at, must_act=True)
    return refused


def _refusal(said: Mapping[str, str]) -> Invalid | None:
    if not any(said.get(kind) for kind in KINDS):
        return Invalid(_("Write at least one thing that the card says."), field="bring")
    long = next((kind for kind in KINDS if len(said.get(kind, "")) > MAX_WORDS), None)
    return Invalid(_("%(max)s signs at most.", max=MAX_WORDS), field=long) if long else None


def _keep(person_id: int, said: Mapping[str, str], *, group_id: int, at: datetime) -> bool:
    theirs = sa.delete(Draft).where(Draft.person_id == person_id, Draft.reader_group_id == group_id)
    session.execute(theirs)
    words = {kind: said.get(kind, "") for kind in KINDS}
    time = said_time(words[FREE])
    row = {**words, "minutes": time.minutes, "days": time.days, "reader_group_id": group_id, "typed_at": at}
    return begin_unless(Draft, Draft.person_id, person_id, **row)


def throw_away(actor: Viewer, *, at: datetime) -> None:
    """Throw away the paper card that was typed for oneself, unread if one likes; twice changes nothing.

    :raises Forbidden: nobody is there
    """
    if actor.person_id is None:
        raise Forbidden
    gone = session.execute(sa.delete(Draft).where(Draft.person_id == actor.person_id).returning(Draft.id)).first()
    if gone is not None:
        record("ambassadors.card_thrown_away", CARDS, actor=None, at=at)
