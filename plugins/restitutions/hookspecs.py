"""What `restitutions` asks the others: whether something of theirs is a session that can be restituted."""

from __future__ import annotations

import pluggy

from portal.api import Subject

hookspec = pluggy.HookspecMarker("portal")


@hookspec
def restitutions_sessions(subject: Subject) -> list[Subject]:  # type: ignore[empty-body]
    """Give `[subject]` if it is a session people may want to see again: a slot, a programme, a lab of an hour, a copil.

    Called when the page of `subject` is made, and when a restitution is added to it. « Ajouter une restitution » is
    then offered there, a link `restitutions.of` is kept, and the page has a section that lists its restitutions.

    Example::

        @hookimpl(optionalhook=True)
        def restitutions_sessions(subject):
            return [subject] if subject.kind == "labs.ephemeral" else []
    """
