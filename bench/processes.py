"""The chapters of RESULTS.md about processes: starting, writing, the guard and the dispatcher."""

from __future__ import annotations

from statistics import median

from bench.hooking import MANY, dispatching, guard
from bench.instances import Wanted
from bench.measures import Bench
from bench.pages import SIGN_IN, Inside, shares
from bench.report import table
from bench.starting import FURTHER, built, further_mb, starts
from bench.writing import WRITERS, writes


def starting(bench: Bench) -> None:
    """Chapter 4: building, switching, starting, memory."""
    alone = Wanted("alone", "sqlite", 1000)
    folder, report, times = bench.workshop.instance("alone", [alone]), bench.report, bench.effort.starts
    one = built(folder, alone.slug)
    bare = starts(None, None, times=times, log=bench.log)
    portal = starts(folder, alone, times=times, log=bench.log)
    shipped = starts(folder, alone, times=max(1, times // 2), log=bench.log, shipped=True)
    further = further_mb(bench.workshop, log=bench.log)
    slowest = max(one["off_ms"], one["on_ms"])
    report.at_most("switching a plugin, first answer in a worker", slowest, 300, unit=" ms")
    report.at_most("start to first answer", portal.seconds, 1.5, unit=" s")
    report.at_most("memory, 2 workers, every first-party plugin", portal.pss_mb, 160, unit=" MB")
    report.at_most("memory of a further collectivity, 2 workers", further, 3, unit=" MB")
    rows = [
        ("importing the portal and the plugins' manifests", f"{one['import_ms']:.0f} ms"),
        ("building the app, first time in a process (imports the plugin)", f"{one['cold_ms']:.0f} ms"),
        (f"building it again ({one['rules']} addresses, {one['plugins']} plugin)", f"{one['warm_ms']:.0f} ms"),
        ("« Aujourd’hui » from a built app, in process", f"{one['page_ms']:.1f} ms"),
        ("the same, first answer after `labs` went off", f"{one['off_ms']:.0f} ms"),
        ("the same, first answer after `labs` came back", f"{one['on_ms']:.0f} ms"),
        ("start to first answer: bare page", f"{bare.seconds:.2f} s"),
        ("start to first answer: portal, 2 synchronous workers", f"{portal.seconds:.2f} s"),
        ("start to first answer: `portal run` (2 × 4 threads)", f"{shipped.seconds:.2f} s"),
        ("memory of the tree (PSS): bare page", f"{bare.pss_mb:.0f} MB"),
        ("memory of the tree: portal, 2 synchronous workers", f"{portal.pss_mb:.0f} MB"),
        (
            "memory of the tree: `portal run`, with its companion for the work in the background",
            f"{shipped.pss_mb:.0f} MB",
        ),
        (f"one further collectivity, both workers (mean of {FURTHER})", f"{further:.1f} MB"),
    ]
    report.section("4. Building, switching, starting, memory", table(("what", "measured"), rows))


def writing(bench: Bench) -> None:
    """Chapter 5: write transactions."""
    effort = bench.effort
    found = writes(
        bench.workshop,
        rounds=effort.write_rounds,
        requests=effort.write_requests,
        seconds=effort.write_seconds,
        log=bench.log.with_name("writes.log"),
    )
    note = f" ({median(found.portal):.0f} of {median(found.bare):.0f} per second)"
    bench.report.at_least("writes kept of the bare rate, SQLite FULL", found.share * 100, 70, unit=" %", note=note)
    bench.report.at_most("« database is locked » in the log, or a write refused", found.locked + found.refused, 0)
    rows = [
        (
            "opening an ephemeral lab through its form, 2 workers",
            median(found.portal),
            median(found.cpu_ms),
            found.refused,
        ),
        (f"the same {found.statements} writing statements, 2 bare processes", median(found.bare), "–", 0),
    ]
    how = (
        f"SQLite, WAL, `synchronous=FULL`, one transaction each; {WRITERS} people at once; medians of"
        f" {effort.write_rounds} rounds, both sides in turn. Bare is `sqlite3` alone replaying what the page wrote."
    )
    heads = ("what", "transactions / s", "CPU ms of the server each", "refused")
    where = (
        f"Beside what it writes, the page reads with {found.reads} statements. Its time in one process that nobody"
        f" disturbs, by where the code lives (cProfile): {shares(found.houses)}."
    )
    bench.report.section("5. Writing", how, table(heads, rows), where)


def hooking(bench: Bench, inside: Inside) -> None:
    """Chapter 6: the guard and the dispatcher."""
    rows: list[tuple[object, ...]] = []
    for name in bench.databases:
        wanted = bench.of(name)[0]
        inside.get(wanted, SIGN_IN)
        for plugins, one in guard(inside.dispatcher, wanted).items():
            each = (one["guarded"] - one["pluggy"]) / plugins
            what = f"a hook with {plugins} silent implementation{'s' if plugins == MANY else ''}"
            rows.append((what, name, one["pluggy"], one["outside"], one["guarded"], f"{each:.0f} µs each"))
    heads = ("what", "database", "pluggy alone µs", "guarded, no database µs", "guarded, in a request µs", "the guard")
    parts = [table(heads, rows), _dispatching(bench, inside)]
    how = "In a request that reads, each is measured and its answer checked; a request that writes adds a savepoint."
    bench.report.section("6. The guard and the dispatcher", how, *parts)


def _dispatching(bench: Bench, inside: Inside) -> str:
    rows: list[tuple[object, ...]] = []
    for name in bench.databases:
        one = dispatching(inside.dispatcher, bench.of(name)[0])
        aim = 50 if name == "sqlite" else 500
        bench.report.at_most(f"reading the revision, {name}", one["revision"], aim, unit=" µs")
        rows.append((name, one["revision"], one["acquire"], one["without"], one["with"], one["with"] - one["without"]))
    heads = (
        "database",
        "revision µs",
        "finding the app µs",
        "`/healthz`, app alone µs",
        "through the dispatcher µs",
        "dispatcher µs",
    )
    return table(heads, rows)
