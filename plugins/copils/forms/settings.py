"""What the collectivity sets for its copils."""

from __future__ import annotations

from wtforms import SelectField
from wtforms.fields.choices import SelectChoice

from portal.api import Form, texts

from plugins.copils.queries.calendar import ZONES

_ = texts("copils")


class CopilsSettings(Form):
    """Rule: C07 SPEC 2 and 4, working days."""

    zone = SelectField(
        _.later("Whose public holidays"),
        choices=[SelectChoice(*pair) for pair in ZONES.items()],
        default="",
        description=_.later("They are not counted as working days: before the agenda is settled, after the copil."),
    )
