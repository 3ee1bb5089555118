"""The shape of a card of three lenses, for each way in; what a line may be is said once, by the services."""

from __future__ import annotations

import secrets
from typing import Any

from flask import request
from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import Optional

from portal.api import Form, Overtaken, PortalError, SeenForm, texts

from plugins.regards.models.card import LENSES
from plugins.regards.services.lines import BARS, BREAKS, Words, faults

_ = texts("regards")

INSPIRING = _.later("The most inspiring")
RISKY = _.later("The riskiest")
QUESTION = _.later("The open question")
A_LINE_EACH = _.later("An idea on each line: one at least, five at most.")


class _Lenses(Form):
    """Whatever holds the three lenses says all that it lacks at once, each beside its field."""

    parted = BREAKS

    @property
    def words(self) -> Words:
        """Give what the services take."""
        return Words.typed(*(self[lens].data for lens in LENSES), parted=self.parted)

    @property
    def is_draft(self) -> bool:
        """Tell whether it may lack lenses."""
        return False

    def validate(self, extra_validators: Any = None) -> bool:
        """Tell whether this is a card."""
        is_sound = super().validate(extra_validators)
        found = faults(self.words, is_draft=self.is_draft)
        for lens, text in found.items():
            self[lens].errors = [*self[lens].errors, text]
        return is_sound and not found


class CardForm(_Lenses):
    """Three fields: an idea on each line needs no button to add one."""

    inspiring = TextAreaField(INSPIRING, description=A_LINE_EACH)
    risky = TextAreaField(RISKY, description=A_LINE_EACH)
    question = TextAreaField(QUESTION, description=_.later("As you would ask it aloud: one at least, five at most."))


class OwnCardForm(CardForm, SeenForm):
    """The card of a lab, or of somebody in their own name."""

    @property
    def is_draft(self) -> bool:
        """Tell which button was used."""
        return "draft" in request.form

    def refuse(self, refusal: PortalError) -> None:
        """Say whether the card is a draft, or handed in, where the button used says otherwise: no field does."""
        super().refuse(refusal)
        if isinstance(refusal, Overtaken) and refusal.said["is_draft"] != self.is_draft:
            now_it_is = _("This card is handed in.") if self.is_draft else _("This card is a draft.")
            self.form_errors.append(now_it_is)


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


class PaperForm(_Lenses, _Keyed):
    """A paper card to type: three fields of one line, so that Enter keeps it."""

    parted = BARS
    inspiring = StringField(INSPIRING)
    risky = StringField(RISKY)
    question = StringField(QUESTION)
    signed = StringField(_.later("On whose behalf"), validators=[Optional()])
