"""The sand-timer on a projector without session: opened and closed by whoever projects, read as they may read (C01)."""

from __future__ import annotations

from flask import Response, request, url_for

from portal.api import Grant, Viewer, absolute_url, message, now, page, see, signed_in, texts, token, viewer

from plugins.labs.queries.ephemerals import Glance
from plugins.labs.services.walls import WALL_SCOPE, close_wall, open_wall, wall_of
from plugins.labs.views.blueprint import blueprint
from plugins.labs.views.loaders import one_ephemeral, one_glance
from plugins.labs.views.walls import door_code, tell_code, wall_page

_ = texts("labs")
ELSEWHERE = (_.later("See the labs"), "labs.ephemerals")
GONE = _.later("This wall is closed. Whoever projects can open it again from the page of the lab.")


def projected(viewer: Viewer, *, grant: Grant) -> Glance:
    """Give the lab of a wall, if the person who opened it may still read it.

    :raises NotFound: they may not
    """
    return one_glance(viewer, ephemeral_id=grant.subject.id if grant.subject else 0)


@blueprint.get("/e/<int:ephemeral_id>/projector")
@signed_in(glance=one_glance)
def projector(glance):
    """Show the address to open on the projector, or offer to make one."""
    found = wall_of(viewer(), glance.ephemeral)
    address = absolute_url("labs.projected_wall", token=found) if found else None
    return page("labs/projector.html", glance=glance, ephemeral=glance.ephemeral, address=address)


@blueprint.post("/e/<int:ephemeral_id>/projector")
@signed_in(ephemeral=one_ephemeral)
def open_projector(ephemeral):
    """Open the wall."""
    open_wall(viewer(), ephemeral, at=now())
    return see("labs.projector", ephemeral_id=ephemeral.id)


@blueprint.post("/e/<int:ephemeral_id>/projector/close")
@signed_in(ephemeral=one_ephemeral)
def close_projector(ephemeral):
    """Close it."""
    close_wall(viewer(), ephemeral, at=now())
    message(_("The wall is closed: its address no longer opens anything."))
    return see("labs.projector", ephemeral_id=ephemeral.id)


def _beside(endpoint: str) -> str:
    """Give an address under the same token: the picture of a wall asks for no session either."""
    return url_for(endpoint, token=(request.view_args or {})["token"])


@blueprint.get("/wall/<token>")
@token(WALL_SCOPE, reader=True, gone=GONE, elsewhere=ELSEWHERE, glance=projected)
def projected_wall(glance):
    """Project the sand-timer without session."""
    return wall_page(glance, qr_url=_beside("labs.projected_qr"), tell_url=_beside("labs.projected_tell_qr"))


@blueprint.get("/wall/<token>/qr.svg")
@token(WALL_SCOPE, reader=True, gone=GONE, glance=projected)
def projected_qr(glance) -> Response:
    """Draw the code that lets people in."""
    return door_code(glance.ephemeral)


@blueprint.get("/wall/<token>/tell.svg")
@token(WALL_SCOPE, reader=True, gone=GONE, glance=projected)
def projected_tell_qr(glance) -> Response:
    """Draw the code that leads to the telling."""
    return tell_code(glance.ephemeral)
