"""The shape of what is written of a person, of a departure, of a batch of links."""

from __future__ import annotations

from typing import Any

from wtforms import (
    DateField,
    EmailField,
    RadioField,
    SearchField,
    SelectField,
    SelectMultipleField,
    StringField,
    TelField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, ValidationError
from wtforms.widgets import CheckboxInput

from portal.api import Filters, Form, PersonFacts, PersonField, Role, texts

from plugins.directory.forms.choices import as_id, service_choices
from plugins.directory.services.imports.cells import ADDRESS

_ = texts("directory")
ROLES = {
    Role.AGENT: _.later("Agent"),
    Role.PLUGIN_ADMIN: _.later("Administrator of plugins"),
    Role.ADMIN: _.later("Administrator"),
}
VALIDITY = {30: _.later("30 minutes: the person is here"), 24 * 60: _.later("A day: the slip travels by internal mail")}


class PeopleFilters(Filters):
    """The address of a list of people."""

    q = SearchField(_.later("Name, job, service or function"))
    service = SelectField(_.later("Service"), coerce=as_id, validate_choice=False)

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self.service.choices = service_choices(_("all"))


def is_address(_form: object, field: EmailField) -> None:
    """Refuse what is no e-mail address, as an import does."""
    if not ADDRESS.fullmatch(field.data):
        raise ValidationError(_("This is no e-mail address. Write it as name@place.fr, or leave it empty."))


class PersonForm(Form):
    """A person: five fields on the screen, the rest folded (law 1)."""

    name = StringField(
        _.later("First name and name"),
        description=_.later("As the person writes it."),
        validators=[InputRequired(), Length(max=120)],
    )
    matricule = StringField(
        _.later("Staff number"),
        description=_.later("Signs in, with a password or a six-digit code."),
        validators=[Optional(), Length(max=40)],
    )
    email = EmailField(_.later("Work e-mail address"), validators=[Optional(), Length(max=254), is_address])
    service_id = SelectField(_.later("Service"), coerce=as_id, validators=[Optional()])
    job_title = StringField(_.later("Job title"), validators=[Optional(), Length(max=120)])
    phone = TelField(_.later("Work phone"), validators=[Optional(), Length(max=40)])
    superior = PersonField(
        _.later("Superior"),
        description=_.later("A fact of the organisation: it opens nothing in the portal."),
        validators=[Optional()],
    )
    role = SelectField(
        _.later("Role in the portal"), choices=[SelectChoice(*pair) for pair in ROLES.items()], default=Role.AGENT
    )

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self.service_id.choices = service_choices(_("none"))

    def written(self) -> PersonFacts:
        """Give what was written."""
        return PersonFacts(
            name=self.name.data or "",
            matricule=self.matricule.data,
            email=self.email.data,
            service_id=self.service_id.data,
            job_title=self.job_title.data,
            phone=self.phone.data,
            superior_id=self.superior.data.id if self.superior.data else None,
            role=Role(self.role.data),
        )


class LeaveForm(Form):
    """The last day; empty for now."""

    on = DateField(
        _.later("Last day"),
        description=_.later("Empty: the person leaves now. With a day: everything closes at its end."),
        validators=[Optional()],
    )


class SlipFilters(PeopleFilters):
    """Whom one looks for, to print a link."""

    everybody = SelectField(
        _.later("Show"),
        choices=[SelectChoice("", _.later("those who have no way in yet")), SelectChoice("1", _.later("everybody"))],
    )


class SlipForm(Form):
    """For whom, and for how long."""

    people = SelectMultipleField(
        _.later("For whom"), coerce=int, option_widget=CheckboxInput(), validators=[InputRequired()]
    )
    minutes = RadioField(
        _.later("How long the link works"),
        coerce=int,
        choices=[SelectChoice(*pair) for pair in VALIDITY.items()],
        default=30,
    )
