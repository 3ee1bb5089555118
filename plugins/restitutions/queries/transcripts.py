"""The words of a video: where one of them is said, and all of them, a paragraph for each half minute."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

import sqlalchemy as sa

from portal.api import session, word_values

from plugins.restitutions.models import Cue
from plugins.restitutions.values.captions import Spoken

PARAGRAPH_MS = 30_000
_CUES = (
    sa.select(Cue.starts_ms, Cue.ends_ms, Cue.words)
    .where(Cue.restitution_id == sa.bindparam("number"))
    .order_by(Cue.starts_ms, Cue.id)
)
_ANY = sa.select(Cue.id).where(Cue.restitution_id == sa.bindparam("number")).limit(1)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """What is said within half a minute.

    :ivar seconds: when it begins
    """

    seconds: int
    words: str


def cues_of(restitution_id: int) -> list[Spoken]:
    """List the words of a video with their times."""
    return [Spoken(*row) for row in session.execute(_CUES, {"number": restitution_id})]


def has_words(restitution_id: int) -> bool:
    """Tell whether there is a transcript."""
    return session.scalar(_ANY, {"number": restitution_id}) is not None


def paragraphs(cues: Sequence[Spoken]) -> list[Paragraph]:
    """Put words together so that one can read them."""
    halves = groupby(cues, key=lambda cue: cue.starts_ms // PARAGRAPH_MS)
    found = [list(some) for _half, some in halves]
    return [Paragraph(some[0].starts_ms // 1000, " ".join(cue.words for cue in some)) for some in found]


def best_hits(restitution_ids: Iterable[int], words: Sequence[str]) -> dict[int, Spoken]:
    """Give where most of these words are said together, the first such place, by restitution; one query."""
    numbers = list(restitution_ids)
    if not numbers or not words:
        return {}
    rows = session.execute(_hits(len(words)), {"some": numbers, **word_values(list(words))})
    return {row[0]: Spoken(*row[1:]) for row in rows}


@lru_cache(maxsize=16)
def _hits(count: int) -> sa.Select[int, int, int, str]:
    said = [Cue.folded.contains(sa.bindparam(f"word_{place}"), escape="/") for place in range(count)]
    many = sum((sa.case((one, 1), else_=0) for one in said), sa.literal(0))
    rank = sa.func.row_number().over(partition_by=Cue.restitution_id, order_by=(many.desc(), Cue.starts_ms, Cue.id))
    found = (
        sa.select(Cue.restitution_id, Cue.starts_ms, Cue.ends_ms, Cue.words, rank.label("rank"))
        .where(Cue.restitution_id.in_(sa.bindparam("some", expanding=True)), sa.or_(*said))
        .subquery()
    )
    return sa.select(found.c.restitution_id, found.c.starts_ms, found.c.ends_ms, found.c.words).where(found.c.rank == 1)
