"""Old databases: one with rows that everybody brought, put back to what earlier versions of the code had made."""

from __future__ import annotations

import sqlalchemy as sa
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory

from portal.engines import make_engine
from portal.loader.discovery import with_needs
from portal.loader.hooks import CORE_PLUGIN
from portal.loader.revisions import CORE_FOLDER, history, names_in, version_table


def step_back(url, plugins):
    """Bring plugins back to their first revision, the core by one; give each step that is to be done again."""
    undone = []
    engine = make_engine(url, foreign_keys=False)
    try:
        for manifest in [*reversed(with_needs(set(plugins))), None]:
            steps = names_in(history(manifest))
            goal = steps[0 if manifest else -2]
            name = manifest.id if manifest else CORE_PLUGIN
            with engine.execution_options(tx="write").connect() as conn:
                _down(conn, name, history(manifest), goal)
            undone += [f"{name}: {step}" for step in steps[steps.index(goal) + 1 :]]
    finally:
        engine.dispose()
    return undone


def _down(conn, name, folder, goal):
    script = ScriptDirectory(str(CORE_FOLDER), version_locations=[str(folder)])
    back = EnvironmentContext(Config(), script, fn=lambda revision, _context: script._downgrade_revs(goal, revision))
    back.configure(
        connection=conn,
        version_table=version_table(name),
        transactional_ddl=True,
        transaction_per_migration=True,
        render_as_batch=True,
    )
    with back, back.begin_transaction():
        back.run_migrations()


def rows(url):
    """Give the rows of each table, by their keys."""
    engine = make_engine(url)
    seen, found = sa.MetaData(), {}
    with engine.connect() as conn:
        seen.reflect(conn)
        for table in seen.sorted_tables:
            keys = [column.name for column in table.primary_key] or list(table.c.keys())
            held = conn.execute(sa.select(table)).mappings()
            found[table.name] = {tuple(row[key] for key in keys): dict(row) for row in held}
    engine.dispose()
    return found
