"""What one may do with a copil, its card, and what of it stands on « Aujourd'hui »."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from flask import url_for

from portal.api import Action, HomeItem, Subject, SubjectCard, Viewer, can, instant, local_midnight, now, texts

from plugins.copils import permissions
from plugins.copils.models.copil import Copil
from plugins.copils.queries.copil_states import CURRENT, State, mark_of, may_begin, may_move, state_of
from plugins.copils.queries.copils import current_copils, owed_answers, readable_copil, readable_copils
from plugins.copils.queries.deciders import decides_among, is_decider
from plugins.copils.services.moving import may_cancel, may_hand_over

_ = texts("copils")


def _url(endpoint: str, copil: Copil) -> str:
    return url_for(f"copils.{endpoint}", copil_id=copil.id)


def cards(ids: Iterable[int], viewer: Viewer) -> Iterable[SubjectCard]:
    """Name those that `viewer` may read."""
    for copil in readable_copils(viewer, ids, at=now()):
        yield SubjectCard(copil.title, _url("copil", copil), copil.subject)


def actions(subject: Subject, viewer: Viewer) -> Iterable[Action]:
    """Give what `viewer` may do with one of them."""
    at = now()
    copil = readable_copil(viewer, subject.id, at=at)
    if copil is None or not viewer.is_signed_in:
        return
    state, decides = state_of(copil, at=at), is_decider(viewer, copil.id, at=at)
    if state in CURRENT and not decides and can(viewer, permissions.ASK, copil):
        yield Action(_("Ask a question"), _url("ask", copil), kind="main" if state is State.CALL else "", order=10)
    if state in CURRENT:
        yield Action(_("Wall of the room"), _url("wall", copil), kind="quiet", order=60)
    if state is State.CALL:
        yield Action(_("Poster to print"), _url("poster", copil), kind="quiet", order=65)
    if viewer.person_id == copil.facilitator_id and not decides and can(viewer, permissions.FACILITATE, copil):
        yield from _to_facilitate(copil, state, at)
    # over too: while nobody holds a function that promised there, whoever facilitates acts in its name
    may_name = copil.cancelled_at is None and can(viewer, permissions.FACILITATE, copil)
    if may_name and may_hand_over(viewer, copil, at=at):
        yield Action(_("Hand it over"), _url("facilitator", copil), kind="quiet", order=80)


def _to_facilitate(copil: Copil, state: State, at: datetime) -> Iterator[Action]:
    if may_begin(copil, at=at):
        yield Action(_("Begin the copil"), _url("presence", copil), kind="main", order=5)
    if copil.began_at is not None:
        kind = "main" if state is State.RUNNING else ""
        yield Action(_("Conduct the copil"), _url("live", copil), kind=kind, order=5)
    if state in CURRENT:
        yield Action(_("Project without signing in"), _url("room", copil), kind="quiet", order=61)
    if may_move(copil, at=at):
        yield Action(_("Move it"), _url("move", copil), order=70)
    if may_cancel(copil, at=at):
        yield Action(_("Call it off"), _url("cancel", copil), kind="quiet", order=90)


def home_items(viewer: Viewer, held: frozenset[int]) -> Iterable[HomeItem]:
    """Give the copils under way and those that call for questions; what waits for who facilitates or is to answer.

    :param held: the functions `viewer` holds
    """
    at = now()
    found = current_copils(viewer, at=at)
    decided = decides_among(held, (copil.id for copil in found))
    for copil in found:
        yield from _of_current(copil, viewer, at, decides=copil.id in decided)
    if viewer.is_signed_in:
        yield from _owed(viewer, at)


def _of_current(copil: Copil, viewer: Viewer, at: datetime, *, decides: bool) -> Iterator[HomeItem]:
    state, shown = state_of(copil, at=at), _shown(copil)
    facilitates = viewer.person_id == copil.facilitator_id and not decides
    if state is State.RUNNING:
        where = (_("Conduct"), _url("live", copil)) if facilitates else (_("Wall of the room"), _url("wall", copil))
        yield HomeItem("now", copil.title, **shown, due_at=copil.held_at, action=where, state=mark_of(state))
    elif facilitates and may_begin(copil, at=at):
        action = (_("Begin the copil"), _url("presence", copil))
        yield HomeItem("todo", copil.title, **shown, due_at=copil.held_at, action=action)
    elif decides and viewer.is_signed_in:
        title = _("Questions you will have to answer: %(title)s", title=copil.title)
        action = (_("Read them"), _url("copil", copil))
        yield HomeItem("todo", title, **shown, due_at=copil.held_at, action=action)
    elif state is State.CALL:
        yield _call(copil, viewer, shown)


def _shown(copil: Copil) -> dict[str, Any]:
    lines = tuple(line for line in (_("it sits on %(when)s", when=instant(copil.held_at)), copil.place) if line)
    return {"url": _url("copil", copil), "lines": lines}


def _call(copil: Copil, viewer: Viewer, shown: dict[str, Any]) -> HomeItem:
    shown["lines"] = (_("questions are taken until %(when)s", when=instant(copil.freezes_at)), *shown["lines"])
    may_ask = viewer.is_signed_in and can(viewer, permissions.ASK, copil)
    action = (_("Ask a question"), _url("ask", copil)) if may_ask else None
    return HomeItem("now", copil.title, **shown, due_at=copil.freezes_at, action=action, state=mark_of(State.CALL))


def _owed(viewer: Viewer, at: datetime) -> Iterator[HomeItem]:
    for copil, count in owed_answers(viewer, at=at):
        title = _.plural("%(num)s answer to write down", "%(num)s answers to write down", count)
        due_at = local_midnight(copil.answers_due_on + timedelta(days=1))
        action = (_("Write them down") if copil.began_at else _("Begin the copil"), _url("live", copil))
        yield HomeItem("todo", title, _url("copil", copil), lines=(copil.title,), due_at=due_at, action=action)
