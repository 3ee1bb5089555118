"""Measurements that need a process of their own: `python -m bench.apart build|replay …`; the answer is JSON."""

from __future__ import annotations

import json
import sqlite3
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

WARM_TIMES = 10
STARTED = time.perf_counter()


def build(slug: str, cookie: str) -> dict[str, object]:
    """Build an app in a fresh process, then again, then switch a plugin off and on under a dispatcher."""
    from portal.hosting.config import instance_folder, read_instance
    from portal.hosting.dispatcher import Dispatcher
    from portal.hosting.factory import create_app

    instance = read_instance(instance_folder())
    dispatcher = Dispatcher(instance)
    site = next(site for site in dispatcher.sites.values() if site.slug == slug)
    imported = time.perf_counter()
    times = []
    for _time in range(1 + WARM_TIMES):
        started = time.perf_counter()
        app = create_app(site)
        times.append((time.perf_counter() - started) * 1000)
    return {
        "import_ms": (imported - STARTED) * 1000,
        "cold_ms": times[0],
        "warm_ms": median(times[1:]),
        "plugins": len(app.config["PLUGINS"]),
        "rules": len(list(app.url_map.iter_rules())),
        **_switches(dispatcher, site, app, cookie),
    }


def _switches(dispatcher: Any, site: Any, app: Any, cookie: str) -> dict[str, float]:
    """Time the first answer after each switch: the revision is seen, the app rebuilt, the page rendered."""
    from bench.instances import ask
    from portal.db import transaction
    from portal.loader.states import switch

    def page() -> float:
        started = time.perf_counter()
        status, _headers, _body = ask(dispatcher, "/", host=site.collectivity.hosts[0], cookie=cookie)
        if status != 200:
            raise RuntimeError(f"/ answers {status}")
        return (time.perf_counter() - started) * 1000

    page()
    found: dict[str, list[float]] = {"page_ms": [], "off_ms": [], "on_ms": []}
    for _time in range(WARM_TIMES):
        found["page_ms"].append(page())
        for name, on in (("off_ms", False), ("on_ms", True)):
            with app.app_context(), transaction():
                switch("labs", on=on, at=datetime.now(UTC))
            found[name].append(page())
    return {name: median(values) for name, values in found.items()}


def replay(path: str, recorded: str, seconds: str) -> dict[str, float]:
    """Do a recorded write transaction again and again, without the portal; every commit reaches the disk."""
    script = json.loads(Path(recorded).read_text())
    raw = sqlite3.connect(path, isolation_level=None)
    for pragma in ("busy_timeout=5000", "journal_mode=WAL", "synchronous=FULL", "secure_delete=ON", "foreign_keys=ON"):
        raw.execute(f"PRAGMA {pragma}")
    done, until, started = 0, time.perf_counter() + float(seconds), time.perf_counter()
    while time.perf_counter() < until:
        _once(raw, script)
        done += 1
    return {"done": done, "seconds": time.perf_counter() - started}


def _once(raw: sqlite3.Connection, script: dict[str, Any]) -> None:
    """Do it once; numbers made by the recorded run are replaced by those made now."""
    made: dict[object, object] = {}
    raw.execute("BEGIN IMMEDIATE")
    for statement, parameters in script["statements"]:
        row = raw.execute(statement, [made.get(value, value) for value in parameters])
        if statement.startswith("INSERT INTO labs_ephemeral "):
            made[script["ephemeral_id"]] = row.lastrowid
        elif "RETURNING" in statement and "audit_head" in statement:
            made[script["audit_id"]] = row.fetchone()[0]
        if row.description:
            row.fetchall()
    raw.execute("COMMIT")


if __name__ == "__main__":
    print(json.dumps({"build": build, "replay": replay}[sys.argv[1]](*sys.argv[2:])))
