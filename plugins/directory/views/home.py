"""What waits for an administrator on « Aujourd'hui », and how a person, a service or a function is called."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from flask import url_for

from portal.api import (
    HomeItem,
    Subject,
    SubjectCard,
    Viewer,
    can,
    function_cards,
    now,
    people,
    services,
    session,
    texts,
    without_way_in,
)

from plugins.directory import permissions

_ = texts("directory")
PAGES = {
    "portal.user": ("directory.show_person", "person_id"),
    "portal.service": ("directory.show_service", "service_id"),
    "portal.function": ("directory.show_function", "function_id"),
}


def waiting(viewer: Viewer) -> list[HomeItem]:
    """Say how many people have no way in yet, to whoever can print their links."""
    if not can(viewer, permissions.COUNTER):
        return []
    count = session.scalar(sa.select(sa.func.count()).select_from(without_way_in().subquery())) or 0
    if not count:
        return []
    title = _.plural("%(num)s person has no way in yet", "%(num)s people have no way in yet", count)
    url = url_for("directory.slips")
    return [HomeItem("todo", title, url, action=(_("Print their links"), url))]


def cards_of(kind: str, ids: Iterable[int], viewer: Viewer) -> list[SubjectCard]:
    """Name people who are here, services or functions, for whoever reads the directory."""
    if kind not in PAGES or not can(viewer, permissions.READ):
        return []
    return list(subject_cards(Subject(kind, number) for number in ids).values())


def _url(endpoint: str, argument: str, number: int) -> str:
    there: dict[str, Any] = {argument: number}
    return url_for(endpoint, **there)


def subject_cards(subjects: Iterable[Subject]) -> dict[Subject, SubjectCard]:
    """Name many at once, one query for each kind; those absent or of another kind are left out."""
    ids: dict[str, set[int]] = {kind: set() for kind in PAGES}
    for subject in subjects:
        ids.get(subject.kind, set()).add(subject.id)
    names: dict[str, dict[int, str]] = {
        "portal.user": {who.id: who.name for who in people(ids["portal.user"]).values() if not who.has_left},
        "portal.service": {card.id: card.name for card in services(with_closed=True)} if ids["portal.service"] else {},
        "portal.function": {card.id: card.name for card in function_cards(ids["portal.function"], at=now()).values()},
    }
    return {
        Subject(kind, number): SubjectCard(names[kind][number], _url(endpoint, argument, number), Subject(kind, number))
        for kind, (endpoint, argument) in PAGES.items()
        for number in ids[kind] & names[kind].keys()
    }
