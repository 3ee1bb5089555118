"""The pack of a stand, and all of them for whoever organises: one archive to take home (C35 SPEC 4)."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Response, render_template

from portal.api import Conflict, Viewer, ask_plugins, now, qr_svg, requires, texts, viewer

from plugins.programmes import permissions
from plugins.programmes.models.programme import Programme
from plugins.programmes.models.stand import Stand
from plugins.programmes.queries.calendars import file_of
from plugins.programmes.queries.slots import slots_of
from plugins.programmes.queries.stands import programme_of, stands_of
from plugins.programmes.services.facts import has_come
from plugins.programmes.services.packs import File, safe_name, zipped
from plugins.programmes.views.blueprint import blueprint
from plugins.programmes.views.calendars import address_of_slot
from plugins.programmes.views.fair_loaders import held_stand
from plugins.programmes.views.loaders import own_programme
from plugins.programmes.views.stands import posters_of, rows_of

_ = texts("programmes")


@blueprint.get("/stands/<int:stand_id>/pack.zip")
@requires(permissions.HOLD, stand=held_stand)
def pack(stand):
    """Hand out the pack of one stand, to those who hold it."""
    programme = programme_of(stand)
    _must_be_there(programme)
    return _archive([*_of_day(programme), *_of_stand(stand, programme, viewer())], safe_name(f"stand-{stand.title}"))


@blueprint.get("/<int:programme_id>/packs.zip")
@requires(permissions.ORGANISE, programme=own_programme)
def packs(programme):
    """Hand out all of them, a folder for each, to whoever organises."""
    _must_be_there(programme)
    files = list(_of_day(programme))
    for number, stand in enumerate(stands_of(programme), start=1):
        folder = safe_name(f"{number:02}-{stand.title}")
        files += [(f"{folder}/{name}", content) for name, content in _of_stand(stand, programme, viewer())]
    return _archive(files, safe_name(f"stands-{programme.held_on}"))


def _must_be_there(programme: Programme) -> None:
    if not has_come(programme, now()):
        raise Conflict(_("The packs are there on the day of the fair."))


def _of_day(programme: Programme) -> Iterator[File]:
    found = slots_of(programme, at=now())
    yield "programme.html", render_template("programmes/pack_day.html", programme=programme, slots=found).encode()
    entries = [(slot, programme) for slot in found]
    yield "programme.ics", file_of(entries, name=programme.title, address=address_of_slot).content


def _of_stand(stand: Stand, programme: Programme, who: Viewer) -> Iterator[File]:
    ((_stand, holders, lab),) = rows_of([stand])
    (poster,) = posters_of([stand])
    told = {"stand": stand, "programme": programme, "holders": holders, "lab": lab, **poster}
    yield "stand.html", render_template("programmes/pack_stand.html", **told).encode()
    yield "code.svg", qr_svg(poster["address"]).get_data()
    yield "stand.txt", render_template("programmes/pack_stand.txt", **told).encode()
    yield from ask_plugins("programmes_pack", subject=stand.subject, viewer=who)


def _archive(files: list[File], name: str) -> Response:
    answer = Response(zipped(files), content_type="application/zip")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.zip"'
    return answer
