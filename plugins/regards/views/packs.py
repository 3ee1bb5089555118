"""What a stand takes home the same evening: its round as a sheet and as a table, once revealed (C35 SPEC 4)."""

from __future__ import annotations

from collections.abc import Iterator

from flask import render_template

from portal.api import Subject, Viewer, exported, now

from plugins.regards.queries.boards import boards_on
from plugins.regards.views.boards import LINES, line_rows, slide_of


def files_of(subject: Subject, viewer: Viewer) -> Iterator[tuple[str, bytes]]:
    """Give the files of the revealed rounds on a subject that `viewer` may read."""
    for board in boards_on(subject, viewer, at=now()):
        if board.shown_since(now()) is None:
            continue
        sheet = render_template("regards/pack.html", board=board, **slide_of(board, viewer))
        yield f"regards-{board.id}.html", sheet.encode()
        yield f"regards-{board.id}.csv", exported("csv", "regards", LINES, line_rows(board, viewer)).get_data()
