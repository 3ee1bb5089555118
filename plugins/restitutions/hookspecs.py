"""What `restitutions` asks the others: whether something of theirs can be restituted, and who reads it."""

from __future__ import annotations

import pluggy

from portal.api import Subject

hookspec = pluggy.HookspecMarker("portal")


@hookspec
def restitutions_sessions(subject: Subject) -> list[Subject]:  # type: ignore[empty-body]
    """Give `[subject]` if it is a session people may want to see again: a slot, a programme, a lab of an hour, a copil.

    Called when the page of `subject` is made, and when a restitution is added to it. « Ajouter une restitution » is
    then offered there, a link `restitutions.of` is kept, and the page has a section that lists its restitutions. Of
    what holds other sessions, as a day its slots, give these too, after it: its section lists theirs with its own.

    Example::

        @hookimpl(optionalhook=True)
        def restitutions_sessions(subject):
            return [subject] if subject.kind == "labs.ephemeral" else []
    """


@hookspec
def restitutions_readers(subject: Subject) -> list[tuple[str, int | None, frozenset[int]]]:  # type: ignore[empty-body]
    """Give `[(audience, group id, runners)]` of a session of yours: who reads it, its group, who animates it.

    Called when a restitution of it is added, changed or read: nobody else is let read that one. Those who animate it
    see a restitution that waits for the first answers of those filmed, and may hide one. A session for which nobody
    answers any more opens none to anybody new, and nobody animates it. What a restitution was opened to does not follow
    its session afterwards.

    Example::

        @hookimpl(optionalhook=True)
        def restitutions_readers(subject):
            found = session.get(Ephemeral, subject.id) if subject.kind == "labs.ephemeral" else None
            return [(found.audience, found.reader_group_id, frozenset({found.author_id}))] if found else []
    """
