"""The shape of what people write about a day: five fields; which days to list; a reason, another date."""

from __future__ import annotations

from wtforms import DateField, IntegerField, SearchField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from portal.api import (
    Audience,
    AudienceField,
    Filters,
    Form,
    GroupCard,
    PersonField,
    SeenForm,
    Viewer,
    group_cards,
    texts,
)

from plugins.programmes.models.programme import LEVELS, MAX_PLACE, MAX_REASON, MAX_TITLE
from plugins.programmes.queries.searches import PAST, Search
from plugins.programmes.services.programmes import Day

_ = texts("programmes")

LAB = "lab"
WHEN = [("", _.later("to come")), (PAST, _.later("past"))]


class DayWordsForm(Form):
    """What a day says of itself."""

    title = StringField(
        _.later("Title"),
        validators=[InputRequired(_.later("Give the day a title.")), Length(max=MAX_TITLE)],
    )
    held_on = DateField(_.later("Day"), validators=[InputRequired(_.later("Write a day."))])
    place = StringField(_.later("Where"), validators=[Optional(), Length(max=MAX_PLACE)])
    audience = AudienceField(_.later("Who can read?"), levels=LEVELS)

    def narrow(self, viewer: Viewer, *, has_lab: bool, kept: str | None = None) -> None:
        """Offer the readers there are: of a lab if one may host the day, of the network if anybody is in a lab.

        :param kept: the audience that the day has already
        """
        field = self.audience
        absent = set() if has_lab else {Audience.LAB}
        absent |= set() if any(card.members for card in _labs(viewer)) else {Audience.NETWORK}
        field.levels = [level for level in LEVELS if level not in absent or level == kept]
        field.choices = [choice for choice in field.choices if choice.value in field.levels]
        if field.raw_data is None and field.data not in field.levels:
            field.data = Audience.INTRANET.value

    def day(self, lab_group_id: int | None) -> Day:
        """Give what the service takes, of a day that this lab hosts."""
        values = {name: self[name].data for name in ("title", "held_on", "place")}
        return Day(**values, audience=Audience(self.audience.data), lab_group_id=lab_group_id)


def _labs(viewer: Viewer) -> list[GroupCard]:
    return [card for card in group_cards(viewer) if card.kind == LAB]


class ChangeDayForm(DayWordsForm, SeenForm):
    """The same, of a day that other organisers may be changing."""


class DayForm(DayWordsForm):
    """A new day, in five fields."""

    lab = SelectField(_.later("Which lab hosts it"), coerce=int, choices=[])

    def offer(self, viewer: Viewer) -> None:
        """Offer the labs one belongs to."""
        labs = [card for card in _labs(viewer) if card.id in viewer.lab_ids]
        choices = [SelectChoice(card.id, card.name) for card in labs]
        self.lab.choices = [*choices, SelectChoice(0, _("none: it is everybody’s"))]
        if self.lab.data is None and not self.is_submitted():
            self.lab.data = labs[0].id if labs else 0
        self.audience.for_group(self.lab.data or None)
        self.narrow(viewer, has_lab=bool(labs))

    @property
    def lab_group_id(self) -> int | None:
        """Give the lab that was chosen; None for none."""
        return self.lab.data or None


class DayFilters(Filters):
    """Which days to list; an address that says nonsense filters nothing."""

    q = SearchField(_.later("Search"))
    when = StringField(_.later("When"))
    lab = StringField(_.later("Lab"))

    @property
    def search(self) -> Search:
        """Give what is looked for."""
        lab = self["lab"].data or ""
        number = int(lab) if lab.isascii() and lab.isdigit() and len(lab) < 10 else None
        return Search(self["q"].data or "", self["when"].data == PAST, number)


class CancelForm(Form):
    """Why it is called off."""

    reason = TextAreaField(
        _.later("Why"),
        validators=[InputRequired(), Length(max=MAX_REASON)],
        description=_.later("Those who come and those who follow the day read it."),
    )


class CopyForm(Form):
    """Another date."""

    title = StringField(_.later("Title"), validators=[InputRequired(), Length(max=MAX_TITLE)])
    held_on = DateField(_.later("Day"), validators=[InputRequired(_.later("Write a day."))])


class NamingForm(Form):
    """Somebody, by name or matricule."""

    person = PersonField(_.later("Name or matricule"), validators=[InputRequired(_.later("Write a name."))])


class DelayForm(Form):
    """By how much, as it was previewed."""

    minutes = IntegerField(_.later("Minutes"), validators=[InputRequired()])
    seen = StringField(validators=[Optional()])


class DelayFilters(Filters):
    """By how much one looks."""

    minutes = IntegerField(_.later("Minutes"), validators=[Optional()])
