"""Two who write the same thing at once: the second is told what stands there by now, and loses no word of their own.

What something says is a mapping, by the names of the fields of its form. The form sends back the edition it was shown
with (`SeenForm`); the service, once it holds the thing, refuses to replace unseen what another has written.
"""

from __future__ import annotations

from collections.abc import Mapping

from portal.content.words import edition
from portal.errors import Conflict
from portal.texts import CORE, texts
from portal.values import Person

_ = texts(CORE)


class Overtaken(Conflict):
    """It says something else than what the actor had before them; `said` is what, by the name of the field."""

    def __init__(self, said: Mapping[str, object]) -> None:
        super().__init__(
            _(
                "Meanwhile this was changed on another page, by you or by somebody else: beside each field that differs"
                " stands what it says now. What you have just written is kept: send it again if it is to replace that."
            )
        )
        self.said = said


def edition_of(said: Mapping[str, object]) -> str:
    """Name what something says by now."""
    return edition(*(f"{name} {plain(value)!r}" for name, value in sorted(said.items())))


def must_have_seen(seen: str | None, said: Mapping[str, object], wanted: Mapping[str, object]) -> None:
    """Refuse to replace what was written since the form was shown; call it once the thing is held.

    :param seen: the `edition_of` what the actor had before them; None not to ask
    :param said: what stands there now
    :param wanted: what they write, by the same names
    :raises Overtaken: something else stands there than what they saw, and than what they write
    """
    if seen is not None and edition_of(said) not in {seen, edition_of(wanted)}:
        raise Overtaken(said)


def plain(value: object) -> object:
    """Give what tells one value from another: the words of each line of a text, whose number a person has.

    Nothing and an empty text are one. Lines count: in a list of ideas, or of chapters, they say what belongs together.
    """
    if isinstance(value, Person):
        return value.id
    if value is None or isinstance(value, str):
        return [line.split() for line in (value or "").splitlines() if line.strip()]
    return value
