"""What of a video the page shows: nothing of anybody else before one asks for it (C33 SPEC 3 and 4)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from flask import request

from portal.api import FileCard, Viewer, allow_frame, files_of

from plugins.restitutions.models import Restitution, Status
from plugins.restitutions.queries.hosts import always_shows, may_show
from plugins.restitutions.services.clearing import CLEARABLE
from plugins.restitutions.values.places import Place

MAX_SECONDS = 24 * 3600


@dataclass(frozen=True, slots=True)
class Screen:
    """What stands where the video is.

    :ivar place: the video elsewhere, from the second that was asked for; None for a file of ours
    :ivar film: the file of ours
    :ivar picture: of the video, kept here
    :ivar frame_url: what its host shows, because this person asked for it
    :ivar is_always: they always show this host
    :ivar is_allowed: the collectivity still takes videos of this host
    :ivar at: seconds after the beginning
    """

    place: Place | None = None
    film: FileCard | None = None
    picture: FileCard | None = None
    frame_url: str = ""
    is_always: bool = False
    is_allowed: bool = True
    at: int = 0

    @property
    def film_url(self) -> str:
        """Give the address of the file of ours, from that second."""
        return f"{self.film.url}#t={self.at}" if self.film and self.at else self.film.url if self.film else ""

    @property
    def is_sound(self) -> bool:
        """Tell whether there is nothing to see."""
        return self.film is not None and self.film.content_type.startswith("audio/")


def screen_of(restitution: Restitution, viewer: Viewer) -> Screen:
    """Give what to show to this person now; a frame only of the host they asked for."""
    if restitution.status not in {*CLEARABLE, Status.HIDDEN}:
        return Screen()
    found = files_of(restitution.subject)
    film = next((card for card in found if not card.is_picture), None)
    picture = next((card for card in found if card.is_picture), None)
    asked = request.values.get("at", type=int)
    at = restitution.start if asked is None else min(max(asked, 0), MAX_SECONDS)
    place = restitution.place
    if place is None:
        return Screen(film=film, picture=picture, at=at)
    return _elsewhere(replace(place, start=at), picture, viewer, is_there=restitution.status != Status.UNAVAILABLE)


def _elsewhere(place: Place, picture: FileCard | None, viewer: Viewer, *, is_there: bool) -> Screen:
    allowed, always = may_show(place), always_shows(viewer, place.frame_host)
    # Posted, so that only a button of this page asks: an address that is copied, or written elsewhere, shows the panel.
    is_asked = always or request.method == "POST"
    if not (allowed and is_there and is_asked):
        return Screen(place, picture=picture, is_always=always, is_allowed=allowed, at=place.start)
    allow_frame(place.frame_host)
    return Screen(place, None, picture, place.frame_url, always, allowed, place.start)
