"""Whose videos the collectivity takes now, and which a person always shows."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from portal.api import READER, Viewer, hosts_of, session, setting

from plugins.restitutions.models import Choice
from plugins.restitutions.values.addresses import Allowed
from plugins.restitutions.values.places import Place

_CHOICES = sa.select(Choice).where(Choice.person_id == READER).order_by(Choice.host)


def allowed() -> Allowed:
    """Give whose videos are taken (C33 SPEC 1)."""
    own = str(setting("restitutions", "hosts") or "").split()
    taken = {name: bool(setting("restitutions", name)) for name in ("youtube", "vimeo")}
    return Allowed(**taken, hosts=frozenset(host.lower() for host in own))


def may_show(place: Place) -> bool:
    """Tell whether a page may show a video where it stands: a host may have been taken off the list since."""
    return allowed().takes(place) and place.frame_host in hosts_of("restitutions", "frames")


def choices_of(viewer: Viewer) -> Sequence[Choice]:
    """List the hosts that somebody always shows."""
    return session.scalars(_CHOICES, {"reader_id": viewer.person_id}).all() if viewer.is_signed_in else []


def always_shows(viewer: Viewer, host: str) -> bool:
    """Tell whether somebody always shows the videos of a host."""
    return host in {choice.host for choice in choices_of(viewer)}
