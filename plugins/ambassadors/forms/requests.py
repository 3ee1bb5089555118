"""The shape of a request and of its answer: one field each (law 1)."""

from __future__ import annotations

from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from portal.api import Filters, Form, texts

from plugins.ambassadors.models.request import MAX_REACH, MAX_WORDS
from plugins.ambassadors.queries.requests import BOXES, MADE, RECEIVED

_ = texts("ambassadors")

BOX_WORDS = [("", _.later("all")), (RECEIVED, _.later("received")), (MADE, _.later("made"))]


class AskForm(Form):
    """« Pourriez-vous… ? »."""

    words = TextAreaField(
        _.later("What you need"),
        validators=[InputRequired(), Length(max=MAX_WORDS)],
        description=_.later("What, when, where, and for how long. They alone read it."),
    )


class ReachForm(Form):
    """« Comment me joindre », to whoever asked or posted."""

    reach = StringField(
        _.later("How to reach me"),
        validators=[Optional(), Length(max=MAX_REACH)],
        description=_.later("A telephone number, a place, an hour. Only whoever asked reads it."),
    )


class RequestFilters(Filters):
    """Which of one's requests."""

    box = StringField()

    @property
    def chosen(self) -> str:
        """Give *received*, *made*, or nothing for both."""
        return self["box"].data if self["box"].data in BOXES else ""
