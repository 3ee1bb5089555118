"""One's days in one's own calendar: an address that one opens and closes, read as one may read (C34 SPEC 4)."""

from __future__ import annotations

from datetime import datetime

from portal.api import Forbidden, Subject, Viewer, issue_token, record, revoke_tokens, show_token, texts

from plugins.programmes.services.facts import hold_person

_ = texts("programmes")

FEED_SCOPE = "programmes.feed"
# The log keeps what happened for ever: whose agenda it was stands in what is erased of it alone (P16).
AN_AGENDA = Subject("programmes.agenda", 0)


def feed_of(viewer: Viewer) -> str | None:
    """Give the address part of the feed of a person; None if it is closed."""
    mine = _agenda(viewer)
    return show_token(FEED_SCOPE, mine, person_id=viewer.person_id) if mine else None


def open_feed(actor: Viewer, *, at: datetime) -> None:
    """Open the feed; there is one at a time.

    :raises Forbidden: nobody is signed in
    """
    mine = _agenda(actor)
    if mine is None:
        raise Forbidden(_("Sign in to subscribe to your days."))
    hold_person(mine.id)
    if feed_of(actor) is None:
        label = _.later("My days, in my calendar")
        issue_token(FEED_SCOPE, subject=mine, person_id=actor.person_id, label=label)
        record("programmes.feed_opened", AN_AGENDA, actor=actor, at=at)


def close_feed(actor: Viewer, *, at: datetime) -> None:
    """Close it; closing it twice changes nothing."""
    mine = _agenda(actor)
    if mine is None:
        return
    hold_person(mine.id)
    if feed_of(actor) is not None:
        revoke_tokens(FEED_SCOPE, mine, person_id=actor.person_id)
        record("programmes.feed_closed", AN_AGENDA, actor=actor, at=at)


def _agenda(viewer: Viewer) -> Subject | None:
    return Subject("programmes.agenda", viewer.person_id) if viewer.person_id is not None else None
