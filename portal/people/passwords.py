"""Passwords and PINs: argon2id behind a semaphore, the same time for known and unknown people (P8).

A password is judged by how many guesses it would take, never by which signs it is made of.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import cache
from importlib import import_module
from threading import BoundedSemaphore
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from portal.errors import Invalid
from portal.texts import CORE, texts

_ = texts(CORE)
MIN_LENGTH = 15
MAX_LENGTH = 200
MIN_SCORE = 3  # of zxcvbn: more than a hundred million guesses
# Enough to tell; zxcvbn slows down without bound: 200 signs at random took 27 s, the worst 32 one second, most 10 ms.
JUDGED_LENGTH = 32
MIN_WORD = 3
PIN_DIGITS = 6
STANDS_FOR = str.maketrans("0134@5$", "oieaass")
# Words of lists of French passwords, of AZERTY keyboards and of every town hall; zxcvbn knows the English ones.
FRENCH_GUESSES = frozenset(
    guess
    for line in (
        "motdepasse mdp passe azerty azertyuiop qsdfgh qsdfghjklm wxcvbn qwertz qwerty password admin administrateur",
        "administratrice bonjour bonsoir coucou bienvenue salut soleil doudou loulou chouchou jetaime bisou bisous",
        "amour coeur chocolat princesse papillon vacances marseille france football champion secret secrete changezmoi",
        "changemoi achanger provisoire temporaire mairie commune ville agglo agglomeration metropole departement",
        "region collectivite intranet portail capotouvert interlabos labo labos service services agent agents accueil",
        "direction janvier fevrier mars avril juin juillet aout septembre octobre novembre decembre printemps ete",
        "automne hiver lundi mardi mercredi jeudi vendredi samedi dimanche",
    )
    for guess in line.split()
) | {"mot de passe", "mot-de-passe", "mot_de_passe", "je t aime", "je t'aime", "capot ouvert"}
_hasher = PasswordHasher()
_gate = BoundedSemaphore(2)  # a check takes 64 MiB and long: two at a time per process, the others wait
_UNKNOWN = "$argon2id$v=19$m=65536,t=3,p=4$c2l4dGVlbmJ5dGVzc2FsdA$W1TTVdqsIGC2x2xH4SbgUxfHuMF4fkT4tYpP3TQQ3oY"


def hash_secret(text: str) -> str:
    """Hash a password or a PIN; takes a third of a second: never while holding the write lock."""
    with _gate:
        return _hasher.hash(text)


def is_secret(stored: str | None, text: str) -> bool:
    """Check a password or a PIN; as slow when nothing is stored."""
    with _gate:
        try:
            _hasher.verify(stored or _UNKNOWN, text[:MAX_LENGTH])
        except (VerificationError, InvalidHashError):
            return False
    return stored is not None


def check_password(text: str, *, about: str = "") -> None:
    """Refuse a password that is too short, or that others would guess.

    What anybody would try first (common passwords of French keyboards, the words of `about`) counts for nothing: the
    rest must be hard to guess by itself. May take a second: never while holding the write lock.

    :param about: words an attacker would try first: name, matricule, e-mail address, name of the collectivity
    :raises Invalid: says why, and what to do
    """
    if len(text) < MIN_LENGTH:
        raise Invalid(_("At least %(n)s characters: a sentence does well.", n=MIN_LENGTH), field="password")
    if len(text) > MAX_LENGTH:
        raise Invalid(_("At most %(n)s characters.", n=MAX_LENGTH), field="password")
    if _score(text) < MIN_SCORE or _score(_without_guesses(text, about)) < MIN_SCORE:
        raise Invalid(
            _(
                "Too easy to guess: it is a common password, or made of your name or of the name of the place."
                " Choose a sentence that only you would write."
            ),
            field="password",
        )


def _score(text: str) -> int:
    if not text:
        return 0
    with _gate:
        return int(_judge()(text[:JUDGED_LENGTH])["score"])


@cache
def _judge() -> Callable[[str], dict[str, Any]]:
    """Give zxcvbn, loaded at the first password chosen: its lists take 0.2 s and 14 MB, which pages never need."""
    judge: Callable[[str], dict[str, Any]] = import_module("zxcvbn").zxcvbn
    return judge


def _without_guesses(text: str, about: str) -> str:
    """Take away what everybody would try first.

    Not by the `user_inputs` of zxcvbn: they are kept for the whole process, so that one person's name would count in
    the password of another; and it gives a common word with a year and two signs for strong.
    """
    words = {_plain(word) for word in (*about.split(), *re.findall(r"\w+", about)) if len(word) >= MIN_WORD}
    guesses = sorted(words | FRENCH_GUESSES, key=len, reverse=True)
    # the same length as `text`, sign for sign: what is found in the one is cut from the other
    found = re.finditer("|".join(map(re.escape, guesses)), _plain(text))
    kept, last = "", 0
    for guess in found:
        kept, last = kept + text[last : guess.start()], guess.end()
    return kept + text[last:]


def _plain(text: str) -> str:
    """Write each sign as a small letter without accent, whatever it stands for (« M0tdep@sse »)."""
    return "".join(unicodedata.normalize("NFKD", sign)[0].lower()[0] for sign in text).translate(STANDS_FOR)


def check_pin(text: str) -> None:
    """Refuse a PIN that is not six digits, or that a hand tries first.

    :raises Invalid: says why
    """
    if len(text) != PIN_DIGITS or not (text.isascii() and text.isdigit()):
        raise Invalid(_("Six digits."), field="pin")
    if len(set(text)) < 3 or text in "01234567890" or text in "09876543210":
        raise Invalid(_("Too easy to guess: choose other digits."), field="pin")
