"""Where a video stands, and the addresses that are made of it. None of them is ever copied from what somebody typed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import quote, urlencode

YOUTUBE, VIMEO, PEERTUBE, POD, FILE = PROVIDERS = ("youtube", "vimeo", "peertube", "pod", "file")
NAMES = {YOUTUBE: "YouTube", VIMEO: "Vimeo", PEERTUBE: "PeerTube", POD: "Pod"}
FRAME_HOSTS = {YOUTUBE: "www.youtube-nocookie.com", VIMEO: "player.vimeo.com"}
NAMES_OF_FRAMES = {host: NAMES[provider] for provider, host in FRAME_HOSTS.items()}


@dataclass(frozen=True, slots=True)
class Place:
    """A video elsewhere.

    :ivar key: its number or name there, already judged
    :ivar secret: second part of the address of a video that is not listed
    :ivar start: seconds after its beginning
    """

    provider: str
    host: str
    key: str
    secret: str = ""
    start: int = 0

    @property
    def name(self) -> str:
        """Name who hosts it, for whoever decides whether to call them."""
        known = NAMES[self.provider]
        return known if self.provider in FRAME_HOSTS else f"{known} ({self.host})"

    @property
    def frame_host(self) -> str:
        """Give the host whose frame shows it."""
        return FRAME_HOSTS.get(self.provider, self.host)

    def is_same_video(self, other: Place) -> bool:
        """Tell whether another address is of this very video, from wherever it begins."""
        return replace(self, start=0, secret="") == replace(other, start=0, secret="")

    @property
    def is_told_who_asks(self) -> bool:
        """Tell whether the frame must be told the address of this portal: YouTube plays nothing otherwise."""
        return self.provider == YOUTUBE

    @property
    def _path(self) -> str:
        return "/".join(filter(None, (self.key, self.secret)))

    @property
    def watch_url(self) -> str:
        """Give the page of the video at its host."""
        if self.provider == YOUTUBE:
            return _asking("https://www.youtube.com/watch", v=self.key, t=self.start)
        if self.provider == VIMEO:
            return f"https://vimeo.com/{self._path}{f'#t={self.start}s' if self.start else ''}"
        if self.provider == PEERTUBE:
            return _asking(f"https://{self.host}/w/{self.key}", start=self.start)
        return _asking(f"https://{self.host}/video/{self._path}/", start=self.start)

    @property
    def frame_url(self) -> str:
        """Give what a frame of it shows: nothing plays by itself, nothing comes from other viewers (C33 SPEC 4)."""
        if self.provider == YOUTUBE:
            return _asking(f"https://{self.frame_host}/embed/{self.key}", autoplay="0", rel="0", start=self.start)
        if self.provider == VIMEO:
            url = _asking(f"https://{self.frame_host}/video/{self.key}", dnt="1", autoplay="0", h=self.secret)
            return f"{url}#t={self.start}s" if self.start else url
        if self.provider == PEERTUBE:
            return _asking(f"https://{self.host}/videos/embed/{self.key}", p2p="0", autoplay="0", start=self.start)
        return _asking(f"https://{self.host}/video/{self._path}/", is_iframe="true", start=self.start)

    @property
    def about_url(self) -> str:
        """Give where its host says what it is, as data (oEmbed); of Pod, which seldom has it, the page of the video."""
        watched = replace(self, start=0).watch_url
        at = {
            YOUTUBE: "www.youtube.com/oembed",
            VIMEO: "vimeo.com/api/oembed.json",
            PEERTUBE: f"{self.host}/services/oembed",
        }
        return (
            f"https://{at[self.provider]}?format=json&url={quote(watched, safe='')}" if self.provider in at else watched
        )


def _asking(url: str, **asked: str | int) -> str:
    """Add to an address what is asked; nothing for what is empty or zero."""
    said = urlencode({name: value for name, value in asked.items() if value})
    return f"{url}?{said}" if said else url
