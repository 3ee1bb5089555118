"""An ephemeral lab seen from afar: the sand-timer to project, the code to scan, the poster to print (C01)."""

from __future__ import annotations

from flask import Response, url_for

from portal.api import (
    NotFound,
    absolute_url,
    now,
    page,
    qr_svg,
    show_token,
    signed_in,
    texts,
)

from plugins.labs.models.ephemeral import Ephemeral
from plugins.labs.queries.ephemeral_states import CURRENT
from plugins.labs.queries.ephemerals import Glance
from plugins.labs.queries.sand import level_of, minutes_left
from plugins.labs.services.opening import GUEST_SCOPE
from plugins.labs.views.blueprint import blueprint
from plugins.labs.views.loaders import one_ephemeral, one_glance

_ = texts("labs")

REFRESH_SECONDS = 30


def _door_url(ephemeral: Ephemeral) -> str | None:
    token = show_token(GUEST_SCOPE, ephemeral.subject)
    return absolute_url("labs.guest_door", token=token) if token else None


@blueprint.get("/e/<int:ephemeral_id>/wall")
@signed_in(glance=one_glance)
def ephemeral_wall(glance):
    """Project the question, the sand that runs and the code to come in."""
    number = glance.ephemeral.id
    return wall_page(
        glance,
        qr_url=url_for("labs.ephemeral_qr", ephemeral_id=number),
        tell_url=url_for("labs.ephemeral_tell_qr", ephemeral_id=number),
    )


def wall_page(glance: Glance, *, qr_url: str, tell_url: str) -> Response:
    """Answer the wall; its two codes are pictures whose addresses open to whoever sees it."""
    at, ephemeral = now(), glance.ephemeral
    return page(
        "labs/ephemeral_wall.html",
        glance=glance,
        ephemeral=ephemeral,
        level=level_of(ephemeral, at=at),
        minutes_left=minutes_left(ephemeral, at=at),
        door=_door_url(ephemeral) if glance.state in CURRENT else None,
        refresh_seconds=REFRESH_SECONDS,
        qr_url=qr_url,
        tell_url=tell_url,
    )


@blueprint.get("/e/<int:ephemeral_id>/qr.svg")
@signed_in(ephemeral=one_ephemeral)
def ephemeral_qr(ephemeral) -> Response:
    """Draw the code that lets people in; it dies with the lab (C01 SPEC 8)."""
    return door_code(ephemeral)


def door_code(ephemeral: Ephemeral) -> Response:
    """Draw the code of the door.

    :raises NotFound: the lab has ended
    """
    door = _door_url(ephemeral)
    if door is None:
        raise NotFound(_("This lab has ended: its code no longer opens anything."))
    return qr_svg(door)


@blueprint.get("/e/<int:ephemeral_id>/tell.svg")
@signed_in(ephemeral=one_ephemeral)
def ephemeral_tell_qr(ephemeral) -> Response:
    """Draw the code that leads to the telling, while everybody is still in the room."""
    return tell_code(ephemeral)


def tell_code(ephemeral: Ephemeral) -> Response:
    """Draw the code of the page where the lab is told."""
    return qr_svg(absolute_url("labs.ephemeral_tell", ephemeral_id=ephemeral.id))


@blueprint.get("/e/<int:ephemeral_id>/poster")
@signed_in(glance=one_glance)
def ephemeral_poster(glance):
    """Print the question with its code."""
    ephemeral = glance.ephemeral
    door = _door_url(ephemeral)
    address = None if door else absolute_url("labs.ephemeral", ephemeral_id=ephemeral.id)
    return page(
        "labs/ephemeral_poster.html",
        glance=glance,
        ephemeral=ephemeral,
        door=door,
        address=address,
        printed_at=now(),
        poster=True,
    )
