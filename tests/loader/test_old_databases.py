"""Many processes start at once on a database that earlier versions made, full of rows (P13)."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from portal.hosting.config import KEY_FILE

from tests.architecture.repository import ROOT
from tests.hosting.instances import place_for, site_in
from tests.hosting.servers import served
from tests.loader.stepping import rows, step_back
from tests.review.building import build
from tests.review.world import ADMIN

# Processes that start together, and how many times.
SHORT, LONG = (2, 1), (8, 10)
BUNDLED = tuple(sorted(path.parent.name for path in ROOT.glob("plugins/*/plugin.toml")))
STEP = re.compile(r"\w+: \w+_\d{4}")
WAIT = "mise à jour"
PAGES = ("/account", *(f"/{plugin}/" for plugin in BUNDLED))
PATIENCE_SECONDS = 300
# A session ends by itself, and is swept while it is served. That one outlives the upgrades, who asks for pages sees.
ENDING = {"sessions"}


@dataclass(frozen=True)
class Old:
    """A database of before, which steps it lacks, its rows.

    :ivar folder: whose key signed the cookie of an administrator
    """

    url: str
    lacks: Counter
    held: dict
    folder: Path
    cookie: str


@pytest.fixture(scope="module")
def old(database, instance_folder, tmp_path_factory):
    """Give a database whose plugins are at their first revision, and the core at the one before the last."""
    built = build(database, instance_folder, tmp_path_factory.mktemp("old"), plugins=BUNDLED, is_full=False)
    lacks = step_back(built.url, BUNDLED)
    yield Old(built.url, Counter(lacks), rows(built.url), built.folder, built.world.cookies[ADMIN][0])
    database.drop(built.url)


def start_upgrades(place, processes):
    command = [sys.executable, "-m", "portal.cli", "--instance", str(place), "upgrade"]
    return [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(processes)
    ]


def ended(running):
    """Wait for them; give how many failed, and how often each step was done."""
    said = [process.communicate(timeout=PATIENCE_SECONDS) for process in running]
    failed = [err for process, (_out, err) in zip(running, said, strict=True) if process.returncode]
    return failed, Counter(step for out, _err in said for step in STEP.findall(out))


def lost(old, found):
    """List the rows of before that are not there; the number of a revision is another one by now."""
    steady = [table for table in old.held if not table.startswith("alembic_version") and table not in ENDING]
    held = {table: old.held[table] for table in steady}
    return [(table, key) for table, kept in held.items() for key in kept if key not in found.get(table, {})]


def test_an_old_database_is_one_with_rows_that_the_code_cannot_read_yet(old):
    behind = {step.partition(":")[0] for step in old.lacks}
    assert behind >= {"portal", "ambassadors", "labs", "programmes", "regards", "restitutions"}
    assert sum(map(len, old.held.values())) > 1000
    assert {name for (name,), row in old.held["plugins"].items() if row["is_on"]} == set(BUNDLED)


def ask(server, old, path):
    """Read a page as the administrator of the world."""
    return server.ask(path, headers={"Cookie": f"session={old.cookie}", "Sec-Fetch-Site": "same-origin"})


def watch(server, old, running):
    """Ask for a page until every upgrade has ended; give the ways it was answered."""
    seen = set()
    while any(process.poll() is None for process in running):
        status, text = ask(server, old, "/account")
        seen.add((status, WAIT in text))
    return seen


def start_all(place, old, processes):
    """Serve what cannot be read yet, then start upgrades and another server at once; give what came of it."""
    with served(place) as early:
        before = ask(early, old, "/account")
        running = start_upgrades(place, processes)
        with served(place) as late:
            seen = watch(early, old, running)
            pages = {(path, ask(server, old, path)[0]) for server in (early, late) for path in PAGES}
        return before, seen, pages, *ended(running)


def test_many_that_start_at_once_on_an_old_database_do_each_step_once(database, old, tmp_path, proof, figure):
    processes, rounds = LONG if proof else SHORT
    failed, repeated, gone = [], 0, []
    for number in range(rounds):
        place = place_for(database, tmp_path / str(number), like=old.url)
        shutil.copyfile(old.folder / KEY_FILE, place / KEY_FILE)
        if not proof:  # what was tried already is not tried again
            (place / "verdicts").symlink_to((old.folder / "verdicts").resolve())
        before, seen, pages, faults, done = start_all(place, old, processes)
        assert (before[0], WAIT in before[1]) == (503, True)
        assert seen <= {(503, True), (200, False)}
        assert pages == {(path, 200) for path in PAGES}
        failed += faults
        repeated += (done - old.lacks).total()
        assert done >= old.lacks, old.lacks - done
        site = site_in(place)
        gone += lost(old, rows(site.url))
        site.engine.dispose()
        database.drop(site.url)
    figure(
        f"processes that failed, steps done again, rows lost: {processes} upgrades at once of an old database, served",
        database.kind,
        aim="0, 0 and 0",
        found=f"{len(failed)}, {repeated} and {len(gone)} in {rounds} starts, {old.lacks.total()} steps each",
    )
    assert (failed, repeated, gone) == ([], 0, [])
