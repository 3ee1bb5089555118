"""Instances to measure: a folder, collectivities with a database each, a person signed in."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import tomlkit
from sqlalchemy.engine import Engine, make_url
from werkzeug.test import EnvironBuilder, run_wsgi_app

from bench.rows import fill
from portal.db import transaction
from portal.engines import make_engine
from portal.hosting.config import FILE, read_instance, write_secret
from portal.hosting.factory import create_app
from portal.hosting.site import Site
from portal.loader.discovery import scan
from portal.loader.migrating import create_database, migrate
from portal.loader.models import PluginState
from portal.people.sessions import open_session

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass(frozen=True)
class Wanted:
    """One collectivity to make: on which database, with how many rows."""

    slug: str
    database: str
    rows: int

    @property
    def host(self) -> str:
        """Give its host name."""
        return f"{self.slug}.localhost"


class Workshop:
    """Makes instances in one folder, and PostgreSQL databases in one throw-away server if there is one."""

    def __init__(self, folder: Path, cluster: Any = None) -> None:
        self.folder, self.cluster = folder, cluster
        self._empty: dict[str, str] = {}

    def database(self, kind: str, path: Path) -> str:
        """Give the address of a migrated, empty database."""
        if kind not in self._empty:
            self._empty[kind] = url = self._new(kind, self.folder / f"empty-{kind}.db")
            migrate(url, list(scan().manifests.values()))
        if kind == "postgresql":
            return str(self.cluster.new_database(template=self._empty[kind]))
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(str(make_url(self._empty[kind]).database), path)
        return f"sqlite:///{path}"

    def _new(self, kind: str, path: Path) -> str:
        if kind == "postgresql":
            return str(self.cluster.new_database())
        create_database(f"sqlite:///{path}")
        return f"sqlite:///{path}"

    def instance(self, name: str, wanted: Sequence[Wanted], *, fill: Callable[[Engine, int], None] = fill) -> Path:
        """Make an instance where every plugin is on, filled with as many rows as wanted, and give its folder."""
        folder = self.folder / name
        write_secret(folder)
        document, listed = tomlkit.document(), tomlkit.aot()
        for item in wanted:
            url = self.database(item.database, folder / item.slug / "portal.db")
            _populate(url, item.rows, fill)
            values = {"slug": item.slug, "name": "Ville de Dunes-sur-Mer", "hosts": [item.host], "database": url}
            listed.append(tomlkit.item(values))
        document["collectivity"] = listed
        (folder / FILE).write_text(document.as_string(), encoding="utf-8")
        return folder


def _populate(url: str, rows: int, fill: Callable[[Engine, int], None]) -> None:
    engine = make_engine(url)
    with engine.execution_options(tx="write").begin() as conn:
        for plugin in scan().manifests:
            conn.execute(sa.insert(PluginState).values(id=plugin, is_on=True))
    fill(engine, rows)
    engine.dispose()


def site_in(folder: Path, slug: str) -> Site:
    """Give one collectivity of an instance."""
    instance = read_instance(folder)
    return Site(instance, next(item for item in instance.collectivities if item.slug == slug))


def cookie_for(site: Site, person_id: int) -> str:
    """Sign somebody in, and give their cookie as a browser sends it after one page (with its CSRF token)."""
    app: Any = create_app(site)
    with app.app_context(), transaction():
        token = open_session(person_id, device="mesures")
    serializer = app.session_interface.get_signing_serializer(app)
    cookie = f"session={serializer.dumps({'_user_id': token, '_fresh': True})}"
    _status, headers, _body = ask(app, "/", host=site.collectivity.hosts[0], cookie=cookie)
    return str(headers["Set-Cookie"]).partition(";")[0] if "Set-Cookie" in headers else cookie


def ask(wsgi: Any, path: str, *, host: str, cookie: str = "", accept: str = "gzip") -> tuple[int, Any, bytes]:
    """Ask a WSGI application for a page, without any network."""
    return answer(wsgi, environ_for(path, host=host, cookie=cookie, accept=accept))


def environ_for(path: str, *, host: str, cookie: str = "", accept: str = "gzip") -> dict[str, Any]:
    """Make what a server would give the application for this page."""
    headers = {"Host": host, "Accept-Encoding": accept, "User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/128.0"}
    if cookie:
        headers["Cookie"] = cookie
    builder = EnvironBuilder(path=path.partition("?")[0], query_string=path.partition("?")[2], headers=headers)
    try:
        return builder.get_environ()
    finally:
        builder.close()


def answer(wsgi: Any, environ: dict[str, Any]) -> tuple[int, Any, bytes]:
    """Run one request, and give status, headers, body."""
    chunks, status, headers = run_wsgi_app(wsgi, environ)
    body = b"".join(chunks)
    close = getattr(chunks, "close", None)
    if close:
        close()
    return int(status.partition(" ")[0]), headers, body
