"""An import of people, measured in a process of its own: reading and comparing, applying, again without a change.

Run as a program, it does one import in the instance that is named and prints what it took, as JSON.
"""

from __future__ import annotations

import csv
import io
import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.instances import Wanted, site_in
from bench.measures import Bench
from bench.report import table
from portal.api import now, session, transaction
from portal.hosting.factory import create_app

SERVICES, TEAM = 600, 40
HEADS = ("Matricule", "Nom", "Prénom", "Courriel", "Code service", "Service", "Fonction", "Téléphone", "N+1")


def file_of(count: int, *, title: str = "Agent d’accueil") -> bytes:
    """Write a file as personnel software would: a number, an address, a service by its way, a superior for each."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(HEADS)
    for n in range(count):
        unit = n % SERVICES
        service = f"Direction {unit % 24:02} / Service {unit:03}"
        mail = f"agent.{n}@ville.example" if n % 2 else ""
        above = f"M{n // TEAM:06}" if n else ""
        who = (f"M{n:06}", f"Nom {n}", f"Prénom {n % 977}", mail)
        writer.writerow([*who, f"S{unit:03}", service, title, f"01 02 {n % 90 + 10} {n % 80 + 10} 00", above])
    return out.getvalue().encode("cp1252")


def measure(folder: str, slug: str, count: str) -> dict[str, float]:
    """Import a file of people into an empty collectivity, then the same file again."""
    app = create_app(site_in(Path(folder), slug))
    with app.app_context():
        content = file_of(int(count))
        first, again = _import(content), _import(content)
        changed = _import(file_of(int(count), title="Agent d’accueil et d’état civil"))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "bytes": len(content),
        "peak_mb": peak,
        **{f"first_{name}": value for name, value in first.items()},
        **{f"again_{name}": value for name, value in again.items()},
        **{f"changed_{name}": value for name, value in changed.items()},
    }


def _import(content: bytes) -> dict[str, float]:
    from plugins.directory.models.imports import Import, Kind
    from plugins.directory.services.imports.applying import apply_batch
    from plugins.directory.services.imports.planning import make_plan
    from plugins.directory.services.imports.staging import pack, stage
    from plugins.directory.services.imports.steering import start_import

    begun = time.perf_counter()
    plan = make_plan(content, Kind.PEOPLE, is_complete=True, actor_id=None, at=now())
    packed = pack(content)
    session.rollback()
    session.expunge_all()
    read = time.perf_counter()
    with transaction():
        number = stage(plan, packed, actor=None, at=now()).id
    staged = time.perf_counter()
    del plan
    with transaction():
        start_import(session.get_one(Import, number), lets_leave=False, typed=None, actor=None, at=now())
    longest, batches = 0.0, 0
    more = True
    while more:
        batch = time.perf_counter()
        with transaction():
            more = apply_batch(now())
        session.expunge_all()
        longest, batches = max(longest, time.perf_counter() - batch), batches + 1
    done = time.perf_counter()
    with transaction():
        written = sum(session.get_one(Import, number).results.values())
    return {
        "read_s": read - begun,
        "stage_s": staged - read,
        "apply_s": done - staged,
        "longest_s": longest,
        "batches": batches,
        "written": written,
    }


def _apart(folder: Path, slug: str, count: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.importing", str(folder), slug, str(count)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def importing(bench: Bench) -> None:
    """Chapter 8: an import of people."""
    count = bench.effort.imported
    rows = list(_rows(bench, count))
    how = (
        f"A file of {count:,} people in latin-1: {SERVICES} services under 24 directions, a superior for each; into a"
        " collectivity of 500 people; one process, nothing else writing; each batch one transaction (`synchronous=FULL`"
        " on SQLite). Memory is the highest of the process, for the three imports. The same as a command:"
        " `portal directory import FILE --apply`."
    ).replace(",", " ", 1)
    heads = ("what", *bench.databases)
    bench.report.section("8. An import of people", how, table(heads, rows))


def _rows(bench: Bench, count: int) -> Iterator[tuple[object, ...]]:
    found = {}
    for name in bench.databases:
        wanted = Wanted("imports", name, 1000)
        found[name] = _apart(bench.workshop.instance(f"importing-{name}", [wanted]), wanted.slug, count)
        bench.report.at_most(
            f"import: longest hold of the write lock, {name}", found[name]["first_longest_s"], 2, unit=" s"
        )
        bench.report.at_most(f"import: memory of the process, {name}", found[name]["peak_mb"], 512, unit=" MB")
    for key, words in WORDS.items():
        yield (words, *(_written(found[name], key) for name in bench.databases))


WORDS = {
    "first_read_s": "reading and comparing (before the write lock)",
    "first_stage_s": "keeping the lines for the preview (one transaction)",
    "first_apply_s": "applying: everybody is new",
    "first_batches": "batches",
    "first_longest_s": "longest batch",
    "again_read_s": "the same file again: reading and comparing",
    "again_apply_s": "the same file again: applying (nothing changes)",
    "changed_read_s": "one column changed for everybody: reading and comparing",
    "changed_apply_s": "one column changed for everybody: applying",
    "peak_mb": "memory",
}


def _written(one: dict[str, Any], key: str) -> str:
    if key.endswith("_s"):
        return f"{one[key]:.1f} s"
    return f"{one[key]:.0f} MB" if key == "peak_mb" else f"{one[key]:.0f}"


if __name__ == "__main__":
    print(json.dumps(measure(*sys.argv[1:])))
