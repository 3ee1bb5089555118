"""The shape of what people write about a stand: what it shows, who holds it, its place in the order."""

from __future__ import annotations

from collections.abc import Iterable

from wtforms import IntegerField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from portal.api import Form, GroupCard, PersonField, SeenForm, texts

from plugins.programmes.models.programme import MAX_PLACE
from plugins.programmes.models.stand import MAX_POINT, MAX_STAND, Stand
from plugins.programmes.services.stands import Plan, said_of

_ = texts("programmes")


class StandForm(Form):
    """A stand: a title, three points and a place on the screen, the rest folded (law 1, C35 SPEC 1)."""

    title = StringField(_.later("Title of the stand"), validators=[InputRequired(), Length(max=MAX_STAND)])
    point_1 = StringField(_.later("First point"), validators=[InputRequired(), Length(max=MAX_POINT)])
    point_2 = StringField(_.later("Second point"), validators=[Optional(), Length(max=MAX_POINT)])
    point_3 = StringField(_.later("Third point"), validators=[Optional(), Length(max=MAX_POINT)])
    place = StringField(
        _.later("Where in the room"), validators=[Optional(), Length(max=MAX_PLACE)], description=_.later("“Table 3”.")
    )
    lab_group_id = SelectField(_.later("Lab"), coerce=int, default=0)

    def offer(self, labs: Iterable[GroupCard]) -> None:
        """Fill the list of labs."""
        named = [SelectChoice(card.id, card.name) for card in labs if card.kind == "lab"]
        self.lab_group_id.choices = [SelectChoice(0, _("none of here")), *named]

    @property
    def is_folded_wrong(self) -> bool:
        """Tell whether something is to be put right among what is folded."""
        return any(self[name].errors for name in ("lab_group_id", "holder") if name in self)

    @property
    def plan(self) -> Plan:
        """Give what the services take."""
        points = (self.point_1.data or "", self.point_2.data or "", self.point_3.data or "")
        return Plan(self.title.data or "", points, self.place.data or "", self.lab_group_id.data or None)


class ChangeStandForm(StandForm, SeenForm):
    """The same, of a stand that others may be changing who hold it."""

    @classmethod
    def of(cls, stand: Stand) -> ChangeStandForm:
        """Show what a stand says."""
        form = cls(obj=stand).shown_with(said_of(stand))
        form.lab_group_id.data = form.lab_group_id.data or 0
        return form


class NewStandForm(StandForm):
    """The same, with the first person who holds it."""

    holder = PersonField(_.later("Who holds it"), description=_.later("Others can be added on its page."))


class HolderForm(Form):
    """Somebody who holds it too."""

    person = PersonField(_.later("Who holds it"), validators=[InputRequired()])


class NumberForm(Form):
    """A number that a button sends: a place in the order, a turn that ends."""

    to = IntegerField(validators=[Optional()])
    after = IntegerField(validators=[Optional()])
    stand = IntegerField(validators=[Optional()])
