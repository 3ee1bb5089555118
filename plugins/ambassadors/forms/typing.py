"""The shape of paper cards that are typed: a row for each, ten at once; the lab they were written in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from wtforms import FieldList, FormField, StringField
from wtforms import Form as PlainForm
from wtforms.validators import Length, Optional, ValidationError

from portal.api import Filters, GroupCard, Invalid, PersonField, Viewer, fold, texts

from plugins.ambassadors.forms.labs import LabForm
from plugins.ambassadors.models.card import KINDS, MAX_WORDS

_ = texts("ambassadors")

ROWS = 10


def _said(label: Any) -> StringField:
    return StringField(label, validators=[Optional(), Length(max=MAX_WORDS)])


class CardRow(PlainForm):
    """One paper card: whose, and its five fields."""

    Meta = Filters.Meta  # what a row answers is in the language of the page, too

    person = PersonField(_.later("Name or matricule"))
    bring = _said(_.later("Can bring"))
    seek = _said(_.later("Seeks"))
    passion = _said(_.later("Passionate about"))
    role = _said(_.later("Roles they like"))
    free = _said(_.later("Free"))

    def validate_person(self, field: PersonField) -> None:
        """Refuse a part of a name: nobody reads the card again to see whom it went to."""
        typed, found = fold(str(field.raw_data[0] if field.raw_data else "")), field.data
        name = fold(found.name) if found else ""
        if found and all(word in name for word in typed.split()) and sorted(typed.split()) != sorted(name.split()):
            raise ValidationError(_("Write the whole name, or the matricule. Is it %(name)s?", name=found.name))

    @property
    def told(self) -> dict[str, str]:
        """Give what it says, by kind of field."""
        return {kind: (self[kind].data or "").strip() for kind in KINDS}

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing was typed in this row."""
        typed = any(text.strip() for text in self["person"].raw_data or [] if isinstance(text, str))
        return not typed and not any(self.told.values())

    def refuse(self, refusal: Invalid) -> None:
        """Put a refusal beside its field."""
        name = refusal.field if refusal.field in self else "bring"
        self[name].errors = [*self[name].errors, refusal.message]


class TypingForm(LabForm):
    """Ten paper cards at once, for a lab that one animates."""

    rows = FieldList(FormField(CardRow), max_entries=ROWS)

    def __init__(self, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(viewer, **kwargs)
        while not self.is_submitted() and len(self["rows"]) < ROWS:  # what comes back may be fewer rows, and none twice
            self["rows"].append_entry()

    def offers(self, lab: GroupCard, viewer: Viewer) -> bool:
        """Offer the labs one animates."""
        return lab.id in viewer.animated_ids

    @property
    def filled(self) -> Iterator[CardRow]:
        """Give the rows in which something was typed, those without a person refused already."""
        seen: set[int] = set()
        for entry in self["rows"]:
            row = entry.form
            if row.is_empty:
                continue
            person = row.person.data
            if person is None and not row.person.errors:
                row.person.errors = [_("Write whose card it is.")]
            if person is not None and person.id in seen:
                row.person.errors = [_("This person stands twice on the page.")]
            seen |= {person.id} if person else set()
            yield row
