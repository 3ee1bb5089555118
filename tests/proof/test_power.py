"""The power goes: what the disk had received is there, and nothing more (P13).

There is no short version: what was written and not synced is only told from what was on a disk of its own, which asks
for the right to mount one. Without a mount, a copy of the file holds what the kernel has not written yet, and nothing
would ever be lost, by any setting.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest

from portal.engines import make_engine
from portal.testing.postgres import SAFE, Cluster, PostgresUnavailable, postgresql_cluster

from tests.proof.disks import mounted, new_disk
from tests.strict import unavailable

# Rounds; writes acknowledged before the power goes, and how many more at most: nobody knows when.
ROUNDS, WANTED, CHANCE = 10, 500, 150
# Rows of ten pages: SQLite copies its log into the file at each thousand, and begins it anew.
LEAST_CHECKPOINTS = 3
TABLE = "CREATE TABLE kept (number INTEGER PRIMARY KEY, words TEXT)"
WRITE = """
import secrets
import sys
import sqlalchemy as sa
from portal.engines import make_engine
engine = make_engine(sys.argv[1])
for setting in sys.argv[2:]:
    sa.event.listen(engine, "connect", lambda raw, record: raw.execute(setting))
number = 0
while True:
    number += 1
    with engine.execution_options(tx="write").begin() as conn:
        conn.exec_driver_sql("INSERT INTO kept VALUES (%d, '%s')" % (number, secrets.token_hex(20_000)))
    print(number, flush=True)
"""


class Sqlite:
    """The database of the portal as it is; the control waits for the disk at checkpoints only."""

    kind, megabytes = "sqlite", 96
    care = {"synchronous=FULL": (), "synchronous=NORMAL": ("PRAGMA synchronous=NORMAL",)}

    @contextmanager
    def at_work(self, disk, care):
        """Give the address of a database on a disk, what the writer adds to it, and whom to stop beside the writer."""
        with closing(sqlite3.connect(disk / "portal.db")) as raw:
            raw.execute("PRAGMA journal_mode=WAL")
            raw.execute(TABLE)
        yield f"sqlite:///{disk / 'portal.db'}", self.care[care], list

    def checkpoints(self, disk):
        """Count how often the log was begun anew: its header says so (https://www.sqlite.org/fileformat2.html#walformat)."""
        return int.from_bytes((disk / "portal.db-wal").read_bytes()[12:16])

    @contextmanager
    def again(self, disk):
        """Give the address of what is left."""
        with closing(sqlite3.connect(disk / "portal.db")) as raw:
            assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        yield f"sqlite:///{disk / 'portal.db'}"


class Postgresql:
    """A careful server; the control answers before the disk does."""

    kind, megabytes = "postgresql", 256
    care = {
        "synchronous_commit=on": SAFE,
        "synchronous_commit=off": SAFE | {"synchronous_commit": "off", "wal_writer_delay": "10s"},
    }

    @contextmanager
    def at_work(self, disk, care):
        """Give the address of a database on a disk, what the writer adds to it, and whom to stop beside the writer."""
        try:
            with postgresql_cluster(within=disk, settings=self.care[care]) as cluster:
                execute(cluster.url(), TABLE)
                execute(cluster.url(), "CHECKPOINT")
                yield cluster.url(), (), cluster.processes
        except PostgresUnavailable as reason:
            unavailable(reason)

    def checkpoints(self, _disk):
        """Give no number: what it has acknowledged is in its log, which is kept until the next one."""
        return LEAST_CHECKPOINTS

    @contextmanager
    def again(self, disk):
        """Give the address of what is left, once the server has recovered."""
        (folder,) = disk.glob("portal-pg-*")
        for lock in (folder / "data/postmaster.pid", *folder.glob(".s.PGSQL.*")):
            lock.unlink()  # the number of a process of before the power went
        cluster = Cluster(folder, SAFE)
        cluster.start()
        try:
            yield cluster.url()
        finally:
            cluster.stop()


@contextmanager
def stopped(pids):
    """Stop processes where they stand: they acknowledge nothing, and ask the disk for nothing."""
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    for pid in pids:
        wait_until_stopped(pid)
    try:
        yield
    finally:
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


def wait_until_stopped(pid):
    while Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in {"T", "t"}:
        os.sched_yield()


def execute(url, statement):
    engine = make_engine(url)
    try:
        with engine.execution_options(tx="write").begin() as conn:
            result = conn.exec_driver_sql(statement)
            return result.scalars().all() if result.returns_rows else []
    finally:
        engine.dispose()


def cut(folder, database, care):
    """Write, cut the power, start again elsewhere; give how many were acknowledged, and how many are not there.

    There are as many checkpoints before as are needed for the file itself to have been written to, and synced.
    """
    wanted = WANTED + random.randrange(CHANCE)
    image, after = new_disk(folder / "disk", megabytes=database.megabytes), folder / "after"
    with mounted(image) as disk, database.at_work(disk, care) as (url, settings, beside):
        subprocess.run(["sync", "--file-system", disk], check=True)
        command = [sys.executable, "-c", WRITE, url, *settings]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
            told = [int(writer.stdout.readline()) for _ in range(wanted)]
            with stopped([writer.pid, *beside()]):
                assert database.checkpoints(disk) >= LEAST_CHECKPOINTS
                shutil.copyfile(image, after)
                writer.kill()
            # read after the copy, written before it: acknowledged as well
            told += [int(line) for line in writer.stdout.read().split()]
    with mounted(after) as disk, database.again(disk) as url:
        found = execute(url, "SELECT number FROM kept")
    image.unlink()
    after.unlink()
    return len(set(told)), len(set(told) - set(found))


@pytest.mark.parametrize(
    ("kept_in", "care", "is_control"),
    [(kind(), care, place > 0) for kind in (Sqlite, Postgresql) for place, care in enumerate(kind.care)],
    ids=lambda value: getattr(value, "kind", str(value)),
)
def test_a_power_cut_loses_nothing_and_with_less_care_it_does(tmp_path, kept_in, care, is_control, figure):
    told = lost = 0
    for number in range(ROUNDS):
        (tmp_path / str(number)).mkdir()
        one, two = cut(tmp_path / str(number), kept_in, care)
        told, lost = told + one, lost + two
    aim = "more than 0: the control" if is_control else "0"
    figure(f"acknowledged writes lost by a power cut, {care}", kept_in.kind, aim=aim, found=f"{lost} of {told}")
    assert told >= ROUNDS * WANTED
    assert (lost > 0) == is_control, (lost, told)
