"""The order of the day: nobody is always first, and nothing of a person makes it (C08 SPEC 2)."""

from __future__ import annotations

from datetime import date
from hashlib import sha256
from typing import Any

import sqlalchemy as sa

from plugins.ambassadors.models.card import SHUFFLE_PRIME, Card

_DAY: sa.BindParameter[int] = sa.bindparam("day_number", type_=sa.BigInteger())
# A permutation of all the cards that is another every day; ascending, with `day_values` among the values.
TURN: sa.Label[Any] = (sa.cast(Card.shuffle, sa.BigInteger()) * _DAY % SHUFFLE_PRIME).label("turn")


def day_values(day: date) -> dict[str, int]:
    """Give the value that a statement with `TURN` in it is executed with: the number of the day."""
    drawn = int(sha256(day.isoformat().encode()).hexdigest(), 16)
    return {"day_number": 1 + drawn % (SHUFFLE_PRIME - 1)}
