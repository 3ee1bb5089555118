"""« Aujourd'hui », the legal pages, and the files every page loads."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Response, abort, current_app, jsonify, url_for

from portal.content.clock import now, real_now
from portal.content.notices import has_news
from portal.content.privacy.register import register
from portal.content.turns import LAST_ROUND
from portal.db import db
from portal.loader.hooks import current_hooks
from portal.loader.inventory.sheets import read_inventory
from portal.values import HomeItem, Viewer
from portal.web.answers import page
from portal.web.assets import send_asset
from portal.web.dates import weekday
from portal.web.lasting import lasting_page
from portal.web.pages.blueprint import blueprint
from portal.web.policy import public, signed_in, viewer
from portal.web.shell import LEGAL

KEPT = {"now": 8, "todo": 5, "promised": 5}
FAR = datetime.max.replace(tzinfo=UTC)


def home_items(who: Viewer) -> dict[str, list[HomeItem]]:
    """Ask every plugin; keep eight items of what happens now, five of the others, in the order of their hours.

    The earliest of each plugin come before the second of any: nine labs that are open hide no day that runs.
    """
    offered = [answer.items for answer in current_hooks().ask("portal_home_items", viewer=who)]
    return {
        zone: _kept([[item for item in items if item.zone == zone] for items in offered], most)
        for zone, most in KEPT.items()
    }


def _kept(offered: list[list[HomeItem]], most: int) -> list[HomeItem]:
    ranked = [(rank, item) for items in offered for rank, item in enumerate(sorted(items, key=_hour))]
    first = sorted(ranked, key=lambda pair: (pair[0], _hour(pair[1])))[:most]
    return sorted((item for _rank, item in first), key=_hour)


def _hour(item: HomeItem) -> datetime:
    return item.due_at or FAR


@blueprint.get("/")
@signed_in()
def today() -> Response:
    """Show what is happening, what waits for me, what was promised."""
    who = viewer()
    items = home_items(who)
    return page(
        "pages/today.html",
        today_text=weekday(now()).capitalize(),
        items_now=items["now"],
        items_todo=items["todo"],
        items_promised=items["promised"],
        news_url=url_for("core.my_news") if has_news(who.person_id or 0) else None,
    )


@blueprint.get("/<any('accessibilite','mentions-legales','donnees-personnelles','ecoconception'):topic>")
@public()
def legal(topic: str) -> Response:
    """Show a legal page."""
    kept = register(read_inventory(db.session)) if topic == "donnees-personnelles" else []
    obstacles = current_hooks().call("portal_obstacles") if topic == "accessibilite" else []
    words = {"title": LEGAL[topic], "topic": topic.replace("-", "_"), "obstacles": obstacles}
    told = [(str(obstacle.label), obstacle.url) for obstacle in obstacles]
    return lasting_page("pages/legal.html", depends_on=[kept, told], register=kept, **words)


@blueprint.get("/assets/<name>")
@public()
def asset(name: str) -> Response:
    """Give a sheet or a script; its name holds its hash, so it never changes."""
    found = current_app.config["ASSETS"].named(name)
    if found is None:
        abort(404)
    return send_asset(found)


@blueprint.get("/healthz")
@public()
def health() -> Response:
    """Say that this process answers and reaches its database (the dispatcher has just read its revision).

    A worker that is late is said, and changes no status: a load balancer must not drop pages for it.
    """
    at, last = real_now(), db.session.scalar(LAST_ROUND)
    age = round((at - last).total_seconds()) if last else None
    answer = jsonify(process="ok", database="ok", revision=current_app.config["REVISION"], worker_age_seconds=age)
    answer.headers["Cache-Control"] = "no-store"
    return answer
