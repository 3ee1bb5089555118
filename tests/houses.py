"""A whole instance behind its dispatcher, as a worker holds it, and browsers in front of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from flask import Flask
from werkzeug.test import Client, TestResponse

from portal.db import transaction
from portal.hosting.config import Instance
from portal.hosting.dispatcher import Dispatcher
from portal.hosting.factory import create_app
from portal.hosting.operating import upgrade
from portal.hosting.site import Site
from portal.loader.models import Fault, PluginState, Quarantine
from portal.people.sessions import open_session
from portal.people.users import add_user
from portal.values import Role

CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')
SAME_ORIGIN = {"HTTP_SEC_FETCH_SITE": "same-origin", "HTTP_USER_AGENT": "Mozilla/5.0 (X11; Linux x86_64) Firefox/128.0"}


class Browser:
    """A browser that keeps its cookie, on one host of the instance."""

    def __init__(self, dispatcher: Dispatcher, host: str, cookie: str) -> None:
        self.client, self.base = Client(dispatcher), f"http://{host}"
        self.client.set_cookie("session", cookie, domain=host)

    def get(self, path: str) -> TestResponse:
        return self.client.get(path, base_url=self.base, environ_base=SAME_ORIGIN)

    def post(self, path: str, data: dict[str, Any] | None = None, *, token: str | None = None) -> TestResponse:
        values = {**(data or {}), "csrf_token": token or self.token()}
        return self.client.post(path, data=values, base_url=self.base, environ_base=SAME_ORIGIN)

    def token(self) -> str:
        found = CSRF.search(self.get("/account").text)
        assert found, "not signed in"
        return found.group(1)

    def switch(self, plugin: str, wish: str = "on") -> TestResponse:
        """Switch a plugin, as the button of the plugins page does."""
        return self.post(f"/plugins/{plugin}/switch", {"wish": wish})


def signed_cookie(app: Flask, token: str) -> str:
    """Write the cookie that a browser has after signing in."""
    serializer = app.session_interface.get_signing_serializer(app)
    return str(serializer.dumps({"_user_id": token, "_fresh": True}))


class House:
    """One instance in this process."""

    def __init__(self, instance: Instance) -> None:
        self.dispatcher = Dispatcher(instance)
        self.sites = {site.slug: site for site in self.dispatcher.sites.values()}

    @property
    def site(self) -> Site:
        return next(iter(self.sites.values()))

    def browser(self, *, role: str = "admin", slug: str | None = None, name: str = "Ida Kerbrat") -> Browser:
        """Add a person and give their browser, signed in."""
        site = self.sites[slug] if slug else self.site
        app = create_app(site)
        with app.app_context(), transaction():
            token = open_session(add_user(name, role=Role(role)), device="test")
        return Browser(self.dispatcher, site.collectivity.hosts[0], signed_cookie(app, token))

    def app(self, slug: str | None = None) -> Flask:
        """Give the app at work, built anew if the revision moved."""
        live = self.dispatcher.acquire(self.sites[slug] if slug else self.site)
        self.dispatcher.release(live)
        return live.app

    def upgrade(self) -> None:
        """Do what `portal upgrade` does."""
        upgrade(self.site)

    def rows(self, statement: sa.Select[Any]) -> list[Any]:
        with self.site.engine.connect() as conn:
            return list(conn.execute(statement).all())

    def state(self, plugin: str) -> Any:
        """Give the row of a plugin: is_on, phase, and if set aside host, at, phase, reason, reference, files."""
        both = sa.outerjoin(PluginState, Quarantine, Quarantine.plugin == PluginState.id)
        columns = (PluginState.is_on, *(column for column in Quarantine.__table__.c if column.name != "plugin"))
        found = self.rows(sa.select(*columns).select_from(both).where(PluginState.id == plugin))
        return found[0] if found else None

    def faults(self, plugin: str) -> list[Any]:
        return self.rows(sa.select(Fault.__table__).where(Fault.plugin == plugin).order_by(Fault.id))

    def close(self) -> None:
        for site in self.sites.values():
            site.engine.dispose()


@contextmanager
def opened(instance: Instance) -> Iterator[House]:
    house = House(instance)
    try:
        yield house
    finally:
        house.close()
