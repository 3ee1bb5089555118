"""« Mes données »: everything held about a person, as one archive: JSON for machines, a page for people.

Made for whoever asks and handed over at once: no copy stays on the server.
"""

from __future__ import annotations

import json
import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO, Any

import sqlalchemy as sa
from flask import current_app, render_template

from portal.content.clock import real_now
from portal.content.files.kinds import clean_name
from portal.content.files.models import File
from portal.content.files.storing import read_content
from portal.content.privacy.holdings import Held, holdings
from portal.db import db
from portal.errors import NotFound
from portal.loader.inventory.sheets import Inventory, read_inventory
from portal.people.erasing import any_user
from portal.web.environment import core_templates

SHEET = "takeout.css"
SPOOLED_BYTES = 5_000_000


@dataclass(frozen=True, slots=True)
class Chapter:
    """What one plugin holds of a person."""

    name: str
    tables: tuple[Held, ...]


def takeout(person_id: int) -> IO[bytes]:
    """Make the archive of everything held about a person, of every plugin, on, off or gone; an open file, at its start.

    :raises NotFound: there never was such a number
    :raises Unavailable: the store of the files does not answer
    """
    user, inventory = any_user(person_id), read_inventory(db.session)
    found = list(holdings(inventory, person_id))
    context: dict[str, Any] = {
        "person_name": user.name,
        "collectivity": current_app.config["COLLECTIVITY_NAME"],
        "made_at": real_now(),
        "chapters": _chapters(inventory, found),
    }
    out = tempfile.SpooledTemporaryFile(max_size=SPOOLED_BYTES)  # noqa: SIM115 whoever hands it over closes it
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("donnees.json", _json(found))
        archive.writestr("donnees.html", render_template("pages/takeout.html", **context))
        archive.writestr(SHEET, (core_templates() / "pages" / SHEET).read_text(encoding="utf-8"))
        for row in db.session.scalars(sa.select(File).where(File.author_id == person_id).order_by(File.id)):
            _add_file(archive, row)
    out.seek(0)
    return out


def _add_file(archive: zipfile.ZipFile, row: File) -> None:
    """Add a file the person gave; one whose content was lost is told by its row alone."""
    try:
        parts = read_content(row.sha256)
    except NotFound:
        return
    with archive.open(f"fichiers/{row.id}-{clean_name(row.name)}", "w", force_zip64=True) as member:
        for part in parts:
            member.write(part)


def _chapters(inventory: Inventory, found: Sequence[Held]) -> list[Chapter]:
    plugins = dict.fromkeys(held.plugin for held in found)
    return [
        Chapter(inventory.plugins[plugin].name, tuple(held for held in found if held.plugin == plugin))
        for plugin in plugins
    ]


def _json(found: Sequence[Held]) -> str:
    told = {held.table: {"plugin": held.plugin, "reasons": dict(held.reasons), "rows": held.rows} for held in found}
    return json.dumps(told, ensure_ascii=False, indent=1)
