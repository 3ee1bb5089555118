"""Words of the vocabulary that look like what somebody typed in vain. Never a word of anybody's card (P19)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches

from portal.api import fold

from plugins.ambassadors.models.vocabulary import Tag

CLOSE_ENOUGH = 0.72
MOST_NEAR = 5
WORD = re.compile(r"[^\W_]{3,}")


def near_labels(asked: str, tags: Iterable[Tag]) -> list[str]:
    """List the labels near a word of `asked`, alphabetical; a synonym leads to its label."""
    labels = {word: tag.label for tag in tags for word in WORD.findall(fold(f"{tag.label} {tag.synonyms}"))}
    words = WORD.findall(fold(asked))
    near = {labels[key] for word in words for key in get_close_matches(word, labels, n=3, cutoff=CLOSE_ENOUGH)}
    return sorted(near, key=fold)[:MOST_NEAR]
