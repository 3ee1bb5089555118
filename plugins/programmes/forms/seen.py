"""A form of what several people write: what another of them wrote meanwhile stands beside each field that differs."""

from __future__ import annotations

from datetime import date, time

from wtforms import HiddenField
from wtforms.fields import Field

from portal.api import Form, PortalError, day, texts

from plugins.programmes.services.seen import Overtaken, edition_of

_ = texts("programmes")


class SeenForm(Form):
    """Knows with which words it was shown."""

    seen = HiddenField(default=None)

    def refuse(self, refusal: PortalError) -> None:
        """Say beside each field what another has written there; sent again, the form replaces it."""
        super().refuse(refusal)
        if not isinstance(refusal, Overtaken):
            return
        self.seen.data = edition_of(refusal.said)
        for name, value in refusal.said.items():
            field = self[name]
            if (field.data or None) != (value or None):
                field.errors = [*field.errors, _("Meanwhile it says: %(words)s", words=_in_words(field, value))]


def _in_words(field: Field, value: object) -> str:
    """Give a value as people read it."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    for choice in getattr(field, "choices", None) or ():
        if choice.value == (value or 0):
            return str(choice.label)
    if isinstance(value, date):
        return day(value)
    if isinstance(value, time):
        return f"{value:%H:%M}"
    return _("“%(words)s”", words=value) if value else _("nothing")
