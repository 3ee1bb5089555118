"""The shape of what people write about a light project (C02)."""

from __future__ import annotations

from typing import Any

from wtforms import DateField, RadioField, SearchField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from portal.api import Audience, AudienceField, Filters, Form, PersonField, SeenForm, texts

from plugins.labs.forms.labs import numbered
from plugins.labs.models.outcomes import LEARNT, OUTCOMES
from plugins.labs.models.project import MAX_LEARNT, NO_RESULT_OWED, RESULT_EXPECTED
from plugins.labs.queries.projects import ProjectSearch
from plugins.labs.services.projects import Clause

_ = texts("labs")

CLAUSES = {
    NO_RESULT_OWED: _.later("No obligation of result"),
    RESULT_EXPECTED: _.later("Result expected"),
}
CHOICES = [SelectChoice(*pair) for pair in CLAUSES.items()]
ENDS = [SelectChoice(*pair) for pair in OUTCOMES.items()]
LEVELS = (Audience.LAB, Audience.NETWORK, Audience.INTRANET)
STATES = {"": _.later("all"), "open": _.later("under way"), "closed": _.later("ended")}


class ClauseFields(Form):
    """What a project owes. Who, what and when are asked only if a result is expected (C02 SPEC 1)."""

    clause = RadioField(_.later("Clause"), choices=CHOICES, default=NO_RESULT_OWED)
    expected_by = StringField(
        _.later("Who expects it"),
        validators=[Optional(), Length(max=160)],
        description=_.later("A function rather than a person: it outlives whoever holds it."),
    )
    expected_what = StringField(_.later("What is expected"), validators=[Optional(), Length(max=300)])
    expected_on = DateField(_.later("By what day"), validators=[Optional()])

    @property
    def clause_value(self) -> Clause:
        """Give the clause that was written."""
        if self.clause.data != RESULT_EXPECTED:
            return Clause(self.clause.data)
        return Clause(
            RESULT_EXPECTED, self.expected_by.data or "", self.expected_what.data or "", self.expected_on.data
        )

    @property
    def is_expecting(self) -> bool:
        """Tell whether the folded fields must be shown open."""
        return bool(self.clause.data == RESULT_EXPECTED)


class ProjectForm(ClauseFields):
    """A new project: five fields on the screen (law 1)."""

    title = StringField(_.later("The project"), validators=[InputRequired(), Length(max=160)])
    about = TextAreaField(_.later("In a few words"), validators=[Optional(), Length(max=4000)])
    guarantor = PersonField(
        _.later("Guarantor"),
        validators=[Optional()],
        description=_.later("The clause changes only if they agree. You may name them later."),
    )
    audience = AudienceField(_.later("Who can read it?"), levels=LEVELS)

    @property
    def values(self) -> dict[str, Any]:
        """Give what `open_project` takes."""
        kept = ("title", "about", "guarantor", "audience")
        return {name: self[name].data for name in kept} | {"clause": self.clause_value}


class RewordForm(Form):
    """What the lead may still write while the project runs."""

    title = StringField(_.later("The project"), validators=[InputRequired(), Length(max=160)])
    about = TextAreaField(_.later("In a few words"), validators=[Optional(), Length(max=4000)])
    audience = AudienceField(_.later("Who can read it?"), levels=LEVELS)

    @property
    def values(self) -> dict[str, Any]:
        """Give what `reword_project` takes; without its field the audience stays as it is."""
        chosen = self.audience.data if "audience" in self else None
        return {"title": self.title.data, "about": self.about.data, "audience": chosen}


class ClauseForm(ClauseFields):
    """Another clause, proposed to the other of the two who must agree (C02 SPEC 2)."""

    reason = StringField(_.later("Why"), validators=[Optional(), Length(max=300)])


class EndForm(SeenForm):
    """The end of a project: without result, one sentence learnt and nothing else (C02 SPEC 4)."""

    learnt = TextAreaField(
        _.later("What was learnt"),
        validators=[InputRequired(), Length(max=MAX_LEARNT)],
        description=_.later("One sentence is enough: something another team would like to know."),
    )
    outcome = RadioField(_.later("How it ended"), choices=ENDS, default=LEARNT)
    saved = StringField(
        _.later("What stopping it saved"),
        validators=[Optional(), Length(max=300)],
        description=_.later("Time, money, weariness: in your own words, for the cheerful graveyard."),
    )


class ProjectFilters(Filters):
    """Which projects to list: never by outcome, whose total would be a rate (C02 SPEC 3)."""

    q = SearchField(_.later("Search"))
    state = StringField(_.later("State"))
    lab = StringField(_.later("Lab"))

    @property
    def search(self) -> ProjectSearch:
        """Give what is looked for; an address that says nonsense filters nothing."""
        state = self.state.data if self.state.data in {"open", "closed"} else ""
        return ProjectSearch(self.q.data or "", state, numbered(self.lab.data))
