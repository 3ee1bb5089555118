"""Words as a list orders and finds them: without capitals or accents; and one wording told from another.

What is searched keeps its words folded, so that « école » finds « École » on both databases.
"""

from __future__ import annotations

import hashlib
import unicodedata
from typing import Any

import sqlalchemy as sa

LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ı": "i", "ø": "o", "ł": "l", "đ": "d", "’": "'"})
MOST_WORDS = 8
MOST_LETTERS = 200


def fold(*texts: str | None) -> str:
    """Join texts without capitals, accents and double spaces: « Émile  Œuvrard » is « emile oeuvrard »."""
    text = " ".join(filter(None, texts))
    if text.isascii():
        return " ".join(text.lower().split())
    plain = unicodedata.normalize("NFKD", text.casefold().translate(LIGATURES))
    return " ".join("".join(letter for letter in plain if not unicodedata.combining(letter)).split())


def sought(text: str) -> list[str]:
    """Give the first words of what somebody looks for, folded; a database refuses a search that has no end."""
    return fold(text[:MOST_LETTERS]).split()[:MOST_WORDS]


def among_words(folded: Any, count: int) -> list[sa.ColumnElement[bool]]:
    """Give a criterion for each of `count` words that a folded text holds; `word_values` gives the words."""
    return [folded.contains(sa.bindparam(f"word_{place}"), escape="/") for place in range(count)]


def word_values(words: list[str]) -> dict[str, str]:
    """Give the values of the parameters of `among_words`; what LIKE would read otherwise is said to be a letter."""
    escaped = (word.replace("/", "//").replace("%", "/%").replace("_", "/_") for word in words)
    return {f"word_{place}": word for place, word in enumerate(escaped)}


def edition(*texts: str | None) -> str:
    """Tell one wording from another: a form sends back the one it was shown with."""
    return hashlib.sha256("\n".join(text or "" for text in texts).encode()).hexdigest()[:16]
