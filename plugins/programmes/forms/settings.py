"""What the collectivity sets for its days."""

from __future__ import annotations

from wtforms import IntegerField
from wtforms.validators import InputRequired, NumberRange

from portal.api import Form, texts

_ = texts("programmes")

TURN_MINUTES = 7


class ProgrammesSettings(Form):
    """Rule: C35 SPEC 3."""

    turn_minutes = IntegerField(
        _.later("Minutes of a turn at the show-and-tell of a new day"),
        default=TURN_MINUTES,
        validators=[InputRequired(), NumberRange(1, 30)],
        description=_.later("How long each stand has the floor: seven at Dunkerque."),
    )
