"""Addresses that people or plugins wrote: the one judge of which may become a link (trust P5); where they may break."""

from __future__ import annotations

from urllib.parse import urlsplit

from markupsafe import Markup, escape

SAFE_SCHEMES = frozenset({"http", "https", "mailto", "tel"})


def safe_url(text: str) -> str | None:
    """Give the address if a link may lead there; None for any other scheme, a relative or an unreadable one."""
    address = text.strip()
    if any(ord(letter) < 33 for letter in address):  # browsers drop tabs and line ends before they read the scheme
        return None
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    if parts.scheme not in SAFE_SCHEMES or (parts.scheme in {"http", "https"} and not parts.netloc):
        return None
    return address


def breakable(words: object) -> object:
    """Let a line end after the @ and the dots of an e-mail address; what has none, or is markup, is given back."""
    if not isinstance(words, str) or isinstance(words, Markup) or "@" not in words:
        return words
    return escape(words).replace("@", Markup("@<wbr>")).replace(".", Markup(".<wbr>"))
