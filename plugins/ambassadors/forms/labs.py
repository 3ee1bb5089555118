"""What an audience means here: who « the members of the lab » are, and how many people each answer opens to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from wtforms import SelectField
from wtforms.fields.choices import SelectChoice

from portal.api import Audience, Form, GroupCard, Viewer, group_cards, readers_sentence, texts

_ = texts("ambassadors")

LAB = "lab"
LEVEL_WORDS = {
    Audience.LAB: _.later("the members of the lab"),
    Audience.NETWORK: _.later("the members of all the labs"),
    Audience.INTRANET: _.later("every agent here"),
    Audience.SELF: _.later("me alone"),
}


def audience_field(default: Audience = Audience.LAB) -> SelectField:
    """Give the field that says who reads something; `LabForm.offer_readers` fills it."""
    return SelectField(_.later("Who may read this?"), choices=[], default=default.value)


class LabForm(Form):
    """A form in which « the members of the lab » is an answer, and one says of which lab."""

    # one that is not in the list is none at all: where there is no lab, none is to be chosen
    reader_group = SelectField(_.later("My lab"), coerce=int, choices=[], validate_choice=False)

    def __init__(self, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.labs = [card for card in group_cards(viewer) if card.kind == LAB and self.offers(card, viewer)]
        self["reader_group"].choices = [SelectChoice(lab.id, _lab_words(lab)) for lab in self.labs]
        if self["reader_group"].data is None:
            own = next((lab.id for lab in self.labs if lab.id in viewer.lab_ids), None)
            self["reader_group"].data = own or (self.labs[0].id if self.labs else None)

    def offers(self, lab: GroupCard, viewer: Viewer) -> bool:
        """Tell whether a lab may be chosen: every one, as a lab one does not belong to may read."""
        return True

    def offer_readers(self, names: Iterable[str], levels: Iterable[Audience]) -> None:
        """Fill these fields with who may read, and how many people that is.

        :param levels: the narrowest last, but for the lab; it is what stands where there is no lab to choose
        """
        offered = [level for level in levels if level != Audience.LAB or self.labs]
        choices = [SelectChoice(level.value, self._readers(level)) for level in offered]
        for name in names:
            self[name].choices = choices
            if self[name].data == Audience.LAB and Audience.LAB not in offered and not self.is_submitted():
                self[name].data = offered[-1].value

    def _readers(self, level: Audience) -> str:
        """Say who an answer opens to, and how many they are; of several labs, their number stands with each lab."""
        if level == Audience.SELF:
            return str(LEVEL_WORDS[level])
        if level == Audience.LAB and len(self.labs) > 1:
            return _("the members of the lab you choose")
        said = readers_sentence(level, self.reader_group_id).rstrip(".")
        return f"{LEVEL_WORDS[level]} ({said})" if level == Audience.LAB else said

    @property
    def reader_group_id(self) -> int | None:
        """Give the lab that « the members of the lab » means."""
        chosen: int | None = self["reader_group"].data
        return chosen if any(lab.id == chosen for lab in self.labs) else None

    @property
    def lab(self) -> GroupCard | None:
        """Give that lab."""
        return next((lab for lab in self.labs if lab.id == self.reader_group_id), None)


def _lab_words(lab: GroupCard) -> str:
    return f"{lab.name}, {_.plural('%(num)s person', '%(num)s people', lab.members)}"
