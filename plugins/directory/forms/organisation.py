"""The shape of what is written of services and functions."""

from __future__ import annotations

from typing import Any

from wtforms import DateField, SearchField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from portal.api import Filters, Form, FunctionFacts, Invalid, Person, PersonField, ServiceFacts, texts

from plugins.directory.forms.choices import as_id, service_choices

_ = texts("directory")
STATES = {
    "": _.later("all states"),
    "vacant": _.later("vacant"),
    "outside": _.later("outside bodies"),
    "closed": _.later("ended"),
}


class ServiceFilters(Filters):
    """The address of the tree."""

    q = SearchField(_.later("Service"))


class FunctionFilters(Filters):
    """The address of the list of functions."""

    q = SearchField(_.later("Function, holder, service or body"))
    state = SelectField(
        _.later("State"), choices=[SelectChoice(*pair) for pair in STATES.items()], validate_choice=False
    )


class ServiceForm(Form):
    """A service and its place."""

    name = StringField(_.later("Name of the service"), validators=[InputRequired(), Length(max=160)])
    parent_id = SelectField(_.later("Under"), coerce=as_id, validators=[Optional()])
    code = StringField(
        _.later("Code"),
        description=_.later("What your other software calls it: an import finds the service again by it."),
        validators=[Optional(), Length(max=40)],
    )

    def __init__(self, *, without: frozenset[int] = frozenset(), **values: Any) -> None:
        super().__init__(**values)
        self.parent_id.choices = service_choices(_("no other service"), without=without)

    def written(self) -> ServiceFacts:
        """Give what was written."""
        return ServiceFacts(self.name.data or "", self.code.data, self.parent_id.data)


class CloseServiceForm(Form):
    """Where the people of a service go."""

    people_to = SelectField(_.later("Its people and functions go to"), coerce=as_id, validators=[Optional()])

    def __init__(self, *, without: frozenset[int], **values: Any) -> None:
        super().__init__(**values)
        self.people_to.choices = service_choices(_("no service"), without=without)


class FunctionForm(Form):
    """A function, in a service here or in an outside body."""

    name = StringField(
        _.later("Name of the function"),
        description=_.later("What answers for something, whoever holds it: “Head of the school service”."),
        validators=[InputRequired(), Length(max=160)],
    )
    service_id = SelectField(_.later("Service"), coerce=as_id, validators=[Optional()])
    body = StringField(
        _.later("Outside body"),
        description=_.later("A syndicate, an association, the State: it has no account here, so nobody holds it."),
        validators=[Optional(), Length(max=160)],
    )

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self.service_id.choices = service_choices(_("none"))

    def written(self) -> FunctionFacts:
        """Give what was written."""
        return FunctionFacts(self.name.data or "", self.service_id.data, self.body.data)


class HoldForm(Form):
    """Who holds a function, from which day, until which day if it is known."""

    person = PersonField(_.later("Who"), validators=[InputRequired()])
    since = DateField(_.later("From"), validators=[InputRequired()])
    until = DateField(
        _.later("Until, if it is known"),
        description=_.later("Included. From the next day on the function is vacant."),
        validators=[Optional()],
    )

    @property
    def who(self) -> Person:
        """Give the person; only once the form was well shaped."""
        if self.person.data is None:
            raise Invalid(_("Say who holds it."), field="person")
        return self.person.data
