"""The shape of what is written about a commitment, and of what one looks for on the board (C07)."""

from __future__ import annotations

from datetime import date

from wtforms import DateField, RadioField, SearchField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from portal.api import Filters, Form, texts

from plugins.copils.models.commitment import MAX_KNOWN_BY, MAX_PROOF
from plugins.copils.models.copil import MAX_REASON
from plugins.copils.queries.commitment_states import WORDS, State
from plugins.copils.queries.commitments import EVERY, Search

_ = texts("copils")

STATES = [("", _.later("owed, or to be confirmed")), *WORDS.items(), (EVERY, _.later("all"))]
DONE, NOT_DONE = "yes", "no"


def numbered(text: str | None) -> int | None:
    """Read the number of a row in an address; None of anything else, and of a number no database has room for."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None


def _month(text: str | None) -> date | None:
    """Read a month such as 2018-01; None of anything else."""
    try:
        found = date.fromisoformat(f"{text}-01")
    except ValueError:
        return None
    return found if found.year < date.max.year else None


class BoardFilters(Filters):
    """Which commitments to list."""

    q = SearchField(_.later("Search"))
    state = StringField(_.later("State"))
    function = StringField(_.later("Function"))
    copil = StringField(_.later("Copil"))
    month = StringField(_.later("Due in"))

    @property
    def search(self) -> Search:
        """Give what is looked for; an address that says nonsense filters nothing."""
        state = self.state.data if self.state.data in {*State, EVERY} else ""
        numbers = numbered(self.function.data), numbered(self.copil.data)
        return Search(self.q.data or "", state or "", *numbers, _month(self.month.data))


class ProofForm(Form):
    """« C'est fait » (C07 SPEC 8)."""

    proof = TextAreaField(
        _.later("What was done"),
        validators=[InputRequired(), Length(max=MAX_PROOF)],
        description=_.later("One or two sentences, and where one can see it. Those who asked say whether it is done."),
    )


class PostponeForm(Form):
    """A later day, and why (C07 SPEC 7)."""

    due_on = DateField(_.later("New day"), validators=[InputRequired()])
    reason = TextAreaField(
        _.later("Why"),
        validators=[InputRequired(), Length(max=MAX_REASON)],
        description=_.later("Everybody will read it, beside the day that was promised before."),
    )


class KnownByForm(Form):
    """« On saura que c'est fait quand… » (C07 SPEC 5)."""

    known_by = TextAreaField(
        _.later("One will know it is done when…"),
        validators=[InputRequired(), Length(max=MAX_KNOWN_BY)],
        description=_.later("Something that anybody can see for themselves."),
    )


class VerdictForm(Form):
    """« C'est vraiment fait ? » (C07 SPEC 8)."""

    verdict = RadioField(
        _.later("Is it really done?"),
        choices=[SelectChoice(DONE, _.later("Yes, it is done")), SelectChoice(NOT_DONE, _.later("No, not yet"))],
        validators=[InputRequired()],
    )
    reason = TextAreaField(
        _.later("If not: what is still missing?"),
        validators=[Optional(), Length(max=MAX_REASON)],
        description=_.later("Everybody will read it. The commitment is then open again."),
    )
