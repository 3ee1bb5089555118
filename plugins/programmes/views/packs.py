"""The pack of a stand, and those of a whole fair: one archive to take home (C35 SPEC 4)."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Response, render_template

from portal.api import Conflict, Subject, Viewer, ask_plugins, now, qr_svg, qr_uri, requires, texts, viewer

from plugins.programmes import permissions
from plugins.programmes.models.programme import Programme
from plugins.programmes.queries.calendars import file_of
from plugins.programmes.queries.slots import rows_of as rows_of_day
from plugins.programmes.queries.slots import slots_of
from plugins.programmes.queries.stands import programme_of, stands_of
from plugins.programmes.services.facts import has_come
from plugins.programmes.services.packs import ALL_PACKS, MAX_FILES, MAX_PACK_BYTES, File, safe_name, zipped
from plugins.programmes.views.blueprint import blueprint
from plugins.programmes.views.calendars import address_in
from plugins.programmes.views.fair_loaders import held_stand
from plugins.programmes.views.loaders import own_programme
from plugins.programmes.views.stands import Row, address_of, rows_of

_ = texts("programmes")


@blueprint.get("/stands/<int:stand_id>/pack.zip")
@requires(permissions.HOLD, stand=held_stand)
def pack(stand):
    """Hand out the pack of one stand, to those who hold it."""
    programme = _begun(programme_of(stand))
    (row,) = rows_of([stand])
    content = zipped([*_of_day(programme), *_of_stand(row, programme, _sessions(programme), viewer())])
    return _archive(content, f"stand-{stand.title}")


@blueprint.get("/<int:programme_id>/packs.zip")
@requires(permissions.ORGANISE, programme=own_programme)
def packs(programme):
    """Hand out the packs of all the stands at once, each in its folder, to those who organise."""
    kept = rows_of(stands_of(_begun(programme)))
    content = zipped(
        [*_of_day(programme), *_in_folders(kept, programme, viewer())],
        most=ALL_PACKS * MAX_PACK_BYTES,
        most_files=ALL_PACKS * MAX_FILES,
    )
    return _archive(content, f"stands-{programme.title}")


def _begun(programme: Programme) -> Programme:
    """Give a day that has come.

    :raises Conflict: it has not
    """
    if not has_come(programme, now()):
        raise Conflict(_("The packs are there on the day of the fair."))
    return programme


def _archive(content: bytes, name: str) -> Response:
    answer = Response(content, content_type="application/zip")
    answer.headers["Content-Disposition"] = f'attachment; filename="{safe_name(name)}.zip"'
    return answer


def _in_folders(rows: list[Row], programme: Programme, who: Viewer) -> Iterator[File]:
    sessions = _sessions(programme)
    for place, row in enumerate(rows, start=1):
        folder = safe_name(f"{place:02}-{row[0].title}")
        for name, content in _of_stand(row, programme, sessions, who):
            yield f"{folder}/{name}", content


def _of_day(programme: Programme) -> Iterator[File]:
    found = slots_of(programme, at=now())
    yield "programme.html", render_template("programmes/pack_day.html", programme=programme, slots=found).encode()
    entries = [(slot, programme) for slot in found]
    yield "programme.ics", file_of(entries, name=programme.title, address=address_in).content


def _sessions(programme: Programme) -> list[Subject]:
    return [programme.subject, *(slot.subject for slot in rows_of_day(programme))]


def _of_stand(row: Row, programme: Programme, sessions: list[Subject], who: Viewer) -> Iterator[File]:
    stand, holders, lab = row
    address = address_of(stand)
    told = {"stand": stand, "programme": programme, "holders": holders, "lab": lab, "address": address}
    yield "stand.html", render_template("programmes/pack_stand.html", code=qr_uri(address), **told).encode()
    yield "code.svg", qr_svg(address).get_data()
    yield "stand.txt", render_template("programmes/pack_stand.txt", **told).encode()
    yield from ask_plugins("programmes_pack", subject=stand.subject, sessions=sessions, viewer=who)
