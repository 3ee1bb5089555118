"""The shape of a level of engagement: equal choices, each with its honest time (C22)."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from portal.api import Audience, Viewer, setting, texts

from plugins.ambassadors.forms.labs import LabForm, audience_field
from plugins.ambassadors.models.card import LEVELS as AUDIENCES
from plugins.ambassadors.models.engagement import LEVELS, Engagement
from plugins.ambassadors.queries.engagement import PLUGIN, level_words
from plugins.ambassadors.services.engagement import Choice

_ = texts("ambassadors")


class LevelForm(LabForm):
    """A level, who may know of it, the charter for those that go with one."""

    level = RadioField(
        _.later("Today I am"), choices=[], validators=[InputRequired(_.later("Choose one of these levels."))]
    )
    has_read = BooleanField(_.later("I have read the charter"))
    audience = audience_field()

    def __init__(self, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(viewer, **kwargs)
        self["level"].choices = [SelectChoice(level, words) for level, words in level_words().items()]
        self.offer_readers(["audience"], AUDIENCES)

    @property
    def times(self) -> dict[str, str]:
        """Say what each level asks for, a month."""
        return {level: str(setting(PLUGIN, f"time_{level}")) for level in LEVELS}

    @property
    def choice(self) -> Choice:
        """Give what the service takes."""
        audience = Audience(self["audience"].data)
        return Choice(self["level"].data, audience, self.reader_group_id, has_read=bool(self["has_read"].data))


def level_values(found: Engagement | None) -> dict[str, Any]:
    """Give what the form begins with: where the person stands, nothing if they never said."""
    if found is None or not found.level:
        return {}
    said = {"level": found.level, "audience": found.audience, "reader_group": found.reader_group_id}
    return {name: value for name, value in said.items() if value}
