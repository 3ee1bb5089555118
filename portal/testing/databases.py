"""Databases for tests: SQLite, and PostgreSQL where a server can be started; migrated once, copied for each test."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.engine import make_url

from portal.hosting.config import write_secret
from portal.loader.discovery import scan
from portal.loader.migrating import create_database, migrate
from portal.testing.postgres import PostgresUnavailable, memory, postgresql_cluster

DATABASES = ("sqlite", "postgresql")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--databases`."""
    parser.addoption("--databases", default=",".join(DATABASES), help="databases to run on: sqlite,postgresql")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what touches a database on each of them."""
    if "database" in metafunc.fixturenames:
        names = metafunc.config.getoption("--databases").split(",")
        marks = [pytest.param(name, marks=pytest.mark.postgresql if name == "postgresql" else ()) for name in names]
        metafunc.parametrize("database", marks, scope="session", indirect=True)


class Databases:
    """Makes databases of one kind: migrated once per set of plugins, then copied for each test."""

    def __init__(self, kind: str, folder: Path, cluster: Any = None) -> None:
        self.kind, self.folder, self.cluster = kind, folder, cluster
        self._templates: dict[tuple[str, ...], str] = {}
        self._made = 0

    def template(self, plugins: tuple[str, ...]) -> str:
        """Give the address of a database where core and plugins are migrated."""
        if plugins not in self._templates:
            self._templates[plugins] = url = self.empty()
            migrate(url, [scan().manifests[name] for name in plugins])
        return self._templates[plugins]

    def empty(self) -> str:
        """Give the address of a new database with nothing in it."""
        self._made += 1
        if self.kind == "postgresql":
            return str(self.cluster.new_database())
        url = f"sqlite:///{self.folder / f'{self._made}.db'}"
        create_database(url)
        return url

    def fresh(self, plugins: tuple[str, ...]) -> str:
        """Give the address of a copy of the template."""
        return self.copy(self.template(plugins))

    def copy(self, url: str) -> str:
        """Give the address of a copy of a database that nobody has open."""
        if self.kind == "postgresql":
            return str(self.cluster.new_database(template=url))
        self._made += 1
        path = self.folder / f"{self._made}.db"
        shutil.copyfile(str(make_url(url).database), path)
        return f"sqlite:///{path}"

    def drop(self, url: str) -> None:
        """Remove a database after its test."""
        if self.kind == "postgresql":
            self.cluster.drop_database(url)
            return
        for path in self.folder.glob(f"{Path(str(make_url(url).database)).name}*"):
            path.unlink()


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[Any]:
    """Start one PostgreSQL for the session; None where there is none."""
    try:
        with postgresql_cluster() as cluster:
            yield cluster
    except PostgresUnavailable as reason:
        yield reason


@pytest.fixture(scope="session")
def database(request: pytest.FixtureRequest) -> Iterator[Databases]:
    """Give the maker of databases of one kind."""
    kind, cluster = request.param, None
    if kind == "postgresql":
        cluster = request.getfixturevalue("postgresql_server")
        if isinstance(cluster, PostgresUnavailable):
            pytest.skip(str(cluster))
    with tempfile.TemporaryDirectory(prefix="portal-tests-", dir=memory()) as folder:
        yield Databases(kind, Path(folder), cluster)


@pytest.fixture(scope="session")
def instance_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder for an instance, with its key; verdicts about plugins are kept in it for the session."""
    folder = tmp_path_factory.mktemp("instance")
    write_secret(folder)
    return folder
