"""Build the world once, in a database that each test then gets a copy of."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask

from portal.content.clock import real_now
from portal.content.files.keeping import receive
from portal.content.files.places import FilePlace
from portal.content.smtp import Mail
from portal.content.tokens import issue_token, show_token_by_id
from portal.db import transaction
from portal.hosting.config import Collectivity, Instance, Server
from portal.hosting.factory import create_app
from portal.hosting.site import Site
from portal.loader.models import PluginState
from portal.people.models import UserSession
from portal.people.sessions import SCREEN, open_session
from portal.people.users import add_user
from portal.testing.databases import Databases
from portal.values import Upload
from portal.web.pages.entering import SCREEN_COOKIE
from portal.web.theme import read_theme

from tests.reading import token_in
from tests.review.furniture import furniture_of, modules
from tests.review.stamping import stamp
from tests.review.world import ANONYMOUS, ELSEWHERE, KIOSK, NOBODY, Key, World

AGENT_OF = {"HTTP_SEC_FETCH_SITE": "same-origin", "HTTP_USER_AGENT": "Mozilla/5.0 (X11; Linux x86_64) Firefox/128.0"}
FILES, FILES_FULL = 30, 170


@dataclass(frozen=True)
class Built:
    """A world and the database it stands in."""

    world: World
    url: str
    plugins: tuple[str, ...]
    folder: Path
    files: FilePlace


def build(databases: Databases, folder: Path, files: Path, *, plugins: tuple[str, ...], is_full: bool) -> Built:
    """Build the world of these plugins."""
    place = FilePlace(url=f"file://{files}")
    built = Built(World(is_full=is_full), databases.fresh(plugins), plugins, folder, place)
    with _site(built, built.url) as site:
        _switch_on(site, plugins)
        app = create_app(site)
        _furnish(app, built)
    with _site(built, databases.fresh(plugins), slug="voisine") as site:
        _switch_on(site, plugins)
        _come_from_elsewhere(create_app(site), built.world)
    return built


@contextmanager
def _site(built: Built, url: str, *, slug: str = "default") -> Iterator[Site]:
    collectivity = Collectivity(slug=slug, name="Ville", hosts=("localhost",), database=url, files=built.files)
    site = Site(Instance(built.folder, Server(), (collectivity,)), collectivity)
    try:
        yield site
    finally:
        site.engine.dispose()


def _switch_on(site: Site, plugins: tuple[str, ...]) -> None:
    with site.engine.execution_options(tx="write").begin() as conn:
        for plugin in plugins:
            conn.execute(sa.insert(PluginState).values(id=plugin, is_on=True))


@contextmanager
def opened(built: Built, databases: Databases) -> Iterator[Flask]:
    """Give an app on a copy of the world; faults are answered, as in production."""
    url = databases.copy(built.url)
    with _site(built, url) as site:
        _keep_seen(site)
        yield app_of(site)
    databases.drop(url)


def _keep_seen(site: Site) -> None:
    """Let every session be as just seen for hours: a long walk must neither outlive them nor show that time passes."""
    at = real_now()
    with site.engine.execution_options(tx="write").begin() as conn:
        conn.execute(sa.update(UserSession).values(seen_at=at + timedelta(hours=3), created_at=at))


def app_of(site: Site) -> Flask:
    """Build an app that answers its faults and has somewhere to send mails."""
    app = create_app(site)
    app.config["MAIL"] = Mail(host="127.0.0.1", port=9, security="none", sender="portail@ville.example")
    return app


def _furnish(app: Flask, built: Built) -> None:
    world, brought = built.world, modules(built.plugins)
    app.config["MAIL"] = Mail(host="127.0.0.1", port=9, security="none", sender="portail@ville.example")
    with app.app_context():
        world.uploads = [_upload(world, number) for number in range(FILES_FULL if world.is_full else FILES)]
    with app.test_request_context(), transaction():
        for module in brought:
            module.furnish(world)
    for role, person in world.people.items():
        if role != KIOSK:
            world.cookies[role], world.second[role] = _cookie(app, person.id), _cookie(app, person.id)[1]
    _stand_before_a_screen(app, world)
    with app.test_request_context(), transaction():
        for module in brought:
            getattr(module, "finish", lambda _world: None)(world)
        stamp(world, furniture_of(app, built.plugins))
    sheet = read_theme(app.config["ENGINE"]).sheet
    world.values["core.asset name"] = [app.config["ASSETS"].sheet.name]
    world.values["core.theme_file name"] = [sheet.name.removeprefix("theme-")] if sheet else []


def _upload(world: World, number: int) -> tuple[str, Upload]:
    """Receive a file that holds a marker, before the lock; whoever gives it to a subject says who reads it."""
    word = world.mark("content of files", number, NOBODY)
    return word, receive(io.BytesIO(word.encode()), name=f"plan-{number}.txt")


def _stand_before_a_screen(app: Flask, world: World) -> None:
    """Let somebody come in on the shared screen."""
    screen = world.things["portal.screen"][0].id
    cookie, token = _cookie(app, world.people[KIOSK].id, kind=SCREEN, screen_id=screen)
    with app.app_context():
        world.devices[KIOSK] = f"session={cookie}; {SCREEN_COOKIE}={show_token_by_id(screen)}", token


def _cookie(app: Flask, person_id: int, **kind: Any) -> tuple[str, str]:
    """Sign a person in; give the cookie of their browser, and the token that its forms carry."""
    with app.app_context(), transaction():
        text = open_session(person_id, device="Firefox, Linux", **kind)
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"], session["_fresh"] = text, True
    token = token_in(client.get("/", environ_base=AGENT_OF))
    cookie = client.get_cookie("session")
    assert cookie and token, "a person of the world could not sign in"
    return cookie.value, token


def _come_from_elsewhere(app: Flask, world: World) -> None:
    """Sign somebody in at the neighbour's: their cookie, and tokens of every scope, are then brought here."""
    with app.app_context(), transaction():
        person = add_user("Voisine")
        for scope in world.keys:
            world.add_key(scope, Key(issue_token(scope, person_id=person), lives=False))
    world.cookies[ELSEWHERE] = _cookie(app, person)
    world.cookies[ANONYMOUS] = ("", "")
