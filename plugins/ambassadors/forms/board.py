"""The shape of what is looked for, of an answer to it, and of what one looks for on the board (C44)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from wtforms import BooleanField, DateField, RadioField, SearchField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from portal.api import Audience, Filters, GroupCard, Viewer, texts

from plugins.ambassadors.forms.labs import LabForm, audience_field
from plugins.ambassadors.models.card import TIMES
from plugins.ambassadors.models.vocabulary import ROLE
from plugins.ambassadors.models.wanted import MAX_DETAILS, MAX_PLACE, MAX_TITLE, Wanted
from plugins.ambassadors.queries.board import MINE, SAID, Search
from plugins.ambassadors.queries.time import TIME_WORDS
from plugins.ambassadors.queries.vocabulary import offered_tags
from plugins.ambassadors.services.board import AUDIENCES, USUAL_DAYS, Opening

_ = texts("ambassadors")

FREE_OF_DESK = "1"
TIME_FILTER = [("", _.later("any")), *((str(n), words) for n, words in TIME_WORDS.items())]
DESK_FILTER = [("", _.later("with or without a computer")), (FREE_OF_DESK, _.later("without a computer"))]
SHOWN_FILTER = [
    ("", _.later("what is looked for")),
    (MINE, _.later("what I posted")),
    (SAID, _.later("where I said that I can")),
]


class BoardFilters(Filters):
    """Which openings to list; an address that says nonsense filters nothing."""

    q = SearchField(_.later("Search"))
    time = StringField(_.later("Time"))
    desk = StringField(_.later("With what"))
    shown = StringField(_.later("Which of them"))

    @property
    def search(self) -> Search:
        """Give what is looked for."""
        minutes = next((n for n in TIMES if str(n) == self["time"].data), None)
        shown = self["shown"].data if self["shown"].data in {MINE, SAID} else ""
        return Search(self["q"].data or "", minutes, self["desk"].data == FREE_OF_DESK, shown)


class WantedForm(LabForm):
    """Five fields; the rest is folded."""

    title = StringField(
        _.later("What is to be done?"),
        validators=[InputRequired(_.later("Say in a few words what is to be done.")), Length(max=MAX_TITLE)],
        description=_.later("“Carry four tables on Tuesday”: one thing, with a beginning and an end."),
    )
    minutes = RadioField(
        _.later("How long does it take?"),
        coerce=int,
        choices=[SelectChoice(n, words) for n, words in TIME_WORDS.items()],
        validators=[InputRequired(_.later("Choose one of these times."))],
    )
    is_without_computer = BooleanField(_.later("One needs neither a computer nor an e-mail address"))
    until = DateField(_.later("Until when?"), validators=[InputRequired(_.later("Write a day."))])
    audience = audience_field(Audience.INTRANET)
    details = TextAreaField(_.later("In more words"), validators=[Optional(), Length(max=MAX_DETAILS)])
    place = StringField(_.later("Where"), validators=[Optional(), Length(max=MAX_PLACE)])
    tag_id = SelectField(_.later("Role"), choices=[], default="")

    def __init__(self, viewer: Viewer, *, today: date, **kwargs: Any) -> None:
        super().__init__(viewer, **kwargs)
        self.offer_readers(["audience"], AUDIENCES)
        roles = [SelectChoice(str(tag.id), tag.label) for tag in offered_tags(ROLE)]
        self["tag_id"].choices = [SelectChoice("", _("none in particular")), *roles]
        if self["until"].data is None and not self.is_submitted():
            self["until"].data = today + timedelta(days=USUAL_DAYS)

    def offers(self, lab: GroupCard, viewer: Viewer) -> bool:
        """Offer the labs one belongs to."""
        return lab.id in viewer.lab_ids

    @property
    def opening(self) -> Opening:
        """Give what the service takes."""
        return Opening(
            self["title"].data,
            self["minutes"].data,
            self["until"].data,
            bool(self["is_without_computer"].data),
            Audience(self["audience"].data),
            self.reader_group_id,
            self["details"].data or "",
            self["place"].data or "",
            int(self["tag_id"].data) if self["tag_id"].data else None,
        )


def wanted_values(wanted: Wanted) -> dict[str, Any]:
    """Give what the form of an opening begins with."""
    plain = ("title", "minutes", "is_without_computer", "audience", "details", "place")
    return {
        **{name: getattr(wanted, name) for name in plain},
        "until": wanted.last_on,
        "tag_id": str(wanted.tag_id or ""),
        "reader_group": wanted.reader_group_id,
    }
