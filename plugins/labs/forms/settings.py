"""What the collectivity sets for all its labs."""

from __future__ import annotations

from wtforms import IntegerField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, NumberRange

from portal.api import Form, texts

from plugins.labs.forms.labs import DURATIONS
from plugins.labs.models.ephemeral import GUESTS_AN_HOUR
from plugins.labs.models.lab import DAY_MINUTES

_ = texts("labs")


class LabsSettings(Form):
    """Rule: C01 SPEC 2 (one hour to ninety days), SPEC 8 (twenty guests an hour at most)."""

    max_minutes = SelectField(
        _.later("In a new lab, an ephemeral lab lasts at most"),
        coerce=int,
        choices=[SelectChoice(*pair) for pair in DURATIONS.items()],
        default=DAY_MINUTES,
        description=_.later("The animators of each lab may then choose another duration for theirs."),
    )
    guests_an_hour = IntegerField(
        _.later("Guests who may enter one ephemeral lab within an hour"),
        default=GUESTS_AN_HOUR,
        validators=[InputRequired(), NumberRange(1, GUESTS_AN_HOUR)],
        description=_.later("People without an account, let in by the code of the lab: from 1 to 20."),
    )
