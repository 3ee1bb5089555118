"""Forms of what several people, or several pages, may be writing at once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any, Self

from wtforms import BooleanField, HiddenField
from wtforms.fields import Field

from portal.content.editing import Overtaken, edition_of, plain
from portal.errors import PortalError
from portal.texts import CORE, texts
from portal.values import Person
from portal.web.dates import day, instant
from portal.web.forms import Form

_ = texts(CORE)


class SeenForm(Form):
    """Knows what it was shown with; a page of the kind `form` sends it back by itself (`form.seen`).

    What was written meanwhile stands beside each field that differs; sent again, the form replaces it. Sent by a script
    without what it was shown with, it asks nothing, as a request without `If-Match` does (RFC 9110, 13.1.1); no page of
    ours does so (`tests/review/test_seen_forms.py`).
    """

    seen = HiddenField(default=None)

    def shown_with(self, said: Mapping[str, object]) -> Self:
        """Note what is said by now, by the names of the fields; a form that came back keeps what it was shown with."""
        if not self.is_submitted():
            self["seen"].data = edition_of(said)
        return self

    def refuse(self, refusal: PortalError) -> None:
        """Put a refusal beside its field, or on top; of an `Overtaken`, beside each field what it says now."""
        super().refuse(refusal)
        if not isinstance(refusal, Overtaken):
            return
        self["seen"].data = edition_of(refusal.said)
        for name, value in refusal.said.items():
            if name in self and _differs(self[name], value):
                self[name].errors = [*self[name].errors, self.meanwhile(self[name], value)]

    def meanwhile(self, field: Any, value: object) -> str:
        """Say what stands in a field by now; for another way to say it, override this."""
        return _("Meanwhile it says: %(words)s", words=_in_words(field, value))


def _differs(field: Field, value: object) -> bool:
    """Tell whether a field says something else: neither the same value, nor one that reads the same."""
    mine, theirs = _label(field, field.data), _label(field, value)
    return plain(field.data) != plain(value) and (mine is None or theirs is None or mine != theirs)


def _in_words(field: Field, value: object) -> str:
    """Give a value as people read it."""
    # an id is nothing to be read
    return _label(field, value) or _("something that this list does not offer: open the page again")


def _label(field: Field, value: object) -> str | None:
    """Give the words of a value; None for what the field does not offer."""
    if isinstance(field, BooleanField):
        return _("yes") if value else _("no")
    if not hasattr(field, "choices"):
        return _written(value)
    if isinstance(value, list):
        labels = [_label(field, one) for one in value]
        return None if None in labels else ", ".join(filter(None, labels)) or _written(None)
    # « none » may be a choice, 0 or an empty word
    chosen = (choice for choice in field.iter_choices() if choice.value == value or not (choice.value or value))
    return next((str(choice.label) for choice in chosen), None if value else _written(value))


def _written(value: object) -> str:
    if value is None or value == "":
        return _("nothing")
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, date):
        return day(value)
    return _("“%(words)s”", words=value.name if isinstance(value, Person) else value)
