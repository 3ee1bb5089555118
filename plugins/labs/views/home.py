"""What the ephemeral labs put on « Aujourd'hui », on the pages of subjects, in links."""

from __future__ import annotations

from flask import url_for

from portal.api import Action, HomeItem, Subject, SubjectCard, Viewer, can, minutes, now, texts

from plugins.labs import permissions
from plugins.labs.queries.ephemerals import (
    TO_TELL_DAYS,
    Glance,
    ephemeral_for,
    glance_at,
    glances,
    open_now,
    to_tell_by,
)
from plugins.labs.queries.labs import lab_by_id
from plugins.labs.queries.sand import minutes_left
from plugins.labs.views.offers import lab_offers, offers_of

_ = texts("labs")

ITEMS = 5


def ephemeral_home_items(viewer: Viewer) -> list[HomeItem]:
    """Give the open labs this viewer may read and, for a person, those that wait to be told."""
    at = now()
    items = [_now(glance, viewer) for glance in glances(open_now(viewer, at=at, limit=ITEMS), viewer, at=at)]
    if viewer.is_signed_in:
        waiting = to_tell_by(viewer, at=at, since_days=TO_TELL_DAYS, limit=ITEMS)
        items += [_to_tell(glance) for glance in glances(waiting, viewer, at=at)]
    return items


def _now(glance: Glance, viewer: Viewer) -> HomeItem:
    ephemeral = glance.ephemeral
    url = url_for("labs.ephemeral", ephemeral_id=ephemeral.id)
    wall = url_for("labs.ephemeral_wall", ephemeral_id=ephemeral.id)
    may_join = not glance.is_in and viewer.is_signed_in and can(viewer, permissions.JOIN, ephemeral)
    action = (_("Join"), url) if may_join else (_("Sand-timer"), wall)
    lines = tuple(line for line in (glance.lab.name, ephemeral.place, left_words(glance)) if line)
    return HomeItem(
        "now", ephemeral.question, url, lines=lines, due_at=ephemeral.ends_at, action=action, state=glance.mark
    )


def left_words(glance: Glance) -> str:
    """Say how much time is left, in the words of the lab's own page."""
    return _("%(time)s left", time=minutes(minutes_left(glance.ephemeral, at=now())))


def _to_tell(glance: Glance) -> HomeItem:
    ephemeral = glance.ephemeral
    url = url_for("labs.ephemeral", ephemeral_id=ephemeral.id)
    tell = url_for("labs.ephemeral_tell", ephemeral_id=ephemeral.id)
    lines = (_("One sentence is enough: what was learnt."), glance.lab.name)
    return HomeItem(
        "todo", ephemeral.question, url, lines=lines, due_at=ephemeral.ends_at, action=(_("Tell this lab"), tell)
    )


def ephemeral_actions(subject: Subject, viewer: Viewer) -> list[Action]:
    """Give what this viewer may do with an ephemeral lab, and the opening of one on the page of its lab."""
    if subject.kind == "labs.lab":
        lab = lab_by_id(subject.id)
        return lab_offers(lab, viewer) if lab else []
    if subject.kind != "labs.ephemeral":
        return []
    at = now()
    ephemeral = ephemeral_for(viewer, subject.id, at=at)
    return offers_of(glance_at(ephemeral, viewer, at=at), viewer) if ephemeral else []


def ephemeral_card(subject: Subject, viewer: Viewer) -> SubjectCard | None:
    """Name an ephemeral lab for somebody who may read it."""
    if subject.kind != "labs.ephemeral":
        return None
    ephemeral = ephemeral_for(viewer, subject.id, at=now())
    if ephemeral is None:
        return None
    return SubjectCard(ephemeral.question, url_for("labs.ephemeral", ephemeral_id=ephemeral.id))
