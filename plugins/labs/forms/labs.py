"""The shape of what people write about a permanent lab."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from wtforms import BooleanField, DateField, RadioField, SearchField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from portal.api import Filters, Form, Person, PersonField, texts

from plugins.labs.models.lab import DAY_MINUTES, MAX_LINE, MAX_MINUTES, MIN_MINUTES, Ballot
from plugins.labs.services.labs import FirstMargin

_ = texts("labs")

DURATIONS = {
    MIN_MINUTES: _.later("1 hour"),
    120: _.later("2 hours"),
    210: _.later("half a day (3 h 30)"),
    DAY_MINUTES: _.later("1 day"),
    2 * DAY_MINUTES: _.later("2 days"),
    7 * DAY_MINUTES: _.later("1 week"),
    14 * DAY_MINUTES: _.later("2 weeks"),
    30 * DAY_MINUTES: _.later("30 days"),
    MAX_MINUTES: _.later("90 days"),
}


def numbered(text: str | None) -> int | None:
    """Read the number of a row in an address; None of anything else, and of a number no database has room for."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None


class MarginForm(Form):
    """One line of « what may still change »."""

    text = TextAreaField(
        _.later("What may still change"),
        validators=[InputRequired(), Length(max=MAX_LINE)],
        description=_.later("One line: a rule, a place, a budget, a way of working that is not settled."),
    )
    review_on = DateField(
        _.later("Looked at again on"),
        validators=[InputRequired()],
        description=_.later("That day, the animators are reminded to look at this line again."),
    )


class LabForm(Form):
    """A new lab: five fields, one of which is what may still change in it (law 1, C42 SPEC 1)."""

    name = StringField(_.later("Name"), validators=[InputRequired(), Length(max=120)])
    place = StringField(
        _.later("Usual place"),
        validators=[Optional(), Length(max=160)],
    )
    animator = PersonField(_.later("Who animates it"), validators=[InputRequired()])
    text = TextAreaField(
        _.later("What may still change"),
        validators=[InputRequired(), Length(max=MAX_LINE)],
        description=_.later("One line to begin with; the animators write up to four more."),
    )
    review_on = DateField(_.later("Looked at again on"), validators=[InputRequired()])

    @property
    def values(self) -> dict[str, Any]:
        """Give what `create_lab` takes."""
        margin = FirstMargin(self.text.data or "", self.review_on.data or date.max)
        return {name: self[name].data for name in ("name", "place", "animator")} | {"margin": margin}


class SettingsForm(Form):
    """What the animators set."""

    name = StringField(_.later("Name"), validators=[InputRequired(), Length(max=120)])
    place = StringField(_.later("Usual place"), validators=[Optional(), Length(max=160)])
    max_minutes = SelectField(
        _.later("An ephemeral lab lasts at most"),
        coerce=int,
        description=_.later("One day is enough for most labs."),
    )

    def offer_durations(self, current: int) -> None:
        """Fill the list of durations, the present one always among them."""
        offered = {current: _("%(num)s minutes", num=current), **DURATIONS}
        self.max_minutes.choices = [SelectChoice(minutes, str(words)) for minutes, words in sorted(offered.items())]


class SponsorForm(Form):
    """One function that carries the lab."""

    function = SelectField(_.later("Function"), coerce=int)

    def offer(self, functions: Iterable[tuple[int, str]]) -> None:
        """Fill the list with (id, name) pairs."""
        self.function.choices = [SelectChoice(number, name) for number, name in functions]


class PersonForm(Form):
    """Somebody to name."""

    person = PersonField(_.later("Who"), validators=[InputRequired()])

    @property
    def who(self) -> Person:
        """Give the person; the form is well shaped with one only."""
        assert self.person.data is not None
        return self.person.data


class BallotForm(Form):
    """One voice: neither answer is ticked beforehand."""

    choice = RadioField(
        _.later("Should this block leave the page of the lab?"),
        choices=[SelectChoice("yes", _.later("Yes, remove it")), SelectChoice("no", _.later("No, keep it"))],
        validators=[InputRequired()],
    )

    @classmethod
    def of(cls, ballot: Ballot | None) -> BallotForm:
        """Show the form with the voice already given, if any."""
        return cls(choice=None if ballot is None else ("yes" if ballot.is_yes else "no"))


class LabFilters(Filters):
    """Which labs to list."""

    q = SearchField(_.later("Search"))
    mine = BooleanField(_.later("Only those I belong to"))


class PeopleFilters(Filters):
    """Whom to look for."""

    q = SearchField(_.later("Name or staff number"))
