"""The chapters of RESULTS.md about processes: starting, writing, the guard and the dispatcher."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from statistics import median, quantiles
from typing import Any

from bench.hooking import MANY, dispatching, guard
from bench.instances import Wanted
from bench.measures import GROWTH_AIM, Bench
from bench.pages import SIGN_IN, Inside, shares
from bench.report import Report, table
from bench.servers import WORKERS
from bench.starting import CROWD, FURTHER, built, further_mb, many, starts
from bench.switching import Switched, switching
from bench.writing import WRITERS, writes


def starting(bench: Bench) -> None:
    """Chapter 4: building, switching, starting, memory."""
    alone = Wanted("alone", "sqlite", 1000)
    folder, report, times = bench.workshop.instance("alone", [alone]), bench.report, bench.effort.starts
    first, one = built(folder, alone.slug), built(folder, alone.slug)
    bare = starts(None, None, times=times, log=bench.log)
    portal = starts(folder, alone, times=times, log=bench.log)
    shipped = starts(folder, alone, times=max(1, times // 2), log=bench.log, shipped=True)
    crowd, every = many(bench.workshop)
    crowded = starts(crowd, every[0], times=times, log=bench.log)
    further = further_mb(crowd, every, log=bench.log)
    switched = switching(crowd, *every[:2], turns=2 * times, asked=bench.effort.requests, log=bench.log)
    slowest = max(one["off_ms"], one["on_ms"], switched.slowest_worker_ms)
    report.at_most("switching a plugin, first answer in the slower of two workers", slowest, 300, unit=" ms")
    _switching_aims(report, switched)
    report.at_most("start to first answer", portal.seconds, 1.5, unit=" s")
    report.at_most(f"start to first answer, {CROWD} collectivities", crowded.seconds, 1.5, unit=" s")
    report.at_most("memory, 2 workers, every first-party plugin", portal.pss_mb, 160, unit=" MB")
    report.at_most("memory of a further collectivity, 2 workers", further, 3, unit=" MB")
    rows = [
        *_building(first, one),
        *_switched(switched),
        ("start to first answer: bare page", f"{bare.seconds:.2f} s"),
        ("start to first answer: portal, 2 synchronous workers", f"{portal.seconds:.2f} s"),
        (f"start to first answer: the same, with {CROWD} collectivities", f"{crowded.seconds:.2f} s"),
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


def _building(first: Mapping[str, Any], one: Mapping[str, Any]) -> list[tuple[str, str]]:
    tries = f"tries {first['tried']} plugins, each in a process of its own, one after the other"
    return [
        ("importing the portal and the plugins' manifests", f"{one['import_ms']:.0f} ms"),
        (f"building the app, first time on a machine ({tries})", f"{first['cold_ms']:.0f} ms"),
        ("building it, first time in a process (imports the plugins)", f"{one['cold_ms']:.0f} ms"),
        (f"building it again ({one['rules']} addresses, {one['plugins']} plugins)", f"{one['warm_ms']:.0f} ms"),
        ("« Aujourd’hui » from a built app, in process", f"{one['page_ms']:.1f} ms"),
        ("the same, first answer after `labs` went off", f"{one['off_ms']:.0f} ms"),
        ("the same, first answer after `labs` came back", f"{one['on_ms']:.0f} ms"),
    ]


def _switched(switched: Switched) -> Iterator[tuple[str, str]]:
    for number, times in enumerate(switched.first_ms, start=1):
        what = f"first answer of worker {number} of {WORKERS} after a switch of `labs` (the other held still)"
        yield what, f"{median(times):.0f} ms, the latest {max(times):.0f}"
    for what, times in (
        ("a neighbour’s list, the other collectivity asked all the time", switched.beside),
        ("the same, `labs` switched there before each of its pages", switched.during),
    ):
        yield what, f"p50 {median(times):.1f} ms, p90 {quantiles(times, n=10)[-1]:.1f}, the latest {max(times):.0f}"


def _switching_aims(report: Report, switched: Switched) -> None:
    count = f" of {sum(map(len, switched.first_ms))}"
    report.at_most("stale pages after a switch, two workers", switched.stale, 0, note=count)
    report.at_most("answers a neighbour lacked meanwhile", switched.refused, 0, note=f" of {len(switched.during)}")
    aim = GROWTH_AIM  # « nothing for the others », within what is told apart on this machine
    report.at_most("p50 of a neighbour during switches, beside without", switched.neighbour_ratio, aim, unit=" ×")


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
