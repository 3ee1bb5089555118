"""Whom what happens to a restitution concerns: who follows its session, who follows it, who owns it."""

from __future__ import annotations

from portal.api import Event, Subject, followers, notify, session, settle, texts

from plugins.restitutions.models import Restitution

_ = texts("restitutions")
TO_FOLLOWERS = {
    "restitutions.published": _.later("New restitution: “%(title)s”"),
    "restitutions.words_taken": _.later("The words of “%(title)s” can be read and searched"),
}
TO_OWNER = {
    "restitutions.hidden": _.later("“%(title)s” was hidden by somebody who animates: ask them why"),
    "restitutions.shown_again": _.later("“%(title)s” is shown again"),
    "restitutions.withdrawn": _.later("“%(title)s” was taken down: its video is no longer served"),
    "restitutions.lost": _.later("The video of “%(title)s” is no longer found at its host: correct its address"),
    "restitutions.found_again": _.later("The video of “%(title)s” is found again"),
}


def tell(event: Event) -> None:
    """Tell those whom an event of a restitution concerns."""
    if event.name in TO_FOLLOWERS:
        told = {*followers(event.subject), *_of_session(event), _owner_id(event)} - {event.actor_id}
        notify(told, event.subject, TO_FOLLOWERS[event.name], at=event.at)
    elif event.name in TO_OWNER:
        settle(event.subject, at=event.at)
        must_act = event.name == "restitutions.lost"
        notify(
            {_owner_id(event)} - {event.actor_id}, event.subject, TO_OWNER[event.name], at=event.at, must_act=must_act
        )


def _owner_id(event: Event) -> int:
    return session.get_one(Restitution, event.subject.id).author_id


def _of_session(event: Event) -> set[int]:
    named = event.facts.get("session")
    return set(followers(Subject(*named))) if isinstance(named, list) and len(named) == 2 else set()
