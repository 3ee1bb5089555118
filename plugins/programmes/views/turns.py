"""Seven minutes each: the page of whoever organises, the timer on the wall (C35 SPEC 3)."""

from __future__ import annotations

from typing import Any

from portal.api import Conflict, absolute_url, message, now, page, requires, see, signed_in, texts, token, viewer

from plugins.programmes import permissions
from plugins.programmes.forms.stands import NumberForm
from plugins.programmes.models.programme import Programme
from plugins.programmes.queries.stands import stands_of
from plugins.programmes.queries.turns import floor_of, next_stand, turns_of
from plugins.programmes.services.facts import has_come, is_past
from plugins.programmes.services.turns import give_floor, go_on, more_minutes, stop_turn
from plugins.programmes.services.walls import TURNS_SCOPE, close_wall, open_wall, wall_of
from plugins.programmes.views.blueprint import blueprint
from plugins.programmes.views.fair_loaders import WALL_GONE
from plugins.programmes.views.loaders import one_programme, own_programme, projected_programme

_ = texts("programmes")
REFRESH_SECONDS = 5


def _run_of(programme: Programme) -> dict[str, Any]:
    """Give what both screens say."""
    at, kept, given = now(), stands_of(programme), turns_of(programme)
    floor = floor_of(kept, given)
    return {
        "programme": programme,
        "stands": kept,
        "floor": floor,
        "clock": floor.clock(at) if floor else "",
        "level": floor.level(at) if floor else 0,
        "is_up": floor is not None and floor.is_up(at),
        "next": next_stand(kept, given),
        "heard": {turn.stand_id for turn in given},
        "has_come": has_come(programme, at),
        "is_past": is_past(programme, at),
    }


@blueprint.get("/<int:programme_id>/turns")
@requires(permissions.ORGANISE, programme=own_programme)
def turns(programme):
    """Show who has the floor, who comes next, and the buttons that give it."""
    code = wall_of(programme, scope=TURNS_SCOPE)
    address = absolute_url("programmes.projected_turns", token=code) if code else None
    return page("programmes/turns.html", wall_address=address, **_run_of(programme))


@blueprint.get("/<int:programme_id>/turns/wall")
@signed_in(programme=one_programme)
def turns_on_wall(programme):
    """Project the timer."""
    return page("programmes/turns_wall.html", refresh_seconds=REFRESH_SECONDS, **_run_of(programme))


@blueprint.get("/turns/<token>")
@token(TURNS_SCOPE, reader=True, gone=WALL_GONE, programme=projected_programme)
def projected_turns(programme):
    """Project the timer without session: no name of a person stands on it."""
    return page("programmes/turns_wall.html", refresh_seconds=REFRESH_SECONDS, **_run_of(programme))


def _back(programme: Programme):
    return see("programmes.turns", programme_id=programme.id)


@blueprint.post("/<int:programme_id>/turns/give")
@requires(permissions.ORGANISE, programme=own_programme)
def turn_give(programme):
    """Give the floor to one stand."""
    wanted = NumberForm().stand.data
    stand = next((stand for stand in stands_of(programme) if stand.id == wanted), None)
    if stand is None:
        raise Conflict(_("This stand is not at the fair any more."))
    give_floor(viewer(), programme, stand, at=now())
    return _back(programme)


@blueprint.post("/<int:programme_id>/turns/next")
@requires(permissions.ORGANISE, programme=own_programme)
def turn_next(programme):
    """Give it to the next stand."""
    go_on(viewer(), programme, after=NumberForm().after.data, at=now())
    return _back(programme)


@blueprint.post("/<int:programme_id>/turns/more")
@requires(permissions.ORGANISE, programme=own_programme)
def turn_more(programme):
    """Let it last one minute more."""
    more_minutes(viewer(), programme, at=now())
    return _back(programme)


@blueprint.post("/<int:programme_id>/turns/stop")
@requires(permissions.ORGANISE, programme=own_programme)
def turn_stop(programme):
    """Give it to nobody."""
    stop_turn(viewer(), programme, at=now())
    return _back(programme)


@blueprint.post("/<int:programme_id>/turns/wall/open")
@requires(permissions.ORGANISE, programme=own_programme)
def turns_wall_open(programme):
    """Open the address of the wall."""
    open_wall(viewer(), programme, at=now(), scope=TURNS_SCOPE)
    return _back(programme)


@blueprint.post("/<int:programme_id>/turns/wall/close")
@requires(permissions.ORGANISE, programme=own_programme)
def turns_wall_close(programme):
    """Close it."""
    close_wall(viewer(), programme, at=now(), scope=TURNS_SCOPE)
    message(_("The wall is closed: its address no longer opens anything."))
    return _back(programme)
