"""The shape of what people write about a copil: announcing, moving, presence."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, TypeVar

from wtforms import IntegerField, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput

from portal.api import AudienceField, Form, InstantField, PersonField, texts

from plugins.copils.models.copil import (
    ABSENT,
    LEVELS,
    MAX_PLACE,
    MAX_REASON,
    MAX_TITLE,
    PRESENT,
    STAND_IN,
)
from plugins.copils.queries.deciders import Seat
from plugins.copils.services.turns import LONGEST_AGO

_ = texts("copils")

Given = TypeVar("Given")
USUAL_MINUTES = 120
DURATIONS = {
    60: _.later("1 hour"),
    90: _.later("1 hour and a half"),
    USUAL_MINUTES: _.later("2 hours"),
    180: _.later("3 hours"),
    240: _.later("4 hours"),
}
IN_A_WORD = {PRESENT: _.later("in person"), STAND_IN: _.later("somebody else came"), ABSENT: _.later("nobody came")}


def given(value: Given | None) -> Given:
    """Give what stands in a field that a well shaped form never leaves empty."""
    assert value is not None
    return value


class FunctionsField(SelectMultipleField):
    """Several functions, as boxes to tick."""

    option_widget = CheckboxInput()


class AnnounceForm(Form):
    """A new copil: five fields on the screen, the rest folded (law 1)."""

    title = StringField(_.later("Title"), validators=[InputRequired(), Length(max=MAX_TITLE)])
    held_at = InstantField(_.later("Sits on"), validators=[InputRequired()])
    asks_if_sure = False
    minutes = SelectField(
        _.later("Lasts"), coerce=int, default=USUAL_MINUTES, choices=[SelectChoice(*pair) for pair in DURATIONS.items()]
    )
    place = StringField(_.later("Place"), validators=[Optional(), Length(max=MAX_PLACE)])
    function_ids = FunctionsField(
        _.later("Who is to answer"),
        coerce=int,
        description=_.later(
            "Functions: whoever holds one of them neither asks nor orders the questions of this copil."
        ),
    )
    facilitator = PersonField(
        _.later("Who facilitates"),
        validators=[InputRequired()],
        description=_.later("Somebody who is not to answer there."),
    )
    audience = AudienceField(_.later("Who can read?"), levels=LEVELS)

    def offer(self, functions: Iterable[tuple[int, str]]) -> None:
        """Fill the list of functions."""
        self.function_ids.choices = [SelectChoice(number, name) for number, name in functions]


class MoveForm(Form):
    """Another day, and why."""

    held_at = InstantField(_.later("Sits on"), validators=[InputRequired()])
    asks_if_sure = False
    reason = TextAreaField(
        _.later("Why"),
        validators=[InputRequired(), Length(max=MAX_REASON)],
        description=_.later("Those who ask and those who are to answer read it."),
    )


class CancelForm(Form):
    """Why it is called off."""

    reason = TextAreaField(_.later("Why"), validators=[InputRequired(), Length(max=MAX_REASON)])


class HandOverForm(Form):
    """Who facilitates from now on."""

    facilitator = PersonField(
        _.later("Who facilitates"),
        validators=[InputRequired()],
        description=_.later("Somebody who is not to answer there."),
    )


class ClickForm(Form):
    """A click in the room: how long ago it was made, if the network was lost since."""

    ago = IntegerField(default=0, validators=[Optional(), NumberRange(0, LONGEST_AGO // timedelta(seconds=1))])

    @property
    def seconds_ago(self) -> int:
        """Give how long ago it was; an answer that makes no sense is now."""
        return self.ago.data if self.validate() and self.ago.data else 0


class FloorForm(ClickForm):
    """Who has the floor, on which question."""

    side = StringField()
    question = IntegerField(validators=[Optional()])


def presence_form(seats: Iterable[Seat]) -> Form:
    """Make the form that notes who came: one choice for each function."""
    fields: dict[str, Any] = {}
    for seat in seats:
        fields[f"seat_{seat.decider.id}"] = RadioField(
            seat.function.name,
            choices=[
                SelectChoice(*pair) for pair in IN_A_WORD.items() if pair[0] != PRESENT or not seat.function.is_vacant
            ],
            default=seat.decider.presence or None,
            validators=[InputRequired()],
        )
    made: Form = type("PresenceForm", (Form,), fields)()
    return made
