"""An import in words: its state, what it counts, how long it still takes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import url_for

from portal.api import minutes, people, texts

from plugins.directory.models.imports import Change, Import, State
from plugins.directory.queries.imports import REMARKS, SERVICES

_ = texts("directory")
STUCK_MINUTES = 3
STATES = {
    State.COLUMNS: (_.later("columns to choose"), "wait"),
    State.STAGED: (_.later("waits: nothing has changed yet"), "wait"),
    State.APPLYING: (_.later("is being applied"), "wait"),
    State.PAUSED: (_.later("paused"), "stopped"),
    State.DONE: (_.later("applied"), "good"),
    State.ABANDONED: (_.later("abandoned"), "stopped"),
}
COUNTED = (
    ("services_created", _.later("Services to add"), _.later("Services added"), SERVICES),
    ("services_changed", _.later("Services to change"), _.later("Services changed"), SERVICES),
    (Change.CREATED, _.later("People to add"), _.later("People added"), Change.CREATED),
    (Change.CHANGED, _.later("People to change"), _.later("People changed"), Change.CHANGED),
    (Change.LEFT, _.later("People who would leave"), _.later("People who left"), Change.LEFT),
)
ASIDE = (
    (Change.UNCHANGED, _.later("People unchanged"), Change.UNCHANGED),
    (f"services_{Change.UNCHANGED}", _.later("Services unchanged"), ""),
    (Change.REFUSED, _.later("Lines refused"), Change.REFUSED),
    (f"services_{Change.REFUSED}", _.later("Lines refused"), Change.REFUSED),
    (REMARKS, _.later("Lines to look at again"), REMARKS),
    (Change.OUTSIDE, _.later("People left aside"), Change.OUTSIDE),
)


@dataclass(frozen=True, slots=True)
class Count:
    """One number of an import.

    :ivar url: the lines behind it; None once they are erased
    """

    title: str
    number: int
    url: str | None
    done: int | None = None


def state_words(row: Import) -> tuple[str, str]:
    """Say where an import is."""
    word, kind = STATES[State(row.state)]
    return str(word), kind


def count_rows(row: Import, *, remarks: int) -> list[Count]:
    """Give the numbers of an import that are not zero, what was done beside what was to do."""
    counts, is_begun = {**row.counts, REMARKS: remarks}, row.started_at is not None
    rows = [
        Count(
            str(after if is_begun else before),
            counts[name],
            _lines(row, shown),
            row.results.get(name, 0) if is_begun else None,
        )
        for name, before, after, shown in COUNTED
        if counts.get(name)
    ]
    rows += [Count(str(title), counts[name], _lines(row, shown)) for name, title, shown in ASIDE if counts.get(name)]
    failed = row.results.get("refused", 0)
    if failed:
        rows.append(Count(_("Lines that could not be done"), failed, _lines(row, "failed")))
    return rows


def _lines(row: Import, shown: str) -> str | None:
    if row.forgotten_at is not None:
        return None
    return url_for("directory.import_lines", import_id=row.id, show=shown or None)


def time_left(row: Import) -> str | None:
    """Say how long an import still takes, at the pace of what is done; None before there is one."""
    if not row.done or row.state != State.APPLYING:
        return None
    seconds = row.spent_ms / 1000 * (row.total - row.done) / row.done
    if seconds < 60:
        return _("less than a minute left")
    return _("about %(time)s left", time=minutes(math.ceil(seconds / 60)))


def is_stuck(row: Import, *, at: datetime) -> bool:
    """Tell whether nothing has moved for some minutes: the work in the background may not be running."""
    moved = row.moved_at or row.staged_at
    return row.state == State.APPLYING and at - moved > timedelta(minutes=STUCK_MINUTES)


def reading_words(row: Import) -> str:
    """Say how a file was read, for somebody who sees broken letters or columns."""
    signs = {";": _("semicolons"), ",": _("commas"), "\t": _("tabs"), "|": _("bars")}
    encodings = {"utf-8": "UTF-8", "utf-16": "UTF-16", "cp1252": _("latin-1 (Windows)"), "latin-1": _("latin-1")}
    return _(
        "Read as %(encoding)s, columns separated by %(signs)s.",
        encoding=encodings[row.encoding],
        signs=signs[row.delimiter],
    )


def author_name(row: Import) -> str:
    """Say who imported."""
    found = people([row.author_id]) if row.author_id is not None else {}
    return found[row.author_id].name if row.author_id in found else _("by command")
