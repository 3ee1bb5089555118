"""Fixtures for tests of plugins: a collectivity with a real database, people, a clock. `pytest_plugins` loads them.

A test module says which plugins are on: `PLUGINS = ["labs"]`. Every test that uses `app` runs on SQLite, and on
PostgreSQL too where a server can be started (`--databases`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from secrets import token_hex
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask, g, session
from flask.testing import FlaskClient
from flask_wtf.csrf import generate_csrf
from werkzeug.test import TestResponse

from portal.content.audit import entries_about
from portal.content.clock import real_now
from portal.content.files.places import FilePlace
from portal.db import transaction
from portal.hosting.config import Collectivity, Instance, Server
from portal.hosting.erasures import journal_path
from portal.hosting.factory import create_app
from portal.hosting.site import Site
from portal.hosting.worker import run_jobs as do_jobs
from portal.loader.models import PluginState
from portal.people.functions import create_function, hold_function
from portal.people.passwords import hash_secret
from portal.people.persons import person
from portal.people.sessions import open_session, viewer_of
from portal.people.users import add_user
from portal.testing.databases import Databases
from portal.values import Person, Role, Subject, Viewer

PostForm = Callable[..., TestResponse]


@pytest.fixture
def enabled(request: pytest.FixtureRequest) -> tuple[str, ...]:
    """Say which plugins are on: the module's `PLUGINS`."""
    return tuple(getattr(request.module, "PLUGINS", ()))


@pytest.fixture
def file_place(tmp_path: Path) -> FilePlace:
    """Say where the files of the collectivity stand: a folder of this test."""
    return FilePlace(url=f"file://{tmp_path / 'files'}")


@pytest.fixture
def site(database: Databases, instance_folder: Path, enabled: tuple[str, ...], file_place: FilePlace) -> Iterator[Site]:
    """Give a collectivity with a database of its own, migrated, where the plugins of the module are on."""
    url = database.fresh(enabled)
    collectivity = Collectivity(name="Ville de Dunkerque", database=url, files=file_place)
    made = Site(Instance(instance_folder, Server(), (collectivity,)), collectivity)
    journal_path(made).unlink(missing_ok=True)  # the folder outlives the test, and the next person 2 is another
    with made.engine.execution_options(tx="write").begin() as conn:
        for plugin in enabled:
            conn.execute(sa.insert(PluginState).values(id=plugin, is_on=True))
    yield made
    made.engine.dispose()
    database.drop(url)


@pytest.fixture
def app(site: Site) -> Flask:
    """Build the app of the collectivity."""
    made = create_app(site)
    made.config.update(RAISE_FAULTS=True, TESTING=True)
    missing = set(_wanted(site)) - set(made.config["PLUGINS"])
    assert not missing, f"set aside: {missing}"
    return made


def _wanted(site: Site) -> list[str]:
    with site.engine.connect() as conn:
        return list(conn.scalars(sa.select(PluginState.id).where(PluginState.is_on)))


@pytest.fixture
def new_client(app: Flask) -> Callable[[], FlaskClient]:
    """Make browsers that say, as real ones do, that their requests come from the portal's own pages."""

    def make() -> FlaskClient:
        client = app.test_client()
        client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
        client.environ_base["HTTP_USER_AGENT"] = "Mozilla/5.0 (X11; Linux x86_64) Firefox/128.0"
        return client

    return make


@pytest.fixture
def client(new_client: Callable[[], FlaskClient]) -> FlaskClient:
    """Give a browser where nobody is signed in."""
    return new_client()


@pytest.fixture
def writing(app: Flask) -> Callable[[], AbstractContextManager[None]]:
    """Give a block in which services may write; committed at its end."""

    @contextmanager
    def block() -> Iterator[None]:
        with app.app_context(), transaction():
            yield

    return block


@pytest.fixture
def reading(app: Flask) -> Callable[[], AbstractContextManager[None]]:
    """Give a block in which queries read."""

    @contextmanager
    def block() -> Iterator[None]:
        with app.app_context():
            yield

    return block


