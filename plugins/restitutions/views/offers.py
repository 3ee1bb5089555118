"""A restitution in words: its state, its card, what one may do with it; what the page of a session says of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from flask import render_template, url_for

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
from plugins.restitutions.models import SHOWN, Consent, Restitution, Status
from plugins.restitutions.permissions import runs
from plugins.restitutions.queries.restitutions import (
    asked_of,
    count_without_captions,
    own_consent_to,
    own_consents,
    readable_restitutions,
    restitutions_of,
    waiting_for,
)
from plugins.restitutions.services.widening import ASKED, ASKED_ANEW
from plugins.restitutions.values.places import FILE
from plugins.restitutions.values.times import length

_ = texts("restitutions")
KIND, CONSENT = "restitutions.restitution", "restitutions.consent"
MARKS = {
    Status.TO_CONFIRM: (_.later("to confirm"), "wait"),
    Status.TO_CHECK: (_.later("to check"), "wait"),
    Status.TO_CLEAR: (_.later("waits for those filmed"), "wait"),
    Status.PUBLISHED: (_.later("published"), "good"),
    Status.UNAVAILABLE: (_.later("unavailable at its host"), "late"),
    Status.HIDDEN: (_.later("hidden"), "stopped"),
    Status.WITHDRAWN: (_.later("taken down"), "stopped"),
}
STANDING = tuple(status for status in Status if status != Status.WITHDRAWN)


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


def cards(kind: str, ids: Iterable[int], viewer: Viewer) -> list[SubjectCard]:
    """Name restitutions that somebody may read, or what they are asked as somebody who is filmed."""
    if kind == CONSENT:
        asked = own_consents(viewer, ids)
        return [SubjectCard(title_of(one), answer_url(consent), consent.subject) for consent, one in asked]
    found = readable_restitutions(viewer, ids, at=now()) if kind == KIND else []
    return [SubjectCard(title_of(one), url_of(one), one.subject) for one in found]


def answer_url(consent: Consent) -> str:
    """Give where a colleague who is filmed answers."""
    return url_for("restitutions.own_answer", consent_id=consent.id)


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
        yield from _of_owner(restitution)
    consent = own_consent_to(viewer, restitution.id)
    if consent is not None:
        waits = consent.is_awaited(restitution)
        words = _("You are filmed: answer") if waits else _("I no longer agree to be shown")
        yield Action(words, answer_url(consent), kind="main" if waits else "quiet", order=5)
    if restitution.status in SHOWN:
        yield Action(_("Sheet to print"), url_of(restitution, "sheet"), kind="quiet", order=50)
    yield from _of_animator(restitution, viewer)


def _of_owner(restitution: Restitution) -> Iterator[Action]:
    yield Action(_("Change what is said of it"), url_of(restitution, "change_restitution"), order=10)
    yield Action(_("Its words"), url_of(restitution, "take_captions"), order=20)
    yield Action(_("Those who are filmed"), url_of(restitution, "filmed"), order=30)
    if restitution.provider != FILE:
        yield Action(_("Correct its address"), url_of(restitution, "correct_address"), kind="quiet", order=40)
    if restitution.nobody_at is not None:
        words = _("Somebody can be recognised after all")
        yield Action(words, url_of(restitution, "somebody"), method="post", kind="quiet", order=35)
    yield Action(_("Take it down"), url_of(restitution, "withdraw_restitution"), kind="quiet", order=90)


def _of_animator(restitution: Restitution, viewer: Viewer) -> Iterator[Action]:
    if restitution.status in SHOWN and can(viewer, permissions.HIDE, restitution):
        yield Action(_("Hide it"), url_of(restitution, "hide_restitution"), method="post", kind="quiet", order=80)
    if restitution.status == Status.HIDDEN and can(viewer, permissions.HIDE, restitution):
        yield Action(_("Show it again"), url_of(restitution, "show_restitution"), method="post", kind="main", order=80)


def is_session(subject: Subject) -> bool:
    """Tell whether some plugin says that this can be restituted."""
    return subject in ask_plugins("restitutions_sessions", subject=subject)


def actions_on_session(subject: Subject, viewer: Viewer) -> list[Action]:
    """Offer to add a restitution to a session."""
    if not viewer.is_signed_in or not can(viewer, permissions.ADD) or not is_session(subject):
        return []
    return [Action(_("Add a restitution"), url_for("restitutions.add", of=str(subject)), order=60)]


def section_of_session(subject: Subject, viewer: Viewer) -> list[Section]:
    """List the restitutions of a session on its page, and of those it holds.

    Who animates it finds those that wait for those filmed too; whoever added one, that one as long as it stands.
    """
    within = ask_plugins("restitutions_sessions", subject=subject)
    if subject not in within:
        return []
    statuses = (Status.TO_CLEAR, *SHOWN) if runs(viewer, subject) else SHOWN
    found = restitutions_of(within, viewer, at=now(), statuses=statuses, own=STANDING)
    shown = [{"title": one.title, "url": url_of(one), "notes": _noted(one)} for one in found]
    return [Section(_("Restitutions"), "restitutions/_section.html", {"shown": shown})] if shown else []


def _noted(restitution: Restitution) -> list[str]:
    return [*notes_of(restitution), *([] if restitution.status in SHOWN else [str(mark_of(restitution)[0])])]


WAITING = {
    Status.TO_CONFIRM: _.later("Is this the right video? “%(title)s”"),
    Status.TO_CHECK: _.later("The address of “%(title)s” was not understood"),
    Status.TO_CLEAR: _.later("Who is filmed in “%(title)s”?"),
}


def home_items(viewer: Viewer) -> Iterator[HomeItem]:
    """Give what waits for this person: to agree to be shown, to say more of a video of theirs."""
    for consent, one in asked_of(viewer):
        words, url = _.filled(ASKED_ANEW if consent.given_on else ASKED, title=one.title), answer_url(consent)
        yield HomeItem("todo", words, url, action=(_("Answer"), url))
    for one in waiting_for(viewer):
        url = url_of(one)
        yield HomeItem("todo", _.filled(WAITING[Status(one.status)], title=one.title), url, action=(_("Look"), url))


def obstacles() -> list[Action]:
    """Say how many have no captions (C33 SPEC 6): the number of those that every agent may read, and no title."""
    count = count_without_captions()
    if not count:
        return []
    words = _.plural("%(num)s restitution has no captions.", "%(num)s restitutions have no captions.", count)
    return [Action(words, url_for("restitutions.index", captions="no"))]


def pack(sessions: Iterable[Subject], viewer: Viewer) -> list[tuple[str, bytes]]:
    """Give the list of the videos of some sessions, for who takes it along."""
    found = restitutions_of(sessions, viewer, at=now())
    shown = [
        {"video": one, "notes": notes_of(one), "url": absolute_url("restitutions.restitution", restitution_id=one.id)}
        for one in found
    ]
    return [("restitutions.html", render_template("restitutions/pack.html", shown=shown).encode())] if shown else []
