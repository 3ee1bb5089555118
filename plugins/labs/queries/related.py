"""« Ces labos ont parlé de ça »: labs that share words with a question; simple, bounded, without any index of ours."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from functools import cache

import sqlalchemy as sa

from portal.api import Viewer, among_words, fold, reading, session, word_values

from plugins.labs.models.ephemeral import Ephemeral
from plugins.labs.queries.ephemeral_states import State, is_current
from plugins.labs.queries.searches import Labs, Search

SHOWN = 3
READ_AT_MOST = 60
SEARCHED_AT_MOST = 1000
WORDS_AT_MOST = 8
SHORTEST_WORD = 4
# words a question is built with: they tie nothing to anything
_EMPTY = """
alors apres aussi autre autres avant avec avoir avons beaucoup bien cela celle celles celui cette ceux chaque chez
combien comme comment contre dans depuis doit doivent donc dont elle elles encore entre etre etes faire fait fallait
faudra faut fois garde hors ici jamais labo labos leur leurs lors mais meme mettre mieux moins notre nous oblige parce
pendant peut peuvent plus plutot pour pourquoi pouvons quand quel quelle quelles quelqu quels quoi sans sera seront
sommes sont sous sujet tous tout toute toutes trop veut veulent vers veux voir votre vous vraiment
about after does from have lab labs make that their them they this what when where which with without would your
"""
_other = sa.alias(Ephemeral.__table__, "other").c
EMPTY_WORDS = frozenset(_EMPTY.split())


@dataclass(frozen=True, slots=True)
class Related:
    """Labs near a question: what runs at the same time on it, what was told of it."""

    running: list[Ephemeral]
    told: list[Ephemeral]


def telling_words(question: str) -> list[str]:
    """Give the words of a question that say what it is about, longest first, without plural mark."""
    words = {word.rstrip("sx") for word in re.findall(r"[a-z0-9]+", fold(question)) if word not in EMPTY_WORDS}
    return sorted((word for word in words if len(word) >= SHORTEST_WORD), key=lambda w: (-len(w), w))[:WORDS_AT_MOST]


def related_to(ephemeral: Ephemeral, viewer: Viewer, *, at: datetime) -> Related:
    """Give up to three told labs that share words with this one's question; while it is not over, open ones too.

    Those that share most words come first, then the newest; never by outcome.
    """
    words = telling_words(ephemeral.question)
    if not words:
        return Related([], [])
    told = _nearest(State.TOLD, words, ephemeral, viewer, at=at)
    return Related(_nearest(State.OPEN, words, ephemeral, viewer, at=at) if at < ephemeral.ends_at else [], told)


def _newest_told() -> sa.ColumnElement[bool]:
    """Give the criterion of the newest labs told: a rare word must not make us read every lab there ever was."""
    newest = sa.select(_other.id).where(_other.told_at.is_not(None)).order_by(_other.starts_at.desc(), _other.id.desc())
    return Ephemeral.id.in_(newest.limit(SEARCHED_AT_MOST))


@cache
def _sharing(words: int, state: State) -> Labs:
    """Select the newest readable labs in `state`, but the one asked about, that hold one of the words."""
    among = is_current() if state is State.OPEN else _newest_told()
    one_of_them = sa.or_(*among_words(Ephemeral.folded, words))
    others = Search(state=state).statement.where(Ephemeral.id != sa.bindparam("number"), among, one_of_them)
    return others.order_by(Ephemeral.starts_at.desc(), Ephemeral.id.desc()).limit(READ_AT_MOST)


def _nearest(state: State, words: list[str], ephemeral: Ephemeral, viewer: Viewer, *, at: datetime) -> list[Ephemeral]:
    asked = reading(viewer, at=at, number=ephemeral.id, **word_values(words))
    # sorted() is stable: at equal number of words the newest stays first
    near = session.scalars(_sharing(len(words), state), asked)
    return sorted(near, key=lambda other: -sum(word in other.folded for word in words))[:SHOWN]
