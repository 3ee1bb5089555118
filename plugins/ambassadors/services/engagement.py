"""Verbs of the levels: one chooses, pauses, comes back, as one likes and at once; nobody is told (C22 SPEC 2 and 5).

The audit says that a level was chosen, never by whom nor which. Services flush and never commit.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from portal.api import Audience, Invalid, Viewer, record, session, texts

from plugins.ambassadors.models.card import CARDS
from plugins.ambassadors.models.card import LEVELS as AUDIENCES
from plugins.ambassadors.models.engagement import LEVELS, PAUSED, WITH_CHARTER, Engagement, LevelChange
from plugins.ambassadors.models.request import HelpRequest
from plugins.ambassadors.services.activity import note_activity
from plugins.ambassadors.services.cards import hide_or_show
from plugins.ambassadors.services.holding import hold_card, hold_engagement, hold_waiting
from plugins.ambassadors.services.owners import owner_of
from plugins.ambassadors.services.requests import decline_all

_ = texts("ambassadors")


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person chooses.

    :ivar has_read: they say that they have read the charter
    """

    level: str
    audience: Audience = Audience.LAB
    reader_group_id: int | None = None
    has_read: bool = False


def choose_level(actor: Viewer, choice: Choice, *, at: datetime) -> Engagement:
    """Choose one's level, whatever it was before: no reason, no waiting, no message (C22 SPEC 2).

    :raises Forbidden: nobody is there
    :raises Invalid: no such level or audience; the charter is to be read first (SPEC 3)
    """
    found, waiting = _hold(owner_of(actor), at=at)
    _check(found, choice)
    found.audience, found.reader_group_id = choice.audience, choice.reader_group_id
    if choice.has_read and found.charter_at is None:
        found.charter_at = at
    if choice.level == PAUSED:
        rest(found, waiting, at=at)
    else:
        _stand(found, choice.level, at=at)
    note_activity(found.author_id, at=at)
    return found


def pause(actor: Viewer, *, at: datetime) -> None:
    """Stop all solicitations at once: one keeps one's rights to read (C22 SPEC 5); doing it twice changes nothing."""
    found, waiting = _hold(owner_of(actor), at=at)
    rest(found, waiting, at=at)
    note_activity(found.author_id, at=at)


def come_back(actor: Viewer, *, at: datetime) -> None:
    """Come back to the level one paused from; who had chosen none has none again. Twice changes nothing."""
    found = hold_engagement(owner_of(actor), at=at)
    if found.level != PAUSED:
        return
    _stand(found, found.before, at=at)
    note_activity(found.author_id, at=at)


def stay(actor: Viewer, *, at: datetime) -> None:
    """Say that one is still there: the question is answered (C22 SPEC 6)."""
    note_activity(owner_of(actor), at=at)


def rest(found: Engagement, waiting: Iterable[HelpRequest], *, at: datetime) -> None:
    """Let a person pause, by their wish or because they left a question unanswered; nothing of theirs is removed.

    :param waiting: what they were asked for and did not answer, held: it reads « pas disponible »
    """
    if found.level == PAUSED:
        return
    found.before, found.visible_until = found.level, at
    _write(found, PAUSED, at=at)
    decline_all(waiting, at=at)


def _hold(person_id: int, *, at: datetime) -> tuple[Engagement, list[HelpRequest]]:
    """Hold where a person stands, and what their pause would answer."""
    hold_card(person_id)
    waiting = hold_waiting([person_id], at=at)
    return hold_engagement(person_id, at=at), waiting


def _check(found: Engagement, choice: Choice) -> None:
    if choice.level not in LEVELS:
        raise Invalid(_("Choose one of these levels."), field="level")
    if choice.audience not in AUDIENCES:
        raise Invalid(_("Choose who may read this."), field="audience")
    if choice.audience == Audience.LAB and choice.reader_group_id is None:
        raise Invalid(_("Choose the lab whose members may read it."), field="audience")
    if choice.level in WITH_CHARTER and found.charter_at is None and not choice.has_read:
        raise Invalid(_("This level goes with the charter: read it, then tick the box."), field="has_read")


def _stand(found: Engagement, level: str, *, at: datetime) -> None:
    found.before, found.visible_until = "", None
    if level != found.level:
        _write(found, level, at=at)


def _write(found: Engagement, level: str, *, at: datetime) -> None:
    found.level, found.chosen_at = level, at
    session.add(LevelChange(person_id=found.author_id, level=level, changed_at=at))
    session.flush()
    hide_or_show(found.author_id, at=at)
    record("ambassadors.level_chosen", CARDS, actor=None, at=at)
