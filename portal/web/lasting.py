"""Pages that say the same to everybody until the portal changes: for who has one already, nothing is made."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from flask import Response, current_app, g, render_template, request, session

import portal
from portal.web.answers import page
from portal.web.environment import core_templates
from portal.web.policy import account
from portal.web.theme import Theme


def lasting_page(template: str, *, depends_on: Sequence[object] = (), **context: Any) -> Response:
    """Answer such a page, 304 if the browser has it; to somebody who is signed in, an ordinary page with their name.

    It may have been kept for days: it says no hour.

    :param depends_on: what makes it another page, beside its address and what the app was built from: values whose
        `repr` tells them apart
    """
    if account() or "_flashes" in session or current_app.config["CLOCK_OFFSET_SECONDS"]:
        return page(template, **context)
    g.is_lasting = True
    theme: Theme = current_app.config["THEME"]  # told apart by itself: a restored database counts its revisions again
    facts = (current_app.config["EDITION"], theme.sheet and theme.sheet.name, theme.logo, request.url, *depends_on)
    answer = Response()
    answer.set_etag(hashlib.sha256(repr(facts).encode()).hexdigest()[:32])
    answer.make_conditional(request.environ)
    if answer.status_code == 200:
        answer.set_data(render_template(template, **context))
    return answer


@cache
def core_edition() -> str:
    """Tell the portal's own files apart, as a process that builds its first app finds them.

    Who replaces them under a process that runs on is to restart it: its code is the former one anyhow.
    """
    return edition_of([Path(portal.__path__[0]), core_templates()])


def edition_of(folders: Iterable[Path], *facts: object) -> str:
    """Tell what apps are built from apart: by `facts`, and by the files under `folders`, which are not read."""
    files = (file for folder in folders if folder.is_dir() for file in _files(str(folder)))
    stamps = sorted((file.path, file.stat().st_size, file.stat().st_mtime_ns) for file in files)
    return hashlib.sha256(repr((*facts, stamps)).encode()).hexdigest()


def _files(folder: str) -> Iterator[os.DirEntry[str]]:
    with os.scandir(folder) as found:  # Path.rglob takes thrice as long
        for entry in found:
            if entry.is_dir():
                yield from _files(entry.path)
            elif not entry.name.endswith(".pyc"):
                yield entry
