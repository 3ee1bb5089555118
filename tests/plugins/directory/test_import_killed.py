"""`kill -9` in the middle of a batch: a line is done or it is not, and another worker goes on (mechanics 8, P13)."""

from __future__ import annotations

import signal
import subprocess
import sys
from contextlib import closing

import pytest
import sqlalchemy as sa
import tomlkit

from portal.api import session
from portal.content.clock import real_now
from portal.content.models import JobRun
from portal.db import transaction
from portal.hosting.config import FILE, read_instance, write_secret
from portal.hosting.factory import create_app
from portal.hosting.site import Site
from portal.hosting.worker import Worker
from portal.loader.models import PluginState

from plugins.directory.models.imports import Import, Line, Outcome, State
from tests.plugins.directory.import_files import Importer, everybody, file_of

LINES = 40
# A real worker, which is killed by the system while it writes the twelfth line: the second of the third batch.
KILLED = """
import os, signal, sys
from pathlib import Path
from plugins.directory.services.imports import applying
from portal.hosting.config import read_instance
from portal.hosting.worker import Worker

applying.BATCH_LINES, applying.BATCH_SECONDS = 5, 60
done, write = [], applying.Batch.do

def do(batch, line):
    done.append(line)
    write(batch, line)
    if len(done) == 12:
        os.kill(os.getpid(), signal.SIGKILL)

applying.Batch.do = do
Worker(read_instance(Path(sys.argv[1]))).round()
"""


@pytest.fixture
def site(database, tmp_path):
    """Give a collectivity that other processes find too, by its folder."""
    url = database.fresh(("directory",))
    write_secret(tmp_path)
    document = tomlkit.document()
    document.add("database", url)
    (tmp_path / FILE).write_text(document.as_string(), encoding="utf-8")
    instance = read_instance(tmp_path)
    made = Site(instance, instance.collectivities[0])
    with made.engine.execution_options(tx="write").begin() as conn:
        conn.execute(sa.insert(PluginState).values(id="directory", is_on=True))
    yield made
    made.engine.dispose()
    database.drop(url)


def counts(app):
    """Count people, lines that are done, and what the import says of itself."""
    with app.app_context():
        row = session.scalars(sa.select(Import)).one()
        lines = session.scalar(sa.select(sa.func.count()).where(Line.outcome == Outcome.DONE))
        return len(everybody()), lines, row.done, row.state


def test_a_killed_worker_leaves_whole_batches_and_the_next_one_ends_the_work(site, writing):
    app = create_app(site)
    importer = Importer(writing)
    importer.start(importer.stage(file_of(*([f"M{n}", "Nom", f"P{n}"] for n in range(LINES)))))
    killed = subprocess.run([sys.executable, "-c", KILLED, str(site.instance.folder)], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert counts(app) == (10, 10, 10, State.APPLYING)
    with app.app_context(), transaction():
        session.execute(sa.update(JobRun).values(due_at=real_now()))  # the lease of the dead worker is over
    with closing(Worker(site.instance)) as worker:
        worker.round()
    assert counts(app) == (LINES, LINES, LINES, State.DONE)
    with app.app_context(), transaction():
        numbers = sa.select(sa.func.count(Line.person_id.distinct()))
        assert session.scalar(numbers) == LINES
