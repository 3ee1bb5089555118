"""The three lenses, as the slide says them."""

from __future__ import annotations

from portal.api import texts

from plugins.regards.models.card import INSPIRING, QUESTION, RISKY

_ = texts("regards")

LENS_TITLES = {
    INSPIRING: _.later("The most inspiring"),
    RISKY: _.later("The riskiest"),
    QUESTION: _.later("The open question"),
}
