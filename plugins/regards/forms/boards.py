"""The shape of what people write about a round."""

from __future__ import annotations

from typing import Any

from wtforms import SearchField, StringField
from wtforms.validators import InputRequired, Length

from portal.api import Audience, AudienceField, Filters, Form, texts

from plugins.regards.models.board import LEVELS, MAX_OCCASION
from plugins.regards.queries.boards import STATES, BoardSearch

_ = texts("regards")


class OpeningForm(Form):
    """A round: two fields, both filled beforehand (law 1)."""

    occasion = StringField(
        _.later("On which occasion"),
        validators=[InputRequired(), Length(max=MAX_OCCASION)],
        description=_.later("A meeting, a fair, a visit: what everybody will remember it by."),
    )
    audience = AudienceField(_.later("Who can write in it, and read it once revealed?"), levels=LEVELS)


class OccasionForm(Form):
    """The occasion of a round, to correct."""

    occasion = StringField(_.later("On which occasion"), validators=[InputRequired(), Length(max=MAX_OCCASION)])


class AudienceForm(Form):
    """Who reads a round (C36 SPEC 6)."""

    audience = AudienceField(_.later("Who can read it?"), levels=LEVELS)

    def narrow_to(self, audience: str) -> None:
        """Offer nothing wider than an audience."""
        field: Any = self.audience
        field.levels = LEVELS[: LEVELS.index(Audience(audience)) + 1]
        field.choices = [choice for choice in field.choices if choice.value in field.levels]


class BoardFilters(Filters):
    """Which rounds to list; a filter that means nothing filters nothing."""

    q = SearchField(_.later("Search"))
    state = StringField(_.later("State"))

    @property
    def search(self) -> BoardSearch:
        """Give what is looked for."""
        return BoardSearch(self.q.data or "", self.state.data if self.state.data in STATES else "")
