"""Hooks called because something happened. They carry facts and ids; the past cannot be changed, one may refuse it."""

from __future__ import annotations

import pluggy

from portal.values import Event

hookspec = pluggy.HookspecMarker("portal")


@hookspec
def portal_event(event: Event) -> None:
    """Take part in a change, inside its transaction.

    Called by the service that publishes the event, before the commit. Raise a `PortalError` to refuse the whole
    change with a sentence; anything else rolls back this listener alone, is counted as a fault, and the event is told
    again to this listener after the commit, by `portal work`: then a refusal comes too late and is dropped.

    Example::

        @hookimpl
        def portal_event(event):
            if event.name == "labs.ephemeral_opened":
                count_one(event.subject.id)
    """


@hookspec
def portal_event_after(event: Event) -> None:
    """Act on what is now certain: mails, calls, slow work.

    Called by `portal work` after the commit, at least once, in a write transaction of its own: be ready for the same
    event twice. What raises is tried again later, with growing pauses.

    Example::

        @hookimpl
        def portal_event_after(event):
            if event.name == "labs.ephemeral_told":
                tell_the_wall(event.subject.id)
    """
