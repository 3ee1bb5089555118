"""The shape of what people write about an ephemeral lab."""

from __future__ import annotations

from collections.abc import Iterable

from wtforms import BooleanField, HiddenField, RadioField, SearchField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from portal.api import AudienceField, Filters, Form, InstantField, SeenForm, texts

from plugins.labs.forms.labs import DURATIONS, numbered
from plugins.labs.models.ephemeral import (
    LEVELS,
    MAX_FIRST_NAME,
    MAX_LEARNT,
    MAX_PLACE,
    MAX_QUESTION,
    MAX_REASON,
    MAX_SERVICE,
    Ephemeral,
)
from plugins.labs.models.lab import Lab
from plugins.labs.models.outcomes import OUTCOMES
from plugins.labs.queries.ephemeral_states import State
from plugins.labs.queries.searches import Search

_ = texts("labs")

USUAL_MINUTES = 60
LENGTHS = {
    15: _.later("15 minutes"),
    30: _.later("30 minutes"),
    45: _.later("45 minutes"),
    **DURATIONS,
}
SHORTEST_OPENING = 30


def lengths_within(shortest: int, longest: int) -> list[SelectChoice]:
    """List the durations to choose from, the longest allowed always among them."""
    offered = {longest: _.plural("%(num)s minute", "%(num)s minutes", longest), **LENGTHS}
    within = [minutes for minutes in sorted(offered) if shortest <= minutes <= longest]
    return [SelectChoice(minutes, str(offered[minutes])) for minutes in within]


class OpeningForm(Form):
    """An ephemeral lab: five fields; what else there is stays folded (C01 SPEC 1)."""

    question = TextAreaField(
        _.later("The question"),
        validators=[InputRequired(), Length(max=MAX_QUESTION)],
        description=_.later("A real question, as you would ask it aloud."),
    )
    starts_at = InstantField(_.later("Starts"), validators=[InputRequired()])
    minutes = SelectField(_.later("Lasts at most"), coerce=int)
    place = StringField(_.later("Where"), validators=[Optional(), Length(max=MAX_PLACE)])
    audience = AudienceField(_.later("Who can read?"), levels=LEVELS)
    allows_guests = BooleanField(
        _.later("Let people without an account in"),
        description=_.later(
            "They scan the code of the lab and write their first name and their service. Agents who are not among"
            " the readers may come in the same way."
        ),
    )
    continues_id = SelectField(_.later("Continues another lab"), coerce=int)

    def offer(self, lab: Lab, *, before: Iterable[Ephemeral]) -> None:
        """Fill the lists with what this lab allows and with the labs that may be continued."""
        self.minutes.choices = lengths_within(min(SHORTEST_OPENING, lab.max_minutes), lab.max_minutes)
        self.continues_id.choices = [
            SelectChoice(0, _("no")),
            *(SelectChoice(other.id, other.question) for other in before),
        ]
        self.audience.for_group(lab.group_id)


class ExtensionForm(Form):
    """More time, once, with a reason (C01 SPEC 4)."""

    minutes = SelectField(_.later("Longer by"), coerce=int)
    reason = TextAreaField(_.later("Why"), validators=[InputRequired(), Length(max=MAX_REASON)])

    def offer(self, longest: int) -> None:
        """Fill the list of durations."""
        self.minutes.choices = lengths_within(min(15, longest), longest)


class QuestionForm(Form):
    """The question, corrected (C01 SPEC 9)."""

    question = TextAreaField(
        _.later("The question"),
        validators=[InputRequired(), Length(max=MAX_QUESTION)],
        description=_.later("What it said before stays readable."),
    )


class TellingForm(SeenForm):
    """What became of a lab and what was learnt: no answer is ticked beforehand (C01 SPEC 5)."""

    outcome = RadioField(
        _.later("What became of it"),
        choices=[SelectChoice(*pair) for pair in OUTCOMES.items()],
        validators=[InputRequired()],
    )
    learnt = TextAreaField(
        _.later("What was learnt"),
        validators=[InputRequired(), Length(max=MAX_LEARNT)],
        description=_.later("One sentence is enough."),
    )


class GuestForm(Form):
    """Somebody without an account: first name and service, nothing else (C01 SPEC 8)."""

    first_name = StringField(_.later("Your first name"), validators=[InputRequired(), Length(max=MAX_FIRST_NAME)])
    service = StringField(_.later("Your service"), validators=[InputRequired(), Length(max=MAX_SERVICE)])
    key = HiddenField(validators=[InputRequired()])


class EphemeralFilters(Filters):
    """Which ephemeral labs to list; a filter that means nothing filters nothing."""

    q = SearchField(_.later("Search"))
    state = StringField(_.later("State"))
    lab = StringField(_.later("Lab"))

    @property
    def search(self) -> Search:
        """Give what is looked for."""
        state = State(self.state.data) if self.state.data in list(State) else None
        return Search(self.q.data or "", state, numbered(self.lab.data))