@pytest.fixture
def make_user(writing: Callable[[], AbstractContextManager[None]]) -> Callable[..., Person]:
    """Make people."""

    def make(
        name: str = "Awa M.",
        *,
        role: str = "agent",
        matricule: str | None = None,
        email: str | None = None,
        pin: str | None = None,
    ) -> Person:
        pin_hash = hash_secret(pin) if pin else None
        with writing():
            return person(add_user(name, matricule=matricule, email=email, role=Role(role), pin_hash=pin_hash))

    return make


@pytest.fixture
def sign_in(
    new_client: Callable[[], FlaskClient], client: FlaskClient, writing: Callable[[], AbstractContextManager[None]]
) -> Callable[[Person], FlaskClient]:
    """Sign a person in on `client`, and give a browser of their own, for tests with several people."""

    def enter(who: Person) -> FlaskClient:
        own = new_client()
        for browser in (client, own):
            with writing():
                token = open_session(who.id, device="Firefox, Linux")
            with browser.session_transaction() as cookie:
                cookie.clear()
                cookie["_user_id"], cookie["_fresh"] = token, True
        return own

    return enter


@pytest.fixture
def plug(app: Flask) -> Callable[..., None]:
    """Let an object answer hooks, as a plugin of that id would."""

    def register(implementation: object, plugin: str = "stranger") -> None:
        app.extensions["portal_hooks"].register(plugin, implementation)

    return register


@pytest.fixture
def audit_of(app: Flask) -> Callable[[Subject], list[str]]:
    """List the actions in the audit about a subject, oldest first."""

    def read(subject: Subject) -> list[str]:
        with app.app_context():
            return [entry.action for entry, _actor in reversed(entries_about(subject))]

    return read


@pytest.fixture
def as_viewer(app: Flask) -> Callable[[Person], Viewer]:
    """Give the viewer that a person is now."""

    def look(who: Person) -> Viewer:
        with app.app_context():
            return viewer_of(who.id)

    return look


@pytest.fixture
def post() -> PostForm:
    """Send a form as the page of this person would: with their CSRF token."""

    def send(client: FlaskClient, url: str, data: dict[str, Any] | None = None, **options: Any) -> TestResponse:
        return client.post(url, data={**(data or {}), **_token_of(client)}, **options)

    return send


def _token_of(client: FlaskClient) -> dict[str, str]:
    """Give what the forms of this browser carry once somebody is signed in, without opening a page for it."""
    with client.session_transaction() as kept:
        if "_user_id" not in kept:
            return {}
        secret = kept.setdefault("csrf_token", token_hex(20))
    with client.application.test_request_context():
        g.pop("csrf_token", None)  # within an app context, that of another browser
        session["csrf_token"] = secret
        return {"csrf_token": str(generate_csrf())}


class Clock:
    """The domain clock of the collectivity under test. Once set it stands still; the security clock stays real."""

    def __init__(self, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
        self._app, self._monkeypatch = app, monkeypatch
        self._at = real_now()

    def set(self, instant: datetime) -> None:
        """Make it show `instant` (aware)."""
        self._at = instant
        standing = instant - timedelta(seconds=self._app.config["CLOCK_OFFSET_SECONDS"])
        self._monkeypatch.setattr("portal.content.clock.real_now", lambda: standing)

    def advance(self, *, minutes: float = 0, hours: float = 0, days: float = 0) -> None:
        """Let time pass."""
        self.set(self._at + timedelta(minutes=minutes, hours=hours, days=days))


@pytest.fixture
def clock(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Give the domain clock."""
    return Clock(app, monkeypatch)


@pytest.fixture
def make_function(writing: Callable[[], AbstractContextManager[None]]) -> Callable[..., int]:
    """Make functions of the collectivity, vacant or held; give their id."""

    def make(name: str, *, holder: Person | None = None, since: datetime | None = None) -> int:
        with writing():
            number = create_function(name)
            if holder is not None:
                hold_function(number, holder.id, since=since or real_now())
        return number

    return make


@pytest.fixture
def run_jobs(app: Flask) -> Callable[[], bool]:
    """Do what `portal work` would do now."""
    return lambda: do_jobs(app)
