"""What the collectivity sets for its rounds."""

from __future__ import annotations

from wtforms import IntegerField
from wtforms.validators import InputRequired, NumberRange

from portal.api import Form, texts

_ = texts("regards")

VISITORS_AN_HOUR, MOST_AN_HOUR = 120, 600


class RegardsSettings(Form):
    """Rule: C35 SPEC 2, bounded: whoever has the code of a stand may write."""

    visitors_an_hour = IntegerField(
        _.later("Cards that visitors may leave on one round within an hour"),
        default=VISITORS_AN_HOUR,
        validators=[InputRequired(), NumberRange(1, MOST_AN_HOUR)],
        description=_.later(
            "People without an account, let in by the code of a stand: from 1 to 600; half from one network."
        ),
    )
