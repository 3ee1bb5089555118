"""The shape of what one sends to import: the file, what its columns are, the departures."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, FileField, IntegerField, RadioField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, NumberRange, Optional

from portal.api import Filters, Form, texts

from plugins.directory.models.imports import Change, Import, Kind
from plugins.directory.queries.imports import FAILED, REMARKS, SERVICES
from plugins.directory.services.imports.columns import KNOWN, TITLES

_ = texts("directory")
ADDS, COMPLETE = "adds", "complete"
SHOWN = {
    "": _.later("every line"),
    Change.CREATED: _.later("additions"),
    Change.CHANGED: _.later("changes"),
    Change.LEFT: _.later("departures"),
    Change.UNCHANGED: _.later("no change"),
    Change.REFUSED: _.later("refusals"),
    REMARKS: _.later("to look at again"),
    Change.OUTSIDE: _.later("set aside"),
    SERVICES: _.later("services"),
    FAILED: _.later("could not be done"),
}


class UploadForm(Form):
    """A file, what it describes, what it says of those it does not name."""

    file = FileField(
        _.later("The file"),
        description=_.later("CSV, up to 20 MB and 100,000 lines."),
        validators=[InputRequired(_.later("Choose the file."))],
        render_kw={"accept": ".csv,.txt,.tsv,text/csv"},
    )
    kind = RadioField(
        _.later("What does it describe?"),
        choices=[
            SelectChoice(Kind.PEOPLE, _.later("People, and the services they work in")),
            SelectChoice(Kind.SERVICES, _.later("Services: code, name, code of the service above")),
        ],
        default=Kind.PEOPLE,
    )
    mode = RadioField(
        _.later("Does it name everybody?"),
        choices=[
            SelectChoice(ADDS, _.later("No, it completes: nobody leaves")),
            SelectChoice(COMPLETE, _.later("Yes, it is the whole list: those it no longer names may leave")),
        ],
        default=ADDS,
        description=_.later("Nobody leaves without a second confirmation, with their names."),
    )


class ColumnsForm(Form):
    """Which column is which."""

    def __init__(self, row: Import, **values: Any) -> None:
        super().__init__(**values)
        self.row = row

    @property
    def options(self) -> list[tuple[str, str]]:
        """Give what a column may be."""
        return [("", _("not read")), *((field, str(TITLES[field])) for field in KNOWN[self.row.kind])]


class StartForm(Form):
    """What one confirms before an import is applied."""

    lets_leave = BooleanField(_.later("Let these people leave"))
    typed = IntegerField(
        _.later("Number of departures, to confirm"),
        validators=[Optional(), NumberRange(min=0)],
    )


class LineFilters(Filters):
    """The address of the lines of an import."""

    show = SelectField(
        _.later("Show"), choices=[SelectChoice(*pair) for pair in SHOWN.items()], validate_choice=False, default=""
    )
