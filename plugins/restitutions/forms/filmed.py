"""The shape of what is said of those who are filmed."""

from __future__ import annotations

from datetime import date

from wtforms import DateField, StringField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from portal.api import Form, PersonField, SeenForm, local_day, now, texts

from plugins.restitutions.models import MAX_NAME, MAX_REASON

_ = texts("restitutions")


class ConsentForm(SeenForm):
    """Somebody who is filmed: a colleague, who is asked, or somebody without account.

    It is shown with the edition of the readers they are asked for.
    """

    person = PersonField(
        _.later("A colleague: name or matricule"), description=_.later("They are asked on “Today”, and answer alone.")
    )
    name = StringField(
        _.later("Or somebody without account"),
        validators=[Length(max=MAX_NAME)],
        description=_.later("They are given a sheet, with the address where they answer."),
    )
    given_on = DateField(
        _.later("Agreed on paper on"),
        validators=[Optional()],
        description=_.later("Of somebody without account who has signed already."),
    )

    def validate_name(self, field: StringField) -> None:
        """Take one of the two.

        :raises ValidationError: neither, or both
        """
        if bool(field.data) == bool(self["person"].raw_data and self["person"].raw_data[0]):
            raise ValidationError(_("Write one person: a colleague, or somebody without account."))

    def validate_given_on(self, field: DateField) -> None:
        """Take a day that was.

        :raises ValidationError: it is to come, or before film
        """
        if field.data and not date(1900, 1, 1) <= field.data <= local_day(now()):
            raise ValidationError(_("Write a day that has come."))


class ReasonForm(Form):
    """Why somebody is no longer named as filmed; asked of who agreed already."""

    reason = StringField(
        _.later("Why"),
        validators=[Length(max=MAX_REASON)],
        description=_.later("Kept for a year beside their consent. Say: cut out of the video."),
    )


class NameForm(ReasonForm, SeenForm):
    """How somebody who is filmed is called."""

    name = StringField(_.later("Who is filmed"), validators=[InputRequired(), Length(max=MAX_NAME)])
