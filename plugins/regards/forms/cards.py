"""The shape of a card of three lenses, for each way in; what a line may be is said once, by the services."""

from __future__ import annotations

import secrets

from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import Optional

from portal.api import Form, texts

from plugins.regards.models.card import LENSES
from plugins.regards.services.lines import BARS, Words

_ = texts("regards")

INSPIRING = _.later("The most inspiring")
RISKY = _.later("The riskiest")
QUESTION = _.later("The open question")
A_LINE_EACH = _.later("An idea on each line, five at most.")


class CardForm(Form):
    """Three fields: an idea on each line needs no button to add one."""

    inspiring = TextAreaField(INSPIRING, description=A_LINE_EACH)
    risky = TextAreaField(RISKY, description=A_LINE_EACH)
    question = TextAreaField(QUESTION, description=_.later("As you would ask it aloud."))

    @property
    def words(self) -> Words:
        """Give what the services take."""
        return Words.typed(self.inspiring.data, self.risky.data, self.question.data)


class OwnCardForm(CardForm):
    """The card of a lab, or of somebody in their own name."""

    seen = HiddenField(default=None)

    @classmethod
    def of(cls, lines: dict[str, list[str]]) -> OwnCardForm:
        """Show the card as it stands."""
        return cls(data={lens: "\n".join(lines.get(lens, ())) for lens in LENSES})


class _Keyed(Form):
    key = HiddenField(default="")

    def draw(self) -> None:
        """Draw the key that makes a second click the same card."""
        self.key.data = self.key.data or secrets.token_urlsafe(24)


class VisitorForm(CardForm, _Keyed):
    """The card of somebody without account."""

    signed = StringField(
        _.later("On whose behalf"),
        validators=[Optional()],
        description=_.later("A town, a service, a first name: only if you wish."),
    )


class PaperForm(_Keyed):
    """A paper card to type: three fields of one line, so that Enter keeps it."""

    inspiring = StringField(INSPIRING)
    risky = StringField(RISKY)
    question = StringField(QUESTION)
    signed = StringField(_.later("On whose behalf"), validators=[Optional()])

    @property
    def words(self) -> Words:
        """Give what the service takes."""
        return Words.typed(self.inspiring.data, self.risky.data, self.question.data, parted=BARS)
