"""What the collectivity sets for the mirror of mix (C19 SPEC 3)."""

from __future__ import annotations

from wtforms import IntegerField
from wtforms.validators import InputRequired, NumberRange

from portal.api import Form, texts

_ = texts("ambassadors")


def _percent(label: str, default: int) -> IntegerField:
    return IntegerField(label, default=default, validators=[InputRequired(), NumberRange(10, 100)])


class MirrorLimits(Form):
    """When the mirror of a lab suggests something."""

    direction_percent = _percent(_.later("Mirror: one direction is more than this share of a lab (%)"), 40)
    half_percent = _percent(
        _.later("Mirror: category C, or the field, is less than this part of its share in the collectivity (%)"), 50
    )
    long_percent = _percent(_.later("Mirror: more than this share belong to the lab for more than 24 months (%)"), 60)
