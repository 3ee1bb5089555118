"""The shape of a slot: what, from when to when, where; the rest is folded (C34 SPEC 1)."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, IntegerField, RadioField, StringField, TextAreaField, TimeField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from portal.api import Filters, Form, SeenForm, texts

from plugins.programmes.models.programme import MAX_PLACE, MAX_TRACK
from plugins.programmes.models.slot import (
    BREAK,
    MAX_SLOT,
    MAX_WORDS,
    PARTY,
    PLENARY,
    SURPRISE,
    UNEXPECTED,
    WORKSHOP,
)
from plugins.programmes.services.slot_plans import MOST_SEATS, SlotPlan

_ = texts("programmes")

KIND_WORDS = {
    PLENARY: _.later("plenary"),
    WORKSHOP: _.later("workshop"),
    BREAK: _.later("break"),
    PARTY: _.later("party"),
    UNEXPECTED: _.later("unexpected"),
    SURPRISE: _.later("surprise"),
}
KIND_NOTES = {
    UNEXPECTED: _.later("It stays empty until the day itself; then you say what it is."),
    SURPRISE: _.later("Everybody reads “Surprise!” until its time, you alone know more."),
}
FOLDED = ("words", "track", "reveals", "is_fixed", "takes_names", "seats")
# What a browser sends, then what people write: « 14 h 30 », « 14h30 », « 14 h ».
HOURS = ["%H:%M", "%H:%M:%S", "%H h %M", "%Hh%M", "%H h", "%Hh", "%H"]


def _hour_field(label: object, **kwargs: Any) -> TimeField:
    return TimeField(label, format=HOURS, **kwargs)


class SlotForm(Form):
    """Five fields; what else there is stays folded."""

    kind = RadioField(
        _.later("What is it?"),
        choices=[SelectChoice(*pair) for pair in KIND_WORDS.items()],
        default=PLENARY,
        validators=[InputRequired(_.later("Choose what it is."))],
    )
    title = StringField(_.later("Title"), validators=[Optional(), Length(max=MAX_SLOT)])
    starts = _hour_field(_.later("From"), validators=[InputRequired(_.later("Write an hour, such as 14:30."))])
    ends = _hour_field(
        _.later("To"), validators=[Optional()], description=_.later("Leave it empty for an open end: “from 17:30”.")
    )
    place = StringField(_.later("Where"), validators=[Optional(), Length(max=MAX_PLACE)])
    words = TextAreaField(_.later("In more words"), validators=[Optional(), Length(max=MAX_WORDS)])
    track = StringField(
        _.later("Track"),
        validators=[Optional(), Length(max=MAX_TRACK)],
        description=_.later("The name of what goes on beside something else: “Workshop 1”. Empty: for everybody."),
    )
    reveals = _hour_field(
        _.later("A surprise says what it is at"),
        validators=[Optional()],
        description=_.later("Empty: when it begins."),
    )
    is_fixed = BooleanField(
        _.later("Its hour is fixed"), description=_.later("It stays where it is when the day runs late: lunch.")
    )
    takes_names = BooleanField(_.later("People sign up"))
    seats = IntegerField(
        _.later("Seats"),
        validators=[Optional(), NumberRange(1, MOST_SEATS)],
        description=_.later("If people sign up. Empty: as many as come."),
    )

    @property
    def plan(self) -> SlotPlan:
        """Give what the service takes."""
        return SlotPlan(**{name: self[name].data for name in SlotPlan.__slots__})

    @property
    def is_folded_wrong(self) -> bool:
        """Tell whether something is to be put right among what is folded."""
        return any(self[name].errors for name in FOLDED)


class ChangeSlotForm(SlotForm, SeenForm):
    """The same, of a slot that other organisers may be changing."""


class StayAwayFilters(Filters):
    """The slot to which one comes instead."""

    then = IntegerField(validators=[Optional()])


class FillForm(SeenForm):
    """What the unexpected is."""

    title = StringField(
        _.later("What is it?"),
        validators=[InputRequired(_.later("Say in a few words what it is.")), Length(max=MAX_SLOT)],
    )
    place = StringField(_.later("Where"), validators=[Optional(), Length(max=MAX_PLACE)])
    words = TextAreaField(_.later("In more words"), validators=[Optional(), Length(max=MAX_WORDS)])
