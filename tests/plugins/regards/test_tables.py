"""The migration makes the tables of the models, and goes both ways."""

from __future__ import annotations

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from portal.db import CoreBase
from portal.engines import make_engine
from portal.loader.discovery import scan
from portal.loader.migrating import migrate

PLUGINS = ["regards"]
OURS = "regards_"


def _is_ours(name, kind, _parents):
    return kind != "table" or name.startswith(OURS)


def test_the_tables_are_those_of_the_models(app, site):
    opts = {
        "include_name": _is_ours,
        "include_object": lambda _thing, name, kind, _reflected, _other: _is_ours(name, kind, None),
        "compare_type": True,
    }
    with site.engine.connect() as conn:
        drift = compare_metadata(MigrationContext.configure(conn, opts=opts), CoreBase.metadata)
    assert drift == []


def test_the_migration_goes_both_ways(app, site):
    manifest, url = scan().manifests["regards"], site.collectivity.database
    site.engine.dispose()

    def tables():
        engine = make_engine(url)
        found = {name for name in sa.inspect(engine).get_table_names() if name.startswith(OURS)}
        engine.dispose()
        return found

    once = tables()
    migrate(url, [manifest], core=False, down=True)
    assert tables() == set()
    migrate(url, [manifest])
    assert tables() == once == {"regards_board", "regards_seat", "regards_card", "regards_line"}
