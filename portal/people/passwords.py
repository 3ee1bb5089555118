"""Passwords and PINs: argon2id behind a semaphore, the same time for known and unknown people (P8)."""

from __future__ import annotations

from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from portal.errors import Invalid
from portal.texts import CORE, texts

_ = texts(CORE)
MIN_LENGTH = 15
MAX_LENGTH = 200
MIN_DISTINCT = 6
PIN_DIGITS = 6
_hasher = PasswordHasher()
_gate = BoundedSemaphore(2)  # a check takes 64 MiB: two at a time per process, the others wait
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
    """Refuse a password that is too short or too simple.

    :param about: words an attacker would try first: name, matricule, e-mail address
    :raises Invalid: says why, and what to do
    """
    if len(text) < MIN_LENGTH:
        raise Invalid(_("At least %(n)s characters: a sentence does well.", n=MIN_LENGTH), field="password")
    if len(text) > MAX_LENGTH:
        raise Invalid(_("At most %(n)s characters.", n=MAX_LENGTH), field="password")
    if len(set(text.lower())) < MIN_DISTINCT or any(word in text.lower() for word in _guessable(about)):
        raise Invalid(_("Too easy to guess. Choose a sentence that only you would write."), field="password")


def _guessable(about: str) -> list[str]:
    return ["motdepasse", "password", "azertyuiop", "qwertyuiop", "123456789"] + [
        word for word in about.lower().split() if len(word) >= 5
    ]


def check_pin(text: str) -> None:
    """Refuse a PIN that is not six digits, or that a hand tries first.

    :raises Invalid: says why
    """
    if len(text) != PIN_DIGITS or not (text.isascii() and text.isdigit()):
        raise Invalid(_("Six digits."), field="pin")
    if len(set(text)) < 3 or text in "01234567890" or text in "09876543210":
        raise Invalid(_("Too easy to guess: choose other digits."), field="pin")
