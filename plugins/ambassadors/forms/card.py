"""The shape of a card: what a person says of themself, and who may read each field."""

from __future__ import annotations

from typing import Any

from wtforms import RadioField, SelectField, SelectMultipleField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, Optional
from wtforms.widgets import CheckboxInput

from portal.api import Audience, Form, GroupCard, Viewer, group_cards, readers_sentence, texts

from plugins.ambassadors.models.card import DAYS, FREE, KINDS, LEVELS, MAX_WORDS, ROLE, TIMES, Draft
from plugins.ambassadors.models.vocabulary import ROLE as ROLE_TAG
from plugins.ambassadors.models.vocabulary import TALENT, Tag
from plugins.ambassadors.queries.cards import Shown
from plugins.ambassadors.queries.time import DAY_NAMES, TIME_WORDS
from plugins.ambassadors.queries.vocabulary import offered_tags
from plugins.ambassadors.services.cards import Words

_ = texts("ambassadors")

LAB = "lab"
WITH_TAGS = ("bring", "seek", "role")
LEVEL_WORDS = {
    Audience.LAB: _.later("the members of the lab"),
    Audience.NETWORK: _.later("the members of all the labs"),
    Audience.INTRANET: _.later("every agent here"),
    Audience.SELF: _.later("me alone"),
}


class TicksField(SelectMultipleField):
    """Several answers to tick."""

    option_widget = CheckboxInput()


def _words(label: Any, help_text: Any) -> TextAreaField:
    return TextAreaField(label, validators=[Optional(), Length(max=MAX_WORDS)], description=help_text)


def _tags() -> TicksField:
    return TicksField(_.later("Words to tick"), coerce=int, choices=[])


def _audience() -> SelectField:
    return SelectField(_.later("Who may read this?"), choices=[], default=Audience.LAB.value)


class CardForm(Form):
    """Five fields, each with its own audience (C08 SPEC 3); none is required, one at least."""

    bring_text = _words(_.later("What I can bring"), _.later("A know-how, a tool, a place, an experience to tell."))
    bring_tags = _tags()
    bring_audience = _audience()
    seek_text = _words(_.later("What I come to seek"), _.later("To learn, to meet, to get out of my office."))
    seek_tags = _tags()
    seek_audience = _audience()
    passion_text = _words(_.later("What I am passionate about"), _.later("What you would gladly talk about at coffee."))
    passion_audience = _audience()
    role_text = _words(_.later("The roles I like"), _.later("In a group: what you like to do there."))
    role_tags = _tags()
    role_audience = _audience()
    free_text = _words(_.later("When I can"), _.later("As you would say it: “rather in the morning”."))
    free_minutes = RadioField(
        _.later("At most, at once"),
        choices=[SelectChoice("", _.later("it depends")), *(SelectChoice(str(n), TIME_WORDS[n]) for n in TIMES)],
        default="",
    )
    free_days = TicksField(
        _.later("Days that suit me"), coerce=int, choices=[SelectChoice(bit, DAY_NAMES[bit]) for bit in DAYS]
    )
    free_audience = _audience()
    reader_group = SelectField(_.later("My lab"), coerce=int, choices=[])

    def __init__(self, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.labs = [card for card in group_cards(viewer) if card.kind == LAB]
        self._offer_labs(viewer)
        self._offer_levels()
        self.families = {TALENT: offered_tags(TALENT), ROLE_TAG: offered_tags(ROLE_TAG)}
        for kind in WITH_TAGS:
            self[f"{kind}_tags"].choices = [SelectChoice(tag.id, tag.label) for tag in self.offered(kind)]

    def offered(self, kind: str) -> list[Tag]:
        """List the words one may tick in a field."""
        return self.families[ROLE_TAG if kind == ROLE else TALENT]

    def _offer_labs(self, viewer: Viewer) -> None:
        """Offer every lab: a card may be read by a lab one does not belong to; one's own is chosen beforehand."""
        self["reader_group"].choices = [SelectChoice(lab.id, lab.name) for lab in self.labs]
        if self["reader_group"].data is None:
            own = next((lab.id for lab in self.labs if lab.id in viewer.lab_ids), None)
            self["reader_group"].data = own or (self.labs[0].id if self.labs else None)

    def _offer_levels(self) -> None:
        group_id = self.reader_group_id
        levels = [level for level in LEVELS if level != Audience.LAB or self.labs]
        choices = [SelectChoice(level.value, f"{LEVEL_WORDS[level]}{_count(level, group_id)}") for level in levels]
        for kind in KINDS:
            self[f"{kind}_audience"].choices = choices

    @property
    def reader_group_id(self) -> int | None:
        """Give the lab that « the members of the lab » means."""
        chosen: int | None = self["reader_group"].data
        return chosen if any(lab.id == chosen for lab in self.labs) else None

    @property
    def lab(self) -> GroupCard | None:
        """Give that lab."""
        return next((lab for lab in self.labs if lab.id == self.reader_group_id), None)

    def chosen(self, kind: str) -> str:
        """Say who may read a field, as it stands."""
        field = self[f"{kind}_audience"]
        return next((str(words) for value, words, *_more in field.iter_choices() if value == field.data), "")

    @property
    def told(self) -> dict[str, Words]:
        """Give what the service takes."""
        return {kind: self._words_of(kind) for kind in KINDS}

    def _words_of(self, kind: str) -> Words:
        tags = tuple(self[f"{kind}_tags"].data or ()) if kind in WITH_TAGS else ()
        audience = Audience(self[f"{kind}_audience"].data)
        text = self[f"{kind}_text"].data or ""
        if kind != FREE:
            return Words(text, tags, audience)
        minutes = self["free_minutes"].data
        days = sum(bit for bit in DAYS if bit in (self["free_days"].data or ()))
        return Words(text, (), audience, int(minutes) if minutes else None, days)


def _count(level: Audience, group_id: int | None) -> str:
    return "" if level == Audience.SELF else f" ({readers_sentence(level, group_id).rstrip('.')})"


def filled(card: Shown | None, draft: Draft | None, reader_group_id: int | None) -> dict[str, Any]:
    """Give what the form of somebody begins with: their card, else the paper card that waits for them."""
    told: dict[str, Any] = {"reader_group": reader_group_id}
    for kind, shown in (card.fields if card else {}).items():
        told |= {f"{kind}_text": shown.entry.text, f"{kind}_audience": shown.entry.audience}
        told |= {f"{kind}_tags": [tag.id for tag in shown.tags]} if kind in WITH_TAGS else {}
    free = card.free if card else draft
    if free is not None:
        told["free_minutes"] = str(free.minutes or "")
        told["free_days"] = [bit for bit in DAYS if free.days & bit]
    if card is None and draft is not None:
        told |= {f"{kind}_text": getattr(draft, kind) for kind in KINDS}
    return {name: value for name, value in told.items() if value is not None}
