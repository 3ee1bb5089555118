"""Names as a list orders and finds them: without capitals, without accents."""

from __future__ import annotations

import unicodedata

LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ı": "i", "ø": "o", "ł": "l", "đ": "d", "’": "'"})


def fold(text: str) -> str:
    """Give a text without capitals, accents and double spaces: « Émile  Œuvrard » is « emile oeuvrard »."""
    if text.isascii():
        return " ".join(text.lower().split())
    plain = unicodedata.normalize("NFKD", text.casefold().translate(LIGATURES))
    return " ".join("".join(letter for letter in plain if not unicodedata.combining(letter)).split())
