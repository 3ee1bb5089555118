"""What one may do with a commitment, its card, and what of it stands on « Aujourd'hui »."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from flask import url_for

from portal.api import (
    Action,
    Forbidden,
    HomeItem,
    Subject,
    SubjectCard,
    Viewer,
    can,
    day,
    local_midnight,
    now,
    texts,
)

from plugins.copils import permissions
from plugins.copils.models.commitment import Commitment
from plugins.copils.queries.commitment_states import State
from plugins.copils.queries.commitments import (
    Glance,
    commitments_by_id,
    glances,
    promised_to_all,
    readable_commitment,
)
from plugins.copils.queries.waiting import owed_by, to_say_by
from plugins.copils.services.confirming import must_witness
from plugins.copils.services.facts import must_answer_for

_ = texts("copils")
OWED = (State.LATE, State.OPEN)


def cards(ids: Iterable[int], viewer: Viewer) -> Iterable[SubjectCard]:
    """Name those that `viewer` may read."""
    for found in commitments_by_id(viewer, ids, at=now()):
        yield SubjectCard(found.text, _url("commitment", found), found.subject)


def actions(subject: Subject, viewer: Viewer) -> Iterable[Action]:
    """Give what `viewer` may do with one of them."""
    commitment = readable_commitment(viewer, subject.id, at=now()) if viewer.is_signed_in else None
    if commitment is None:
        return
    (glance,) = glances([commitment], at=now())
    if can(viewer, permissions.KEEP, commitment):
        yield from _of_owner(glance, viewer)
    if can(viewer, permissions.CONFIRM, commitment):
        yield from _of_askers(glance, viewer)


def _url(endpoint: str, commitment: Commitment) -> str:
    return url_for(f"copils.{endpoint}", commitment_id=commitment.id)


def _is_let(ask: Callable[[], object]) -> bool:
    """Tell whether the facts that a service asks allow an act."""
    try:
        ask()
    except Forbidden:
        return False
    return True


def _of_owner(glance: Glance, viewer: Viewer) -> Iterator[Action]:
    commitment, at = glance.commitment, glance.at
    if glance.state not in OWED or not _is_let(lambda: must_answer_for(viewer, commitment, commitment.copil, at=at)):
        return
    if glance.waits_for_successor:
        yield Action(_("I take it on"), _url("take_on_post", commitment), method="post", kind="main", order=10)
    kind = "" if glance.waits_for_successor else "main"
    yield Action(_("Say it is done"), _url("say_done_page", commitment), kind=kind, order=20)
    yield Action(_("Postpone"), _url("postpone_page", commitment), order=30)


def _of_askers(glance: Glance, viewer: Viewer) -> Iterator[Action]:
    commitment, at = glance.commitment, glance.at
    is_said_done = glance.state in {State.SAID_DONE, State.UNCONFIRMED}
    may_describe = glance.state in OWED
    if not (is_said_done or may_describe) or not _is_let(lambda: must_witness(viewer, commitment, at=at)):
        return
    if is_said_done:
        yield Action(_("Say yes or no: is it really done?"), _url("verdict_page", commitment), kind="main", order=10)
    elif commitment.known_by is None:
        yield Action(_("Write how one will know it is done"), _url("known_by_page", commitment), kind="main", order=10)
    else:
        yield Action(_("Correct how one will know"), _url("known_by_page", commitment), kind="quiet", order=40)


def home_items(viewer: Viewer, held: frozenset[int]) -> Iterable[HomeItem]:
    """Give what `viewer`, who holds these functions, owes and is to say; what was promised to all."""
    at = now()
    if viewer.is_signed_in:
        yield from (_owed(glance) for glance in owed_by(viewer, held, at=at))
        yield from (_to_say(found) for found in to_say_by(viewer, held, at=at))
    for glance in promised_to_all(viewer, at=at):
        lines = (glance.function.name, _due(glance.commitment))
        yield _item("promised", glance, lines, state=glance.mark)


def _to_say(found: Commitment) -> HomeItem:
    if found.proposed_at is not None:
        words, action = _("Is it really done?"), (_("Say yes or no"), _url("verdict_page", found))
    else:
        words = _("You asked for it.")
        action = (_("Write how one will know it is done"), _url("known_by_page", found))
    url = _url("commitment", found)
    return HomeItem("todo", found.text, url, (words,), found.proposed_at or found.made_at, action)


def _owed(glance: Glance) -> HomeItem:
    lines = [f"{glance.mark[0]} · {_due(glance.commitment)}", glance.function.name]
    if glance.waits_for_successor and glance.reconfirm_by:
        lines.append(_("To be taken on by %(day)s", day=day(glance.reconfirm_by)))
    action = (_("Say where it stands"), _url("commitment", glance.commitment))
    return _item("todo", glance, tuple(lines), action=action)


def _due(commitment: Commitment) -> str:
    return _("due on %(day)s", day=day(commitment.due_on))


def _item(zone: str, glance: Glance, lines: tuple[object, ...], **more: Any) -> HomeItem:
    due_at = local_midnight(glance.commitment.pressing_on)
    return HomeItem(zone, glance.commitment.text, _url("commitment", glance.commitment), lines, due_at, **more)
