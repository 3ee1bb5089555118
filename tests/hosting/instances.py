"""Instances on disk, as an operator has them, with people at work in them."""

from __future__ import annotations

import hashlib
import shutil
import threading
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
import tomlkit
from sqlalchemy.engine import make_url

from portal.content.clock import real_now
from portal.db import transaction
from portal.hosting.config import read_instance, write_secret
from portal.hosting.factory import create_app
from portal.hosting.site import Site
from portal.people.models import User
from portal.people.users import add_user

PATIENCE_SECONDS = 60


def place_for(database, folder, *, empty=False, like=None):
    """Prepare the settings of an instance of one collectivity, and its database: its tables, nothing, or a copy."""
    write_secret(folder)
    document = tomlkit.document()
    document["name"] = "Ville de Dunkerque"
    if database.kind == "postgresql":
        document["database"] = database.empty() if empty else database.copy(like) if like else database.fresh(())
    elif not empty:
        (folder / "default").mkdir()
        shutil.copyfile(str(make_url(like or database.fresh(())).database), folder / "default/portal.db")
    (folder / "portal.toml").write_text(document.as_string())
    return folder


def site_in(folder):
    instance = read_instance(folder)
    return Site(instance, instance.collectivities[0])


def all_rows(site, without=("sessions",)):
    """Give every row of every table, as text, in a stable order."""
    with site.engine.connect() as conn:
        tables = [name for name in sa.inspect(conn).get_table_names() if name not in without]
        return {name: sorted(map(repr, conn.execute(sa.text(f"SELECT * FROM {name}")))) for name in sorted(tables)}


def names_in(site):
    with site.engine.connect() as conn:
        return set(conn.scalars(sa.select(User.name)))


def all_files(folder):
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


class Crowd:
    """People who write without a pause: a file, then the row that names it; noted once the commit has answered."""

    def __init__(self, site, writers=3):
        self.site, self.app = site, create_app(site)
        self.store = site.instance.folder_of(site.collectivity) / "files"
        self.acknowledged, self.faults = [], []
        self.over, self.more = threading.Event(), threading.Condition()
        self.threads = [threading.Thread(target=self._write, args=(number,)) for number in range(writers)]

    def _write(self, writer):
        number = 0
        while not self.over.is_set():
            number += 1
            content = f"writer {writer}, act {number}".encode()
            name = hashlib.sha256(content).hexdigest()
            try:
                path = self.store / name[:2] / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
                with self.app.app_context(), transaction():
                    add_user(name)
            except Exception as error:
                self.faults.append(error)
                return
            with self.more:
                self.acknowledged.append((name, real_now()))
                self.more.notify_all()

    def wait_for_more(self, count=1):
        with self.more:
            goal = len(self.acknowledged) + count
            assert self.more.wait_for(lambda: len(self.acknowledged) >= goal or self.faults, PATIENCE_SECONDS)
        assert not self.faults

    def before(self, instant):
        return {name for name, at in self.acknowledged if at <= instant}


@contextmanager
def crowd_at(site):
    crowd = Crowd(site)
    for thread in crowd.threads:
        thread.start()
    try:
        yield crowd
    finally:
        crowd.over.set()
        for thread in crowd.threads:
            thread.join(PATIENCE_SECONDS)
        site.engine.dispose()


def lose(site):
    """Lose the machine: nothing of the instance is left."""
    site.engine.dispose()
    shutil.rmtree(Path(site.instance.folder))
