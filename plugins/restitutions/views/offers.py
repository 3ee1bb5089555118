"""A restitution in words: its state, its card, what one may do with it; what the page of a session says of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from flask import url_for

from portal.api import (
    Action,
    HomeItem,
    Section,
    Subject,
    SubjectCard,
    Viewer,
    absolute_url,
    ask_plugins,
    can,
    now,
    texts,
)

from plugins.restitutions import permissions
from plugins.restitutions.models import Restitution, Status
from plugins.restitutions.queries.restitutions import (
    count_without_captions,
    readable_restitutions,
    restitutions_of,
    waiting_for,
)
from plugins.restitutions.values.places import FILE
from plugins.restitutions.values.times import length

_ = texts("restitutions")
KIND = "restitutions.restitution"
MARKS = {
    Status.TO_CONFIRM: (_.later("to confirm"), "wait"),
    Status.TO_CHECK: (_.later("to check"), "wait"),
    Status.PUBLISHED: (_.later("published"), "good"),
    Status.UNAVAILABLE: (_.later("unavailable at its host"), "late"),
    Status.WITHDRAWN: (_.later("taken down"), "stopped"),
}


def mark_of(restitution: Restitution) -> tuple[object, str]:
    """Give word and kind of its state."""
    return MARKS[Status(restitution.status)]


def title_of(restitution: Restitution) -> str:
    """Give its title; a year after it was taken down it has none."""
    return restitution.title or _("A restitution that was taken down")


def notes_of(restitution: Restitution) -> list[str]:
    """Say where it plays and how long it is."""
    place = restitution.place
    where = place.name if place else _("sent here") if restitution.provider == FILE else ""
    return [note for note in (where, length(restitution.seconds) if restitution.seconds else "") if note]


def url_of(restitution: Restitution, endpoint: str = "restitution", **values: Any) -> str:
    """Give the address of one of its pages."""
    return url_for(f"restitutions.{endpoint}", restitution_id=restitution.id, **values)


def cards(ids: Iterable[int], viewer: Viewer) -> list[SubjectCard]:
    """Name those that somebody may read."""
    found = readable_restitutions(viewer, ids, at=now())
    return [SubjectCard(title_of(one), url_of(one), one.subject) for one in found]


def actions(subject: Subject, viewer: Viewer) -> Iterator[Action]:
    """Give what somebody may do with a restitution."""
    found = readable_restitutions(viewer, [subject.id], at=now())
    if not found:
        return
    restitution = found[0]
    if restitution.status == Status.WITHDRAWN:
        yield Action(_("Those who are filmed"), url_of(restitution, "filmed"), order=30)
        return
    if can(viewer, permissions.ADD, restitution):
        yield Action(_("Change what is said of it"), url_of(restitution, "change_restitution"), order=10)
        yield Action(_("Its words"), url_of(restitution, "take_captions"), order=20)
        yield Action(_("Those who are filmed"), url_of(restitution, "filmed"), order=30)
        if restitution.provider != FILE:
            yield Action(_("Correct its address"), url_of(restitution, "correct_address"), kind="quiet", order=40)
    yield Action(_("Sheet to print"), url_of(restitution, "sheet"), kind="quiet", order=50)
    if can(viewer, permissions.WITHDRAW, restitution):
        yield Action(_("Take it down"), url_of(restitution, "withdraw_restitution"), kind="quiet", order=90)


def is_session(subject: Subject) -> bool:
    """Tell whether some plugin says that this can be restituted."""
    return subject in ask_plugins("restitutions_sessions", subject=subject)


def actions_on_session(subject: Subject, viewer: Viewer) -> list[Action]:
    """Offer to add a restitution to a session."""
    if not viewer.is_signed_in or not can(viewer, permissions.ADD) or not is_session(subject):
        return []
    return [Action(_("Add a restitution"), url_for("restitutions.add", of=str(subject)), order=60)]


def section_of_session(subject: Subject, viewer: Viewer) -> list[Section]:
    """List the restitutions of a session on its page."""
    found = restitutions_of(subject, viewer, at=now()) if is_session(subject) else []
    if not found:
        return []
    shown = [{"title": one.title, "url": url_of(one), "notes": notes_of(one)} for one in found]
    return [Section(_("Restitutions"), "restitutions/_section.html", {"shown": shown})]


def home_items(viewer: Viewer) -> list[HomeItem]:
    """Give those of this person that wait for their word."""
    return [
        HomeItem(
            "todo",
            _("Is this the right video? “%(title)s”", title=one.title)
            if one.status == Status.TO_CONFIRM
            else _("The address of “%(title)s” was not understood", title=one.title),
            url_of(one),
            action=(_("Look"), url_of(one)),
        )
        for one in waiting_for(viewer)
    ]


def obstacles() -> list[Action]:
    """Say how many have no captions (C33 SPEC 6): the number of those that every agent may read, and no title."""
    count = count_without_captions()
    if not count:
        return []
    words = _.plural("%(num)s restitution has no captions.", "%(num)s restitutions have no captions.", count)
    return [Action(words, url_for("restitutions.index", captions="no"))]


def pack(subject: Subject, viewer: Viewer) -> list[tuple[str, bytes]]:
    """Give the list of the videos of a session, for who takes it along."""
    found = restitutions_of(subject, viewer, at=now())
    lines = [f"{one.title}\n{absolute_url('restitutions.restitution', restitution_id=one.id)}\n" for one in found]
    return [("restitutions.txt", "\n".join(lines).encode())] if lines else []
