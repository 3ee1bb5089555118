"""« Maintenant / ensuite »: for the projector, with a session or by an address that opens nothing else (C34 SPEC 5)."""

from __future__ import annotations

from flask import Response, request, url_for

from portal.api import absolute_url, message, now, page, qr_svg, requires, see, signed_in, texts, token
from portal.api import viewer as reader

from plugins.programmes import permissions
from plugins.programmes.models.programme import Programme
from plugins.programmes.services.walls import WALL_SCOPE, close_wall, open_wall, wall_of
from plugins.programmes.views.blueprint import blueprint
from plugins.programmes.views.calendars import address_in
from plugins.programmes.views.loaders import one_programme, own_programme, projected_programme
from plugins.programmes.views.readers import day_context

_ = texts("programmes")

GONE = _.later("This wall is closed. Whoever organises the day can open it again from its page.")
ELSEWHERE = (_.later("See the days"), "programmes.programmes")
REFRESH_SECONDS = 20
CONFETTI = range(24)


@blueprint.get("/<int:programme_id>/wall")
@signed_in(programme=one_programme)
def wall(programme):
    """Project what runs and what comes next."""
    return _wall(programme, code=url_for("programmes.programme_qr", programme_id=programme.id))


@blueprint.get("/now/<token>")
@token(WALL_SCOPE, reader=True, gone=GONE, elsewhere=ELSEWHERE, programme=projected_programme)
def projected_wall(programme):
    """Project it without session."""
    return _wall(programme, code=url_for("programmes.projected_qr", token=(request.view_args or {})["token"]))


@blueprint.get("/now/<token>/qr.svg")
@token(WALL_SCOPE, reader=True, gone=GONE, programme=projected_programme)
def projected_qr(programme) -> Response:
    """Draw the code that leads to the page of the day."""
    return qr_svg(address_in(programme))


def _wall(programme: Programme, *, code: str) -> Response:
    """Answer the wall: no name of a person stands on it."""
    return page(
        "programmes/wall.html",
        code=code,
        address=address_in(programme),
        refresh_seconds=REFRESH_SECONDS,
        confetti=CONFETTI,
        **day_context(reader(), programme, at=now()),
    )


@blueprint.get("/<int:programme_id>/screen")
@requires(permissions.ORGANISE, programme=own_programme)
def screen(programme):
    """Show the address to open on the projector, or offer to make one."""
    found = wall_of(programme)
    address = absolute_url("programmes.projected_wall", token=found) if found else None
    return page("programmes/screen.html", programme=programme, address=address)


@blueprint.post("/<int:programme_id>/screen")
@requires(permissions.ORGANISE, programme=own_programme)
def screen_open(programme):
    """Open the address."""
    open_wall(reader(), programme, at=now())
    return see("programmes.screen", programme_id=programme.id)


@blueprint.post("/<int:programme_id>/screen/close")
@requires(permissions.ORGANISE, programme=own_programme)
def screen_close(programme):
    """Close it."""
    close_wall(reader(), programme, at=now())
    message(_("The wall is closed: its address no longer opens anything."))
    return see("programmes.screen", programme_id=programme.id)
