"""Reading the address of a video that somebody pasted (C33 SPEC 1 and 2). What is not understood is never guessed."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import SplitResult, parse_qs, urlsplit

from plugins.restitutions.values.places import PEERTUBE, POD, VIMEO, YOUTUBE, Place

MAX_ADDRESS = 2000
WRITTEN = re.compile(r"[!-Z^-~]+")  # ASCII without blank, backslash, bracket: every reader reads it alike
SHORT_HOST = "youtu.be"
YOUTUBE_HOSTS = frozenset(
    {SHORT_HOST, "youtube.com", "www.youtube.com", "m.youtube.com", "youtube-nocookie.com", "www.youtube-nocookie.com"}
)
VIMEO_HOSTS = frozenset({"vimeo.com", "www.vimeo.com", "player.vimeo.com"})
YOUTUBE_ID = re.compile(r"[A-Za-z0-9_-]{11}")
VIMEO_ID, VIMEO_HASH = re.compile(r"[0-9]{1,12}"), re.compile(r"[0-9a-f]{6,20}")
PEERTUBE_ID = re.compile(r"[A-Za-z0-9-]{10,40}")
POD_SLUG, POD_HASH = re.compile(r"[A-Za-z0-9_-]{1,200}"), re.compile(r"[0-9a-f]{64}")
SECONDS = re.compile(r"(?:(\d{1,2})h)?(?:(\d{1,4})m)?(?:(\d{1,6})s?)?")
MAX_START = 24 * 3600


class Fault(StrEnum):
    """Why an address is not taken at all."""

    HTTPS = "https"
    HOST = "host"
    SIGNS = "signs"


@dataclass(frozen=True, slots=True)
class Allowed:
    """Whose videos the collectivity takes.

    :ivar hosts: of PeerTube and of Pod
    """

    youtube: bool = True
    vimeo: bool = True
    hosts: frozenset[str] = frozenset()

    @property
    def providers(self) -> list[str]:
        """Give those that have one host for everybody."""
        return [name for name, taken in ((YOUTUBE, self.youtube), (VIMEO, self.vimeo)) if taken]

    def takes(self, place: Place) -> bool:
        """Tell whether a video stands where the collectivity takes videos now."""
        return place.provider in self.providers or place.host in self.hosts


@dataclass(frozen=True, slots=True)
class ReadAddress:
    """What an address says.

    :ivar place: None if no video was recognised there
    :ivar is_repaired: blanks were taken out: somebody has to say whether this is what they meant
    :ivar fault: it is not taken at all
    """

    place: Place | None = None
    is_repaired: bool = False
    fault: Fault | None = None


def read_address(text: str, allowed: Allowed) -> ReadAddress:
    """Read an address; of a link to `youtu.be` cut by blanks, read it without them."""
    whole = text.strip()
    joined = "".join(whole.split())
    found = _read(joined, allowed)
    if joined == whole or found.fault is not None:
        return found
    if (urlsplit(joined).hostname or "") != SHORT_HOST:
        return ReadAddress(fault=Fault.SIGNS)
    return ReadAddress(found.place, is_repaired=found.place is not None)


def _read(text: str, allowed: Allowed) -> ReadAddress:
    if not WRITTEN.fullmatch(text) or len(text) > MAX_ADDRESS:
        return ReadAddress(fault=Fault.SIGNS)
    parts = urlsplit(text)
    host = (parts.hostname or "").lower()
    if parts.scheme.lower() != "https":
        return ReadAddress(fault=Fault.HTTPS)
    reader = _reader(host, allowed)
    if parts.netloc.lower() != host or reader is None:  # a name before @, a port: none of them is a host
        return ReadAddress(fault=Fault.HOST)
    return ReadAddress(reader(parts, host))


def _reader(host: str, allowed: Allowed) -> Callable[[SplitResult, str], Place | None] | None:
    if host in YOUTUBE_HOSTS and allowed.youtube:
        return _youtube
    if host in VIMEO_HOSTS and allowed.vimeo:
        return _vimeo
    return _of_the_collectivity if host in allowed.hosts else None


def _segments(parts: SplitResult) -> list[str]:
    return [segment for segment in parts.path.split("/") if segment]


def _asked(parts: SplitResult, name: str) -> str:
    return parse_qs(parts.query).get(name, [""])[0]


def _start(parts: SplitResult) -> int:
    """Read where a video is to begin: `t=90`, `t=1m30s`, `start=90`, `#t=90s`; zero if it does not say."""
    after = parts.fragment.removeprefix("t=") if parts.fragment.startswith("t=") else ""
    said = SECONDS.fullmatch(_asked(parts, "t") or _asked(parts, "start") or after)
    hours, minutes, seconds = (int(part or 0) for part in said.groups()) if said else (0, 0, 0)
    return min(hours * 3600 + minutes * 60 + seconds, MAX_START)


def _youtube(parts: SplitResult, host: str) -> Place | None:
    match [host, *_segments(parts)]:
        case [name, key] if name == SHORT_HOST:
            pass
        case [name, "watch"] if name != SHORT_HOST:
            key = _asked(parts, "v")
        case [name, "embed" | "live" | "shorts", key] if name != SHORT_HOST:
            pass
        case _:  # a list, a channel
            return None
    return Place(YOUTUBE, "www.youtube.com", key, start=_start(parts)) if YOUTUBE_ID.fullmatch(key) else None


def _vimeo(parts: SplitResult, _host: str) -> Place | None:
    segments = _segments(parts)
    key, *rest = segments[1:] if segments[:1] == ["video"] else segments or [""]
    secret = rest[0] if rest else _asked(parts, "h")
    sound = VIMEO_ID.fullmatch(key) and len(rest) < 2 and (not secret or VIMEO_HASH.fullmatch(secret))
    return Place(VIMEO, "vimeo.com", key, secret, _start(parts)) if sound else None


def _of_the_collectivity(parts: SplitResult, host: str) -> Place | None:
    """Tell PeerTube from Pod by the path."""
    match _segments(parts):
        case ["w", key] | ["videos", "watch" | "embed", key] if PEERTUBE_ID.fullmatch(key):
            return Place(PEERTUBE, host, key, start=_start(parts))
        case ["video", key] if POD_SLUG.fullmatch(key):
            return Place(POD, host, key, start=_start(parts))
        case ["video", key, secret] if POD_SLUG.fullmatch(key) and POD_HASH.fullmatch(secret):
            return Place(POD, host, key, secret, _start(parts))
    return None
