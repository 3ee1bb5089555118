"""The shape of a card: what a person says of themself, and who may read each field."""

from __future__ import annotations

import re
from typing import Any

from wtforms import RadioField, SelectMultipleField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, Optional
from wtforms.widgets import CheckboxInput

from portal.api import Audience, Viewer, texts

from plugins.ambassadors.forms.labs import LabForm, audience_field
from plugins.ambassadors.models.card import DAYS, FREE, KINDS, LEVELS, MAX_WORDS, ROLE, TIMES, Draft
from plugins.ambassadors.models.vocabulary import ROLE as ROLE_TAG
from plugins.ambassadors.models.vocabulary import TALENT, Tag
from plugins.ambassadors.queries.cards import Shown
from plugins.ambassadors.queries.said_times import said_time
from plugins.ambassadors.queries.stems import stems
from plugins.ambassadors.queries.time import DAY_NAMES, TIME_WORDS
from plugins.ambassadors.queries.vocabulary import by_family, offered_tags
from plugins.ambassadors.services.cards import Words

_ = texts("ambassadors")

SEPARATED = re.compile(r"[,;\n]")
WITH_TAGS = ("bring", "seek", "role")


class TicksField(SelectMultipleField):
    """Several answers to tick."""

    option_widget = CheckboxInput()


def _words(label: Any, help_text: Any) -> TextAreaField:
    return TextAreaField(label, validators=[Optional(), Length(max=MAX_WORDS)], description=help_text)


def _tags() -> TicksField:
    return TicksField(_.later("Words to tick"), coerce=int, choices=[])


class CardForm(LabForm):
    """Five fields, each with its own audience (C08 SPEC 3); none is required, one at least."""

    bring_text = _words(_.later("What I can bring"), _.later("A know-how, a tool, a place, an experience to tell."))
    bring_tags = _tags()
    bring_audience = audience_field()
    seek_text = _words(_.later("What I come to seek"), _.later("To learn, to meet, to get out of my office."))
    seek_tags = _tags()
    seek_audience = audience_field()
    passion_text = _words(_.later("What I am passionate about"), _.later("What you would gladly talk about at coffee."))
    passion_audience = audience_field()
    role_text = _words(_.later("The roles I like"), _.later("In a group: what you like to do there."))
    role_tags = _tags()
    role_audience = audience_field()
    free_text = _words(_.later("When I can"), _.later("As you would say it: “rather in the morning”."))
    free_minutes = RadioField(
        _.later("At most, at once"),
        choices=[SelectChoice("", _.later("it depends")), *(SelectChoice(str(n), TIME_WORDS[n]) for n in TIMES)],
        default="",
    )
    free_days = TicksField(
        _.later("Days that suit me"), coerce=int, choices=[SelectChoice(bit, DAY_NAMES[bit]) for bit in DAYS]
    )
    free_audience = audience_field()

    def __init__(self, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(viewer, **kwargs)
        self.offer_readers((f"{kind}_audience" for kind in KINDS), LEVELS)
        self.families = {TALENT: offered_tags(TALENT), ROLE_TAG: offered_tags(ROLE_TAG)}
        for kind in WITH_TAGS:
            self[f"{kind}_tags"].choices = [SelectChoice(tag.id, tag.label) for tag in self.offered(kind)]

    def offered(self, kind: str) -> list[Tag]:
        """List the words one may tick in a field."""
        return self.families[ROLE_TAG if kind == ROLE else TALENT]

    def by_family(self, kind: str) -> dict[str, list[Tag]]:
        """List them by family."""
        return by_family(self.offered(kind))

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
        told |= _from_paper(draft)
    return {name: value for name, value in told.items() if value is not None}


def _from_paper(draft: Draft) -> dict[str, Any]:
    """Give what a paper card says; what is a word of the list, a synonym, a day or a time is ticked."""
    told: dict[str, Any] = {f"{kind}_text": getattr(draft, kind) for kind in KINDS}
    told["free_text"] = said_time(draft.free).rest
    for kind in WITH_TAGS:
        known = _by_stems(offered_tags(ROLE_TAG if kind == ROLE else TALENT))
        parts = [part.strip() for part in SEPARATED.split(getattr(draft, kind)) if part.strip()]
        ticked = {part: known[key] for part in parts if (key := frozenset(stems(part))) in known}
        if ticked:
            told[f"{kind}_tags"] = sorted(set(ticked.values()))
            told[f"{kind}_text"] = ", ".join(part for part in parts if part not in ticked)
    return told


def _by_stems(tags: list[Tag]) -> dict[frozenset[str], int]:
    """Give the number of each word by its stems, and by those of each of its synonyms; a label goes first."""
    said = [(synonym, tag.id) for tag in tags for synonym in tag.synonyms.split(";")]
    said += [(tag.label, tag.id) for tag in tags]
    return {key: number for words, number in said if (key := frozenset(stems(words)))}
