"""Every plugin that is found, and the core: the migrations make the tables of the models, and go both ways."""

from __future__ import annotations

from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from portal.db import CoreBase
from portal.engines import make_engine
from portal.loader.discovery import scan
from portal.loader.migrating import migrate
from portal.loader.registration import import_plugin

PLUGINS = sorted(scan().manifests)
CORE = "portal"
OURS = ("portal.", *(f"plugins.{plugin}." for plugin in PLUGINS))


def owner_of(table):
    if table.startswith("alembic_"):
        return "alembic"
    return next((plugin for plugin in PLUGINS if table.startswith(f"{plugin}_")), CORE)


@pytest.fixture
def url(database):
    made = database.empty()
    yield made
    database.drop(made)


@contextmanager
def connected(url):
    engine = make_engine(url)
    with engine.connect() as conn:
        yield conn
    engine.dispose()


def manifests_of(owner):
    if owner == CORE:
        return []
    manifest = scan().manifests[owner]
    import_plugin(manifest)
    return [manifest]


def tables(url):
    """Give the columns and the indexes of each table."""
    with connected(url) as conn:
        asked = sa.inspect(conn)
        return {
            name: (
                {(column["name"], str(column["type"]), column["nullable"]) for column in asked.get_columns(name)},
                {(index["name"], *index["column_names"]) for index in asked.get_indexes(name)},
            )
            for name in asked.get_table_names()
            if owner_of(name) != "alembic"
        }


@pytest.mark.parametrize("owner", [CORE, *PLUGINS])
def test_the_tables_are_those_of_the_models(url, owner):
    migrate(url, manifests_of(owner))
    made = set(tables(url))
    modules = {mapper.local_table.name: mapper.class_.__module__ for mapper in CoreBase.registry.mappers}

    def ours(name, kind, _parents):
        """Leave out what other tests declare in this process, and no migration makes."""
        is_judged = name in made or modules.get(name, "").startswith(OURS)
        return kind != "table" or (owner_of(name) == owner and is_judged)

    def compared(_thing, name, kind, _reflected, _other):
        return ours(name, kind, None)

    opts = {"include_name": ours, "include_object": compared, "compare_type": True}
    with connected(url) as conn:
        drift = compare_metadata(MigrationContext.configure(conn, opts=opts), CoreBase.metadata)
    assert drift == []


@pytest.mark.parametrize("owner", PLUGINS)
def test_the_migrations_of_a_plugin_go_both_ways(url, owner):
    migrate(url, manifests_of(owner))
    once = tables(url)
    assert {owner_of(name) for name in once} <= {owner, CORE}
    migrate(url, manifests_of(owner), core=False, down=True)
    assert tables(url) == {name: made for name, made in once.items() if owner_of(name) == CORE}
    migrate(url, manifests_of(owner))
    assert tables(url) == once
