"""The shape of what people write about a question."""

from __future__ import annotations

from collections.abc import Iterable

from wtforms import RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from portal.api import Form, PersonField, SeenForm, texts

from plugins.copils.models.copil import MAX_REASON
from plugins.copils.models.question import MAX_COLLECTIVE, MAX_DETAILS, MAX_QUESTION
from plugins.copils.queries.glances import Glance
from plugins.copils.services.asking import Words

_ = texts("copils")

ALONE, TOGETHER = "alone", "together"


class WordsForm(Form):
    """What a question says; the length is counted by the service, once, for every door."""

    text = TextAreaField(
        _.later("Your question"),
        validators=[InputRequired(), Length(max=MAX_QUESTION)],
        description=_.later("As you would ask it aloud. A function rather than a person’s name."),
    )
    details = TextAreaField(
        _.later("Why it is asked"),
        validators=[Optional(), Length(max=MAX_DETAILS)],
        description=_.later("What happens today, an example, what you have already tried."),
    )
    collective = StringField(
        _.later("Name of the collective"),
        validators=[Optional(), Length(max=MAX_COLLECTIVE)],
        description=_.later("Only if you ask together. It is shown in place of your names."),
    )

    @property
    def words(self) -> Words:
        """Give what the services take."""
        return Words(self.text.data or "", self.details.data or "", self.collective.data or "")


class AskForm(WordsForm):
    """A question: five fields, two of which stay folded (law 1)."""

    asked = RadioField(
        _.later("Who asks it?"),
        choices=[
            SelectChoice(ALONE, _.later("I do, in my own name")),
            SelectChoice(TOGETHER, _.later("A collective: three people at least, whose names are not shown")),
        ],
        default=ALONE,
        validators=[InputRequired()],
    )
    person = PersonField(
        _.later("First person to invite"),
        validators=[Optional()],
        description=_.later("Name or staff number. You may invite others afterwards."),
    )

    @property
    def is_collective(self) -> bool:
        """Tell whether it is asked together."""
        return bool(self.asked.data == TOGETHER)

    @property
    def is_unfolded(self) -> bool:
        """Tell whether the folded fields must be shown open."""
        return bool(self.details.data or self.details.errors or self.person.errors or self.person.data)


class RewordForm(WordsForm, SeenForm):
    """The words of a question, changed by one of those who ask it."""

    def of(self, *, is_collective: bool) -> None:
        """Ask for the name of a collective of a collective only."""
        if not is_collective:
            del self.collective

    @property
    def words(self) -> Words:
        """Give what the service takes."""
        name = self.collective.data if "collective" in self else ""
        return Words(self.text.data or "", self.details.data or "", name or "")


class InviteForm(Form):
    """Somebody to ask it together with."""

    person = PersonField(
        _.later("Who"), validators=[InputRequired()], description=_.later("Name or staff number, one at a time.")
    )


class TogetherForm(Form):
    """The other question of the same agenda."""

    other = RadioField(_.later("Together with which question?"), coerce=int, validators=[InputRequired()])

    def offer(self, others: Iterable[Glance]) -> None:
        """Fill the list, in the order of the agenda."""
        self.other.choices = [SelectChoice(glance.question.id, glance.title) for glance in others]


class ReturnForm(Form):
    """Why a question goes back to those who ask it; everybody reads it."""

    reason = TextAreaField(
        _.later("Why"),
        validators=[InputRequired(), Length(max=MAX_REASON)],
        description=_.later("Everybody who reads the copil reads this reason. Say what to change."),
    )


class MaskForm(Form):
    """A personal name to mask."""

    name = StringField(
        _.later("The name to mask"),
        validators=[InputRequired()],
        description=_.later("As it is written in the question; capitals do not matter. It is kept nowhere."),
    )
