"""A form that may be open on two pages: what was written meanwhile stands beside each field that differs."""

from __future__ import annotations

from wtforms import HiddenField
from wtforms.fields import Field

from portal.api import Form, PortalError, texts

from plugins.restitutions.services.seen import Overtaken, edition_of

_ = texts("restitutions")


class SeenForm(Form):
    """Knows with which words it was shown."""

    seen = HiddenField(default=None)

    def refuse(self, refusal: PortalError) -> None:
        """Say beside each field what was written there meanwhile; sent again, the form replaces it."""
        super().refuse(refusal)
        if not isinstance(refusal, Overtaken):
            return
        self.seen.data = edition_of(refusal.said)
        for name, words in refusal.said.items():
            field = self[name]
            if (field.data or "").split() != words.split():
                field.errors = [*field.errors, self.meanwhile(field, words)]

    def meanwhile(self, field: Field, words: str) -> str:
        """Say what stands in a field by now."""
        for choice in getattr(field, "choices", None) or ():
            if choice.value == words:
                return _("Meanwhile it says: %(words)s", words=choice.label)
        return _("Meanwhile it says: %(words)s", words=_("“%(words)s”", words=words) if words else _("nothing"))
