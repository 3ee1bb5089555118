"""What one may do with an ephemeral lab, from where it stands and who looks. What is not allowed is not offered."""

from __future__ import annotations

from collections.abc import Iterator

from flask import url_for

from portal.api import Action, Viewer, can, texts

from plugins.labs import permissions
from plugins.labs.models.lab import Lab
from plugins.labs.queries.ephemeral_states import CURRENT, State
from plugins.labs.queries.ephemerals import Glance
from plugins.labs.services.running import may_extend_by

_ = texts("labs")


def offers_of(glance: Glance, viewer: Viewer) -> list[Action]:
    """Give the actions of the page of an ephemeral lab."""
    if not viewer.is_signed_in:
        return []
    return [
        *_to_take_part(glance, viewer),
        *_to_run(glance, viewer),
        *_to_tell(glance, viewer),
        *_to_go_on(glance, viewer),
    ]


def card_offers(glance: Glance, viewer: Viewer) -> list[Action]:
    """Give the one way to act from a list: join, tell, or sow again."""
    wanted = [*_to_take_part(glance, viewer), *_to_tell(glance, viewer), *_to_sow(glance, viewer)]
    offered = [action for action in wanted if action.order < 40] if viewer.is_signed_in else []
    return [Action(action.label, action.url, action.method, "quiet") for action in offered[:1]]


def lab_offers(lab: Lab, viewer: Viewer) -> list[Action]:
    """Give the main action of the page of a permanent lab."""
    if lab.closed_at is not None or not can(viewer, permissions.OPEN, lab):
        return []
    return [Action(_("Open an ephemeral lab"), url_for("labs.open_ephemeral", lab_id=lab.id), kind="main", order=10)]


def own_lab_offers(lab: Lab, viewer: Viewer) -> list[Action]:
    """Give what one does with a lab one belongs to, from one's own page."""
    opening = [Action(action.label, action.url) for action in lab_offers(lab, viewer)]
    return [*opening, Action(_("Leave the lab"), url_for("labs.leave_page", lab_id=lab.id), kind="quiet")]


def _url(endpoint: str, glance: Glance) -> str:
    return url_for(endpoint, ephemeral_id=glance.ephemeral.id)


def _to_take_part(glance: Glance, viewer: Viewer) -> Iterator[Action]:
    if glance.state is not State.OPEN or not can(viewer, permissions.JOIN, glance.ephemeral):
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
    yield Action(_("Poster to print"), _url("labs.ephemeral_poster", glance), order=45)
    if glance.state is State.OPEN and (opened_it or glance.is_in) and _may_last_longer(glance):
        yield Action(_("Make it longer"), _url("labs.ephemeral_extend", glance), order=30)
    if opened_it:
        yield Action(_("Correct the question"), _url("labs.ephemeral_correct", glance), order=50)
    if opened_it and glance.state is State.ANNOUNCED:
        yield Action(_("Call it off"), _url("labs.ephemeral_cancel", glance), kind="quiet", order=90)


def _may_last_longer(glance: Glance) -> bool:
    return glance.ephemeral.extended_at is None and may_extend_by(glance.ephemeral, glance.lab) > 0


def _to_tell(glance: Glance, viewer: Viewer) -> Iterator[Action]:
    if not glance.is_in or not glance.is_over or not can(viewer, permissions.TELL, glance.ephemeral):
        return
    url = _url("labs.ephemeral_tell", glance)
    if glance.state is State.CLOSED:
        yield Action(_("Tell this lab"), url, kind="main", order=10)
    elif viewer.person_id == glance.ephemeral.told_by_id:
        yield Action(_("Correct what was told"), url, kind="quiet", order=50)


def _may_open_here(glance: Glance, viewer: Viewer) -> bool:
    return glance.lab.closed_at is None and can(viewer, permissions.OPEN, glance.lab)


def _to_sow(glance: Glance, viewer: Viewer) -> Iterator[Action]:
    if glance.state in CURRENT or not _may_open_here(glance, viewer):
        return
    url = url_for("labs.open_ephemeral", lab_id=glance.lab.id, sown=glance.ephemeral.id)
    yield Action(_("Sow again"), url, order=20)


def _to_go_on(glance: Glance, viewer: Viewer) -> Iterator[Action]:
    yield from _to_sow(glance, viewer)
    is_hot = glance.is_over or (glance.state is State.OPEN and not _may_last_longer(glance))
    if is_hot and _may_open_here(glance, viewer):
        url = url_for("labs.open_ephemeral", lab_id=glance.lab.id, continues=glance.ephemeral.id)
        yield Action(_("Open a sequel"), url, order=25)
