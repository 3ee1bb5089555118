"""Two who write the same thing at once: the second is told what the first wrote, and loses no word of their own."""

from __future__ import annotations

from collections.abc import Mapping

from portal.api import Conflict, edition, texts

_ = texts("programmes")


class Overtaken(Conflict):
    """Somebody else has written meanwhile; `said` is what stands there now, by the name of the field."""

    def __init__(self, said: Mapping[str, object]) -> None:
        super().__init__(
            _(
                "Meanwhile somebody else has changed this: beside each field that differs stands what it says now. What"
                " you have just written is kept: send it again if it is to replace that."
            )
        )
        self.said = said


def edition_of(said: Mapping[str, object]) -> str:
    """Name what something says by now: a form sends back the one it was shown with."""
    return edition(*(f"{name} {value}" for name, value in said.items()))


def must_have_seen(seen: str | None, said: Mapping[str, object], wanted: Mapping[str, object]) -> None:
    """Refuse to write over what somebody else wrote since the form was shown.

    :param seen: the `edition_of` what the actor had before them; None not to ask
    :raises Overtaken: it says something else now, which is not what they write either
    """
    if seen is not None and seen != edition_of(said) and said != wanted:
        raise Overtaken(said)
