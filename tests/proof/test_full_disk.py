"""The disk gets full while people write, then has room again: clear pages, nothing by half, no restart (P13)."""

from __future__ import annotations

import os
from contextlib import contextmanager

from portal.testing.databases import Databases
from portal.testing.postgres import SAFE, PostgresUnavailable, postgresql_cluster

from tests.hosting.instances import place_for, site_in
from tests.proof.disks import MEGABYTE, mounted, new_disk
from tests.proof.writers import losses, people_at_work
from tests.strict import unavailable

WANTED = 100


@contextmanager
def sqlite_on(disk, database, tmp_path):
    """Give an instance on a disk, its database in it."""
    yield place_for(database, disk / "instance"), lambda: None


@contextmanager
def postgresql_on(disk, _database, tmp_path):
    """Give an instance whose server has a disk of its own, and what its operator does once there is room."""
    try:
        with postgresql_cluster(within=disk, settings=SAFE) as cluster:
            folder = place_for(Databases("postgresql", tmp_path, cluster), tmp_path / "instance")
            yield folder, lambda: None if is_up(cluster) else cluster.start()
    except PostgresUnavailable as reason:
        unavailable(reason)


def is_up(cluster):
    return (cluster.sockets / "data/postmaster.pid").exists()


@contextmanager
def filled(disk):
    """Leave no room on a disk."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as out:
        for piece in (MEGABYTE, 4096):
            try:
                while True:
                    out.write(b"x" * piece)
                    os.fsync(out.fileno())
            except OSError:  # full, to the last block
                pass
    try:
        yield
    finally:
        ballast.unlink()


def test_a_full_disk_is_said_loses_nothing_and_asks_for_no_restart(database, tmp_path, figure):
    place, megabytes = (sqlite_on, 48) if database.kind == "sqlite" else (postgresql_on, 256)
    image = new_disk(tmp_path / "disk", megabytes=megabytes)
    with mounted(image) as disk, place(disk, database, tmp_path) as (folder, mend):
        site = site_in(folder)
        with people_at_work(site) as people:
            people.wait_for(WANTED)
            with filled(disk):
                people.wait_for_refusals(people.refused + WANTED)
            mend()
            people.wait_for(len(people.acknowledged) + WANTED)
        lost, twice = losses(site, people)
    figure(
        "acknowledged writes lost, or there twice, by a full disk",
        database.kind,
        aim="0 and 0",
        found=f"{lost} and {twice} of {len(people.acknowledged)}; {people.refused} refused with a clear page",
    )
    assert (lost, twice) == (0, 0)
