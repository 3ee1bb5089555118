"""The shape of a question to the audit log, and of the reason to open it."""

from __future__ import annotations

from typing import Any

from wtforms import DateField, RadioField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Optional

from portal.api import Filters, Form, PersonField, Subject, texts

from plugins.directory.forms.people import ROLES
from plugins.directory.queries.audit import Question

_ = texts("directory")
REASONS = {
    "control": _.later("A regular check"),
    "incident": _.later("Something went wrong, or may have"),
    "request": _.later("A person asks what was done about them"),
}
KINDS = {
    "portal.user": _.later("a person"),
    "portal.service": _.later("a service"),
    "portal.function": _.later("a function"),
    "portal.group": _.later("a group"),
    "portal.plugin": _.later("a plugin"),
    "portal.screen": _.later("a shared screen"),
    "portal.instance": _.later("the portal itself"),
}
# The codes that stand in the facts of an entry, in words.
FACTS: dict[str, str] = {
    **REASONS,
    **{role.value: words for role, words in ROLES.items()},
    "name": _.later("name"),
    "matricule": _.later("staff number"),
    "email": _.later("e-mail address"),
    "service_id": _.later("service"),
    "job_title": _.later("job title"),
    "phone": _.later("phone"),
    "superior_id": _.later("superior"),
    "code": _.later("code"),
    "parent_id": _.later("place in the tree"),
    "body": _.later("outside body"),
}


class ReasonForm(Form):
    """Why the log is opened."""

    reason = RadioField(
        _.later("Why"), choices=[SelectChoice(*pair) for pair in REASONS.items()], validators=[InputRequired()]
    )


class AuditFilters(Filters):
    """The address of what one looks for."""

    action = SelectField(_.later("Act"), validate_choice=False)
    kind = SelectField(_.later("About"), validate_choice=False)
    person = PersonField(_.later("About whom"), validators=[Optional()])
    actor = PersonField(_.later("Done by"), validators=[Optional()])
    first_on = DateField(_.later("From"), validators=[Optional()])
    last_on = DateField(_.later("To"), validators=[Optional()])

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self.kind.choices = [SelectChoice("", _("everything")), *(SelectChoice(*pair) for pair in KINDS.items())]
        self.validate()

    def question(self) -> Question:
        """Give what is asked."""
        return Question(
            action=self.action.data or None,
            kind=self.kind.data or None,
            subject=Subject("portal.user", self.person.data.id) if self.person.data else None,
            actor_id=self.actor.data.id if self.actor.data else None,
            first_on=self.first_on.data,
            last_on=self.last_on.data,
            is_lost=bool(self.errors),
        )
