"""What waits for an administrator on « Aujourd'hui », and how a person, a service or a function is called."""

from __future__ import annotations

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


def subject_card(subject: Subject, viewer: Viewer) -> SubjectCard | None:
    """Name a person who is here, an open service or a function, for whoever reads the directory."""
    if not can(viewer, permissions.READ):
        return None
    if subject.kind == "portal.user":
        found = people([subject.id]).get(subject.id)
        url = url_for("directory.show_person", person_id=subject.id)
        return SubjectCard(found.name, url) if found and not found.has_left else None
    if subject.kind == "portal.service":
        card = next((card for card in services(with_closed=True) if card.id == subject.id), None)
        return SubjectCard(card.name, url_for("directory.show_service", service_id=card.id)) if card else None
    if subject.kind == "portal.function":
        function = function_cards([subject.id], at=now()).get(subject.id)
        url = url_for("directory.show_function", function_id=subject.id)
        return SubjectCard(function.name, url) if function else None
    return None
