"""Words as the search finds them: « dessiner », « dessins » and « Dessinateur » are the same (French inflections).

A person who types without accents must find what was typed with them, and the French stemmer leans on accents: a word
is kept under both stems.
"""

from __future__ import annotations

import re
from pathlib import Path

from snowballstemmer import stemmer

from portal.api import fold

from plugins.ambassadors.models.card import MAX_STEM

WORD = re.compile(r"[^\W_]+")
FRENCH = stemmer("french")
MOST_STEMS = 120
MOST_ASKED = 8
SHORTEST_PLURAL = 3
# What a sentence is made of, and says nothing of a talent: « je cherche quelqu'un qui sait… ».
EMPTY = frozenset(Path(__file__).with_name("empty.txt").read_text(encoding="utf-8").split())


def stems(text: str) -> set[str]:
    """Give the stems that a text is found by, and no more than `MOST_STEMS` words of it."""
    return {stem for word in _words(text)[:MOST_STEMS] for stem in _stems_of(word)}


def asked_stems(text: str) -> list[frozenset[str]]:
    """Give, for each word somebody looks for, the stems it may be found under; empty if they look for nothing."""
    found = dict.fromkeys(frozenset(_stems_of(word)) for word in _words(text))
    return list(found)[:MOST_ASKED]


def _words(text: str) -> list[str]:
    words = (word for word in WORD.findall(text.casefold()) if len(word) > 1 or word.isdigit())
    return [word for word in words if fold(word) not in EMPTY]


def _stems_of(word: str) -> set[str]:
    """Give the stems of a word and of its singular: the stemmer leaves the plural of « vélos » or « bijoux »."""
    forms = {word, word[:-1]} if word[-1] in "sx" and len(word) > SHORTEST_PLURAL else {word}
    stemmed = {stem for form in forms for stem in (fold(FRENCH.stemWord(form)), FRENCH.stemWord(fold(form)))}
    return {stem[:MAX_STEM] for stem in stemmed}
