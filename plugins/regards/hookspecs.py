"""What `regards` asks other plugins: whose work a subject is, what can be reviewed, until when visitors may write."""

from __future__ import annotations

from datetime import datetime

from portal.api import Subject, hookspec


@hookspec
def regards_team(subject: Subject) -> list[frozenset[int]]:  # type: ignore[empty-body]
    """Give the ids of the people whose work is reviewed when peers leave regards on `subject`.

    Called when the page of a subject is made, at each act on a round, and by `portal work`. A subject that somebody
    answers for is *reviewable*: only then « Ouvrir un tour de regards » is offered on its page. The people given may
    not write there, and read nothing of it before the common reveal (C36 SPEC 2 and 3); of several answers, all count.
    Give nothing for a kind that is not yours, or that is not reviewed.

    Example::

        @hookimpl(optionalhook=True)
        def regards_team(subject):
            return [frozenset(member_ids(subject.id))] if subject.kind == "thanks.circle" else []
    """


@hookspec
def regards_visitors_until(subject: Subject) -> list[datetime]:  # type: ignore[empty-body]
    """Say until when somebody without account may leave a card on `subject` after scanning its code.

    Called when a round is opened, at each card, and every minute by `portal work`: answer what is true now, a fair may
    be late. The common reveal comes then at the latest. Give nothing where visitors have no place.

    Example::

        @hookimpl(optionalhook=True)
        def regards_visitors_until(subject):
            return [fair_of(subject.id).ends_at] if subject.kind == "programmes.stand" else []
    """


@hookspec
def regards_kinds() -> list[str]:  # type: ignore[empty-body]
    """Name in words, with their article, the sorts of things you answer `regards_team` for: « un labo ».

    Called when the list of rounds is empty, to say where a first one is opened.

    Example::

        @hookimpl(optionalhook=True)
        def regards_kinds():
            return [_("a circle of thanks")]
    """
