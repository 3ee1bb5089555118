"""What one had better not write at work of oneself: a reminder to its author alone (C08 SPEC 4; RGPD art. 9).

Never a block, never a report: the words are looked at while the form is answered, and nothing is kept of it.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

from portal.api import texts

from plugins.ambassadors.queries.stems import stems

_ = texts("ambassadors")

WATCHED = Path(__file__).with_name("watched.toml")
SUBJECTS = {
    "union": _.later("belonging to a union"),
    "belief": _.later("religion or belief"),
    "opinions": _.later("political opinions"),
    "health": _.later("health"),
    "intimacy": _.later("sex life or orientation"),
    "origin": _.later("origin"),
}


def _read() -> dict[str, frozenset[str]]:
    with WATCHED.open("rb") as file:
        told = tomllib.load(file)
    return {subject: frozenset(stem for word in words for stem in stems(word)) for subject, words in told.items()}


STEMS = _read()


def sensitive_subjects(*written: str) -> list[str]:
    """Name the sensitive subjects that what somebody wrote may speak of, in the order of the list."""
    found = stems(" ".join(written))
    return [str(SUBJECTS[subject]) for subject, watched in STEMS.items() if found & watched]
