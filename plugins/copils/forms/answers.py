"""The shape of the answer to a question: one of four, filled in while it is given (C07 SPEC 4)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, timedelta

from wtforms import DateField, HiddenField, RadioField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from portal.api import Form, SeenForm, texts

from plugins.copils.models.copil import PRESENT
from plugins.copils.models.question import DELEGATED, LATER, MAX_ANSWER, NO, YES, Question
from plugins.copils.queries.deciders import Seat
from plugins.copils.services.answering import Reply, answer_of

_ = texts("copils")

KINDS = {
    YES: _.later("Yes: a commitment"),
    NO: _.later("No: why"),
    LATER: _.later("Not now: looked at again"),
    DELEGATED: _.later("Handed to a function"),
}
SOON = {
    "14": _.later("in two weeks"),
    "30": _.later("in a month"),
    "91": _.later("in three months"),
    "182": _.later("in six months"),
    "": _.later("on another day"),
}


class AnswerForm(Form):
    """One answer; the fields its kind does not need are ignored."""

    kind = RadioField(
        _.later("What is answered"),
        choices=[SelectChoice(*pair) for pair in KINDS.items()],
        validators=[InputRequired()],
    )
    text = TextAreaField(
        _.later("In their words: the commitment, or why"),
        validators=[Optional(), Length(max=MAX_ANSWER)],
        description=_.later("A yes and a no need some."),
    )
    function_id = SelectField(_.later("Which function, of a yes or if handed on"), coerce=int, validate_choice=False)
    soon = RadioField(
        _.later("By when, unless it is a no"),
        choices=[SelectChoice(*pair) for pair in SOON.items()],
        default="30",
        validators=[Optional()],
    )
    due_on = DateField(_.later("Another day"), validators=[Optional()])
    room = HiddenField()

    def offer(self, functions: Iterable[tuple[int, str]], seats: Iterable[Seat]) -> None:
        """Fill the list of functions, those in the room first, the others as what they are: they may commit too."""
        came = [seat.function for seat in seats if seat.decider.presence == PRESENT]
        here = {function.id: function.name for function in came}
        self.away = {number: name for number, name in functions if number not in here}
        self.function_id.choices = [
            *([] if len(here) == 1 else [SelectChoice(0, _("choose"))]),
            *(SelectChoice(number, name) for number, name in here.items()),
            *(SelectChoice(number, _("%(name)s (not in the room)", name=name)) for number, name in self.away.items()),
        ]
        sit = ", ".join(f"{function.holder.name} ({function.name})" for function in came if function.holder)
        self.function_id.description = _("In the room: %(people)s. Another function may commit too.", people=sit)

    @property
    def absent(self) -> str | None:
        """Name the function that commits without being in the room, if this answer commits one."""
        return self.away.get(self.function_id.data) if self.kind.data in {YES, DELEGATED} else None

    def reply(self, today: date) -> Reply:
        """Give what is answered; a day that was written goes before a shortcut."""
        day = self.due_on.data
        if day is None and self.soon.data:
            day = today + timedelta(days=int(self.soon.data))
        return Reply(self.kind.data, self.text.data or "", self.function_id.data or None, day)


class CorrectAnswerForm(AnswerForm, SeenForm):
    """Another answer in the place of the first; others may be correcting it too."""

    @classmethod
    def of(cls, question: Question) -> CorrectAnswerForm:
        """Show what was answered."""
        said = asdict(answer_of(question))
        return cls(data={**said, "soon": ""}).shown_with(said)
