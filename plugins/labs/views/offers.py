"""What one may do with an ephemeral lab, from where it stands and who looks. What is not allowed is not offered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain, islice
from typing import Any

from flask import url_for

from portal.api import Action, Viewer, can, taken_up, texts

from plugins.labs import permissions
from plugins.labs.models.lab import Lab
from plugins.labs.queries.ephemeral_states import CURRENT, State
from plugins.labs.queries.ephemerals import Glance
from plugins.labs.services.running import may_extend_by

_ = texts("labs")
MAIN_ORDER = 40  # what comes before is what one came for


def roles_allow(viewer: Viewer) -> frozenset[str]:
    """Ask once for a page what the role of somebody, and the screen they sit at, let them do with ephemeral labs."""
    return frozenset(code for code in (permissions.OPEN, permissions.JOIN, permissions.TELL) if can(viewer, code))


def offers_of(glance: Glance, viewer: Viewer) -> list[Action]:
    """Give the actions of the page of an ephemeral lab."""
    allowed = roles_allow(viewer)
    return [
        *_to_take_part(glance, allowed),
        *_to_run(glance, viewer),
        *_to_tell(glance, viewer, allowed),
        *_to_sow(glance, viewer, allowed),
        *_to_continue(glance, viewer, allowed),
    ]


def main_and_others(actions: Iterable[Action]) -> dict[str, Any]:
    """Put the main act beside the title, where a phone shows it at once, and the others where they always are."""
    found = list(actions)
    return {
        "main": [action for action in found if action.kind == "main"],
        "offers": [action for action in found if action.kind != "main"],
    }


def card_offers(glances: Iterable[Glance], viewer: Viewer) -> list[tuple[Glance, list[Action]]]:
    """Give each lab of a list with the one way to act: join, tell, or sow again."""
    allowed = roles_allow(viewer)
    return [(glance, list(islice(_on_card(glance, viewer, allowed), 1))) for glance in glances]


def _on_card(glance: Glance, viewer: Viewer, allowed: frozenset[str]) -> Iterator[Action]:
    wanted = (_to_take_part(glance, allowed), _to_tell(glance, viewer, allowed), _to_sow(glance, viewer, allowed))
    for action in chain(*wanted):
        if action.order < MAIN_ORDER:
            yield replace(action, kind="quiet", order=0)


def lab_offers(lab: Lab, viewer: Viewer) -> list[Action]:
    """Give the main action of the page of a permanent lab."""
    if lab.closed_at is not None or not can(viewer, permissions.OPEN, lab):
        return []
    return [Action(_("Open an ephemeral lab"), url_for("labs.open_ephemeral", lab_id=lab.id), kind="main", order=10)]


def own_lab_offers(lab: Lab, viewer: Viewer) -> list[Action]:
    """Give what one does with a lab one belongs to, from one's own page."""
    opening = [replace(action, kind="") for action in lab_offers(lab, viewer)]
    return [*opening, Action(_("Leave the lab"), url_for("labs.leave_page", lab_id=lab.id), kind="quiet")]


def _url(endpoint: str, glance: Glance) -> str:
    return url_for(endpoint, ephemeral_id=glance.ephemeral.id)


def _to_take_part(glance: Glance, allowed: frozenset[str]) -> Iterator[Action]:
    if glance.state is not State.OPEN or permissions.JOIN not in allowed:
        return
    if glance.is_in:
        yield Action(_("Leave"), _url("labs.ephemeral_leave", glance), method="post", kind="quiet", order=80)
    else:
        yield Action(_("Join"), _url("labs.ephemeral_join", glance), method="post", kind="main", order=10)


def _to_run(glance: Glance, viewer: Viewer) -> Iterator[Action]:
    if glance.state not in CURRENT:
        return
    opened_it = viewer.person_id == glance.ephemeral.author_id
    yield Action(_("Sand-timer to project"), _url("labs.ephemeral_wall", glance), order=40)
    yield Action(_("Project without signing in"), _url("labs.projector", glance), kind="quiet", order=41)
    yield Action(_("Poster to print"), _url("labs.ephemeral_poster", glance), order=45)
    if glance.state is State.OPEN and (opened_it or glance.is_in) and _may_last_longer(glance):
        yield Action(_("Make it longer"), _url("labs.ephemeral_extend", glance), order=30)
    if opened_it:
        yield Action(_("Correct the question"), _url("labs.ephemeral_correct", glance), order=50)
    if opened_it and taken_up(glance.ephemeral.subject):
        yield Action(_("Give the question back"), _url("labs.ephemeral_give_back", glance), method="post", kind="quiet")
    if opened_it and glance.state is State.ANNOUNCED:
        yield Action(_("Call it off"), _url("labs.ephemeral_cancel", glance), kind="quiet", order=90)


def _may_last_longer(glance: Glance) -> bool:
    return glance.ephemeral.extended_at is None and may_extend_by(glance.ephemeral, glance.lab) > 0


def _to_tell(glance: Glance, viewer: Viewer, allowed: frozenset[str]) -> Iterator[Action]:
    if not glance.is_in or not glance.is_over or permissions.TELL not in allowed:
        return
    url = _url("labs.ephemeral_tell", glance)
    if glance.state is State.CLOSED:
        yield Action(_("Tell this lab"), url, kind="main", order=10)
    elif viewer.person_id == glance.ephemeral.told_by_id:
        yield Action(_("Correct what was told"), url, kind="quiet", order=50)


def _may_open_here(glance: Glance, viewer: Viewer, allowed: frozenset[str]) -> bool:
    lab = glance.lab
    return permissions.OPEN in allowed and lab.closed_at is None and lab.group_id in viewer.group_ids


def _opening(label: str, glance: Glance, order: int, **origin: Any) -> Action:
    return Action(label, url_for("labs.open_ephemeral", lab_id=glance.lab.id, **origin), order=order)


def _to_sow(glance: Glance, viewer: Viewer, allowed: frozenset[str]) -> Iterator[Action]:
    if glance.state not in CURRENT and _may_open_here(glance, viewer, allowed):
        yield _opening(_("Sow again"), glance, 20, sown=glance.ephemeral.id)


def _to_continue(glance: Glance, viewer: Viewer, allowed: frozenset[str]) -> Iterator[Action]:
    is_hot = glance.is_over or (glance.state is State.OPEN and not _may_last_longer(glance))
    if is_hot and _may_open_here(glance, viewer, allowed):
        yield _opening(_("Open a sequel"), glance, 25, continues=glance.ephemeral.id)
