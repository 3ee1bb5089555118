"""The map of talents and services, and what is around one talent (C08). Two readers see two maps."""

from __future__ import annotations

import math
from typing import Any

from flask import request, url_for

from portal.api import minutes, now, page, page_or_fragment, see, signed_in, texts, viewer

from plugins.ambassadors.models.mirror import Drawing
from plugins.ambassadors.queries.networks import MIDDLE_WIDTH, ROOM, SIDE_WIDTH, WIDTH, network_of
from plugins.ambassadors.queries.places import HEIGHT, SIGNS, sketch
from plugins.ambassadors.queries.talents import FAMILY, SERVICE, Node, TalentMap, talent_map
from plugins.ambassadors.services.drawings import FRESH, ask_drawing, drawing_of, places_of, readers_of
from plugins.ambassadors.views.blueprint import blueprint
from plugins.ambassadors.views.loaders import one_talent

_ = texts("ambassadors")
AS_TABLE: dict[str, Any] = {"as": "table"}


def _asked() -> dict[str, Any]:
    under = request.values.get("under", type=int)
    return {"under": under, "family": request.values.get("family", "")}


@blueprint.get("/map")
@signed_in()
def talents():
    """Show which service could help which, and what is sought that nobody offers."""
    at = now()
    shown = talent_map(viewer(), **_asked(), at=at)
    here = here_of(shown)
    drawing = drawing_of(readers_of(viewer(), shown, at=at))
    places = places_of(drawing)
    return page_or_fragment(
        "ambassadors/map.html",
        "ambassadors/_map.html",
        shown=shown,
        here=here,
        address_of=address_of,
        is_table=request.args.get("as") == "table",
        table_url=url_for("ambassadors.talents", **here, **AS_TABLE),
        drawing=drawing,
        left=time_left(drawing),
        sketch=sketch(shown.nodes, places) if places else None,
        is_old=drawing is not None and is_old(drawing, shown, at=at),
        label_height=HEIGHT,
        signs=SIGNS,
    )


@blueprint.post("/map")
@signed_in()
def draw_talents():
    """Ask that the map be drawn, for all who may read the same."""
    at = now()
    shown = talent_map(viewer(), **_asked(), at=at)
    ask_drawing(viewer(), shown, at=at)
    return see("ambassadors.talents", **here_of(shown))


def here_of(shown: TalentMap) -> dict[str, Any]:
    """Give what of the map is open, as its address says it."""
    return {"under": shown.under.id if shown.under else None, "family": shown.family or None}


def address_of(node: Node, here: dict[str, Any]) -> str:
    """Give where a label of the map leads: a service opens, a family opens, a talent has its page."""
    if node.kind == SERVICE:
        return url_for("ambassadors.talents", **{**here, "under": node.id or here["under"]})
    if node.kind == FAMILY:
        return url_for("ambassadors.talents", **{**here, "family": node.label})
    return url_for("ambassadors.talent", tag_id=node.id)


def is_old(drawing: Drawing, shown: TalentMap, *, at: Any) -> bool:
    """Tell whether the map had better be laid out again: a day has passed, or somebody came since."""
    if drawing.drawn_at is None:
        return False
    places = places_of(drawing)
    return at - drawing.drawn_at > FRESH or any(node.key not in places for node in shown.nodes)


def time_left(drawing: Drawing | None) -> str | None:
    """Say how long the layout still takes, at the pace of what is done; None before there is one."""
    if drawing is None or not drawing.done or not drawing.is_waiting:
        return None
    seconds = drawing.spent_ms / 1000 * (drawing.rounds - drawing.done) / drawing.done
    if seconds < 60:
        return _("less than a minute left")
    return _("about %(time)s left", time=minutes(math.ceil(seconds / 60)))


@blueprint.get("/talents/<int:tag_id>")
@signed_in(tag=one_talent)
def talent(tag):
    """Show who brings a talent and who seeks it, as far as one may read it."""
    opened = request.args.get("service", type=int)
    found = network_of(viewer(), tag.id, opened=opened, at=now())
    return page(
        "ambassadors/talent.html",
        tag=tag,
        found=found,
        sizes={"width": WIDTH, "side": SIDE_WIDTH, "room": ROOM, "middle": MIDDLE_WIDTH},
        is_table=request.args.get("as") == "table",
        table_url=url_for("ambassadors.talent", tag_id=tag.id, service=opened, **AS_TABLE),
    )
