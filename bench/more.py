"""What one more plugin costs a page: 1, 10 and 30 that take no part in it, then as many that add a section to it.

`python -m bench.more` is the process that measures, which has the strangers on its path; its answer is JSON.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import sqlalchemy as sa

from bench.filling import READER
from bench.hooking import microseconds
from bench.instances import Wanted, answer, cookie_for, site_in
from bench.measures import NAMES, Bench
from bench.pages import LAB, LIST, Inside
from bench.report import table
from bench.servers import environment
from bench.strangers import IDLE, MOST, SPEAKING, install, names
from portal.hosting.config import read_instance
from portal.loader.discovery import files_hash, scan
from portal.loader.models import PluginState
from portal.loader.running import note_running
from portal.values import ANONYMOUS, Subject

ROOT = Path(__file__).parent.parent
COUNTS = (1, 10, MOST)
ROWS, TURN_REQUESTS = 1_000, 4
IDLE_AIM, SECTION_AIM = 0.5, 2.0
NOBODY = Wanted("without", "sqlite", ROWS)
MORE = {kind: [Wanted(f"{kind}{count}", "sqlite", ROWS) for count in COUNTS] for kind in (IDLE, SPEAKING)}
ASKED = {LIST: [NOBODY, *MORE[IDLE]], LAB: [NOBODY, *MORE[IDLE], *MORE[SPEAKING]]}
HEADS = ("page", "more plugins", "SQL", "CPU ms", "ms per plugin", "% per plugin", "half of the turns, %")


def one_more(bench: Bench) -> None:
    """Chapter 11: make collectivities that differ by their strangers only, and tell their pages apart."""
    found = _measured(bench)
    parts = [_table(bench, found, IDLE, LIST), _table(bench, found, IDLE, LAB), _table(bench, found, SPEAKING, LAB)]
    own = found["own_ms"]
    how = (
        "SQLite: a plugin that takes no part asks the database nothing (see SQL), so the database has no part in it."
        " In process, processor time; every collectivity in turn, in a shuffled order,"
        f" {bench.effort.turns} turns of {TURN_REQUESTS} answers after one that is not counted; each compared with the"
        " collectivity without strangers in the same turn. Each stranger is an installed package with a page of its"
        " own, a kind of subject, and an answer to every hook a page asks; none has an entry in the navigation. A"
        f" section is a list of five lines; its own work (its hook and its template by themselves) takes {own:.3f} ms,"
        " which is taken off the last columns. What is below nothing is the noise of a turn."
    )
    bench.report.section("11. One more plugin", how, *parts)


def _table(bench: Bench, found: Mapping[str, Any], kind: str, path: str) -> str:
    turns, statements = found["turns"][path], found["sql"][path]
    without, own = turns[NOBODY.slug], found["own_ms"] if kind == SPEAKING else 0.0
    aim, does = (SECTION_AIM, "each adding a section") if kind == SPEAKING else (IDLE_AIM, "taking no part")
    rows: list[tuple[object, ...]] = [(NAMES[path], 0, statements[NOBODY.slug] + 1, median(without), "–", "–", "–")]
    for wanted, count in zip(MORE[kind], COUNTS, strict=True):
        each = [(ms - base) / count - own for ms, base in zip(turns[wanted.slug], without, strict=True)]
        share = [100 * ms / base for ms, base in zip(each, without, strict=True)]
        low, _middle, high = quantiles(share, n=4)
        what = (NAMES[path], f"{count}, {does}", statements[wanted.slug] + 1, median(turns[wanted.slug]))
        rows.append((*what, f"{median(each):.3f}", f"{median(share):.2f}", f"{low:.2f} – {high:.2f}"))
    beyond = ", beyond its own work" if own else ""
    words = f"CPU of one more plugin, {MOST} {does}{beyond}: {NAMES[path]}"
    bench.report.at_most(words, median(share), aim, unit=" %")  # the last are the most: the least noise per plugin
    return table(HEADS, rows)


def _measured(bench: Bench) -> dict[str, Any]:
    """Make the instance, put the strangers on the path of a process, and give what it measured."""
    every = [NOBODY, *MORE[IDLE], *MORE[SPEAKING]]
    folder = bench.workshop.instance("more", every)
    site = folder / "strangers"
    install(site)
    cookies = {}
    for wanted in every:
        here = site_in(folder, wanted.slug)
        cookies[wanted.slug] = cookie_for(here, READER)
        with here.engine.execution_options(tx="write").begin() as conn:
            for plugin in _strangers(wanted):
                conn.execute(sa.insert(PluginState).values(id=plugin, is_on=True))
        here.engine.dispose()
    path = os.pathsep.join([str(ROOT), str(site)])
    done = subprocess.run(
        [sys.executable, "-m", "bench.more", str(bench.effort.turns)],
        env={**environment(folder), "PYTHONPATH": path},
        input=json.dumps({"folder": str(folder), "cookies": cookies}),
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(done.stderr[-4000:])
    return dict(json.loads(done.stdout.splitlines()[-1]))


def _strangers(wanted: Wanted) -> Iterator[str]:
    for kind, several in MORE.items():
        for other, count in zip(several, COUNTS, strict=True):
            if other == wanted:
                yield from names(kind, count)


def measured(folder: Path, cookies: Mapping[str, str], turns: int) -> dict[str, Any]:
    """Ask each collectivity for each page, turn after turn; the strangers are on the path of this process."""
    # Trying each apart takes a second (chapter 4): these are taken as tried, as in a process that has served them.
    note_running(read_instance(folder).folder, {plugin: files_hash(plugin) for plugin in scan().manifests})
    inside, shuffled = Inside(folder, cookies), random.Random(1)
    found: dict[str, Any] = {"turns": {}, "sql": {}, "own_ms": 0.0}
    for path, several in ASKED.items():
        found["sql"][path] = {wanted.slug: inside.statements(wanted, path)["sql"] for wanted in several}
        found["turns"][path] = times = defaultdict(list)
        for _turn in range(turns):
            for wanted in shuffled.sample(several, len(several)):
                times[wanted.slug].append(_turn_ms(inside, wanted, path))
    _check(inside)
    found["own_ms"] = _own_ms(inside)
    return found


def _turn_ms(inside: Inside, wanted: Wanted, path: str) -> float:
    environs = [inside.environ(wanted, path) for _request in range(1 + TURN_REQUESTS)]
    answer(inside.dispatcher, environs[0])
    times = []
    for environ in environs[1:]:
        started = time.process_time()
        status, _headers, _body = answer(inside.dispatcher, environ)
        times.append((time.process_time() - started) * 1000)
        if status != 200:
            raise RuntimeError(f"{wanted.slug} {path}: {status}")
    return median(times)


def _check(inside: Inside) -> None:
    """Be sure that the strangers were there: what is set aside costs nothing."""
    for wanted in (*MORE[IDLE], *MORE[SPEAKING]):
        on = set(inside.dispatcher.live[wanted.slug].app.config["PLUGINS"])
        if missing := set(_strangers(wanted)) - on:
            raise RuntimeError(f"{wanted.slug}: not on: {sorted(missing)}")
    said = inside.get(MORE[SPEAKING][-1], LAB)[2].decode()
    if absent := [plugin for plugin in names(SPEAKING, MOST) if plugin not in said]:
        raise RuntimeError(f"no section of {absent}")


def _own_ms(inside: Inside) -> float:
    """Time the hook and the template of a section by themselves."""
    app = inside.dispatcher.live[MORE[SPEAKING][0].slug].app
    module, subject = sys.modules[f"bench_{names(SPEAKING, 1)[0]}.plugin"], Subject("labs.lab", 1)

    def act() -> None:
        for section in module.portal_sections(subject, ANONYMOUS):
            app.jinja_env.get_template(section.template).render(section.context)

    return microseconds(act) / 1000


def main(arguments: Sequence[str]) -> None:
    """Measure what the standard input names."""
    given = json.load(sys.stdin)
    print(json.dumps(measured(Path(given["folder"]), given["cookies"], int(arguments[0]))))


if __name__ == "__main__":
    main(sys.argv[1:])
