"""The shape of what follows the reveal: a reply, what becomes of a question, which questions to list."""

from __future__ import annotations

from wtforms import RadioField, SearchField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from portal.api import Filters, Form, SeenForm, texts

from plugins.regards.models.card import MAX_REPLY, MAX_WORDS
from plugins.regards.queries.lines import QuestionSearch, State

_ = texts("regards")

LONGEST_NUMBER = 10


class ReplyForm(SeenForm):
    """The reply of the team to one line."""

    words = TextAreaField(
        _.later("The reply of your team"),
        validators=[InputRequired(), Length(max=MAX_REPLY)],
        description=_.later("Everybody who reads this round reads it."),
    )


class MaskForm(Form):
    """Why a line is masked."""

    reason = StringField(
        _.later("Why it is masked"),
        validators=[InputRequired(), Length(max=MAX_WORDS)],
        description=_.later("Everybody who reads the round reads the reason; do not repeat what it said."),
    )


class MarkForm(SeenForm):
    """What became of a question, in one sentence; neither answer is ticked beforehand."""

    state = RadioField(
        _.later("What became of it"),
        choices=[
            SelectChoice(State.LIT.value, _.later("Light was shed on it: one knows more")),
            SelectChoice(State.CLOSED.value, _.later("It is closed: it need not be asked any more")),
        ],
        validators=[InputRequired()],
    )
    note = TextAreaField(
        _.later("In one sentence"),
        validators=[InputRequired(), Length(max=MAX_WORDS)],
        description=_.later("What is known by now, or why it is closed."),
    )


class QuestionFilters(Filters):
    """Which questions to list; a filter that means nothing filters nothing."""

    q = SearchField(_.later("Search"))
    state = StringField(_.later("State"))
    about = StringField(_.later("About"))

    @property
    def search(self) -> QuestionSearch:
        """Give what is looked for."""
        state = State(self.state.data) if self.state.data in list(State) else None
        return QuestionSearch(self.q.data or "", state, subject_in(self.about.data))


def subject_in(text: str | None) -> tuple[str, int] | None:
    """Read « labs.lab:3 » in an address; None of anything else, and of a number no database has room for."""
    kind, _colon, number = (text or "").partition(":")
    is_number = number.isascii() and number.isdigit() and len(number) < LONGEST_NUMBER
    return (kind, int(number)) if kind and is_number and "\0" not in kind else None
