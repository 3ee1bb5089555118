"""Imports: sending a file, saying which column is which, looking at what it would do, at what it did."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import g, request, url_for

from portal.api import (
    Invalid,
    Subject,
    SubjectCard,
    Viewer,
    can,
    export,
    form_page,
    listing,
    now,
    page,
    page_or_fragment,
    people,
    requires,
    see,
    session,
    texts,
    viewer,
)

from plugins.directory import permissions
from plugins.directory.forms.imports import COMPLETE, SHOWN, ColumnsForm, LineFilters, StartForm, UploadForm
from plugins.directory.models.imports import Change, Import, Kind, Line, State
from plugins.directory.queries.imports import (
    all_imports,
    first_leaving,
    lines_of,
    one_import,
    remarks_count,
    running_import,
    to_do_count,
)
from plugins.directory.services.imports.columns import KNOWN, TITLES, missing, recognise
from plugins.directory.services.imports.drafts import Plan
from plugins.directory.services.imports.planning import make_plan
from plugins.directory.services.imports.reading import MAX_BYTES
from plugins.directory.services.imports.staging import pack, stage, stage_again, unpack
from plugins.directory.services.imports.steering import departures_of, hold
from plugins.directory.services.imports.telling import REPORT, card_of, report_row
from plugins.directory.views.blueprint import blueprint
from plugins.directory.views.import_words import (
    author_name,
    count_rows,
    is_stuck,
    reading_words,
    state_words,
    time_left,
)

_ = texts("directory")
NAMES_SHOWN = 20
FORM_BYTES = 10_000  # what stands around the file in a form


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read before the write lock: a plan, or why there is none."""

    plan: Plan | None = None
    packed: bytes | None = None
    refusal: Invalid | None = None

    @property
    def the_plan(self) -> Plan:
        """Give the plan.

        :raises Invalid: the file cannot be read
        """
        if self.plan is None:
            raise self.refusal or Invalid(_("Choose the file."), field="file")
        return self.plan


def read_upload() -> Reading | None:
    """Read the file that was sent; slow, so before the lock."""
    sent = request.files.get("file")
    kind = request.form.get("kind", "")
    if sent is None or not sent.filename or kind not in set(Kind):
        return None
    content = sent.read(MAX_BYTES + 1)
    try:
        plan = make_plan(
            content,
            Kind(kind),
            is_complete=request.form.get("mode") == COMPLETE and kind == Kind.PEOPLE,
            actor_id=viewer().person_id,
            at=now(),
        )
    except Invalid as refusal:
        return Reading(refusal=refusal)
    return Reading(plan, pack(content))


def read_again() -> Reading | None:
    """Read a file again, with the columns that somebody chose; slow, so before the lock."""
    row = one_import(viewer(), import_id=(request.view_args or {})["import_id"])
    if row.content is None:
        return None
    choice = [(field, place) for place in range(len(row.headers)) if (field := request.form.get(f"column-{place}"))]
    known: dict[str, Any] = {
        "choice": choice,
        "is_complete": row.is_complete,
        "actor_id": viewer().person_id,
        "at": now(),
    }
    try:
        plan = make_plan(unpack(row.content), Kind(row.kind), **known)
    except Invalid as refusal:
        return Reading(refusal=refusal)
    return Reading(plan)


@blueprint.get("/imports/")
@requires(permissions.IMPORT)
def imports():
    """List the imports, newest first."""
    found = listing(all_imports(), order_by=[Import.staged_at, Import.id])
    authors = people(row.author_id for row in found.items)
    return page("directory/import_list.html", page=found, authors=authors, words=state_words)


@blueprint.route("/imports/new", methods=["GET", "POST"])
@requires(permissions.IMPORT, prepare=read_upload, max_bytes=MAX_BYTES + FORM_BYTES)
def import_new():
    """Take a file, and show what it would do; nothing changes yet."""
    form = UploadForm()
    if form.submitted():
        reading: Reading = g.prepared or Reading()
        with form.attempt():
            row = stage(reading.the_plan, reading.packed, actor=viewer(), at=now())
            return see("directory.import_show", import_id=row.id)
    return form_page(
        "directory/import_new.html",
        form,
        known=KNOWN,
        titles_of=TITLES,
        cancel_url=url_for("directory.imports"),
        multipart=True,
    )


@blueprint.route("/imports/<int:import_id>/columns", methods=["GET", "POST"])
@requires(permissions.IMPORT, prepare=read_again, row=one_import)
def import_columns(row):
    """Let somebody say which column is which."""
    form = ColumnsForm(row)
    if row.content is None or row.state not in {State.COLUMNS, State.STAGED}:
        return see("directory.import_show", import_id=row.id)
    if form.submitted():
        with form.attempt():
            _choose_again(row, g.prepared)
            return see("directory.import_show", import_id=row.id)
    fields = [request.form.get(f"column-{place}", header[1]) for place, header in enumerate(row.headers)]
    kind, back = Kind(row.kind), url_for("directory.imports")
    sentence = missing(recognise([header[0] for header in row.headers], kind), kind)
    offered = {"fields": fields, "sentence": sentence, "cancel_url": back}
    return form_page("directory/import_columns.html", form, row=row, **offered)


def _choose_again(row: Import, reading: Reading | None) -> None:
    hold(row)
    if reading is None or row.state not in {State.COLUMNS, State.STAGED}:
        raise Invalid(_("This import is no longer waiting: look at what has become of it."))
    if reading.the_plan.sentence:
        raise Invalid(reading.the_plan.sentence)
    stage_again(row, reading.the_plan, at=now())


@blueprint.get("/imports/<int:import_id>")
@requires(permissions.IMPORT, row=one_import)
def import_show(row):
    """Show what an import would do, does, or did."""
    return show_page(row, StartForm())


def show_page(row: Import, form: StartForm, *, status: int = 200) -> Any:
    """Answer the page of an import, as its state wants it."""
    if row.state == State.COLUMNS:
        return see("directory.import_columns", import_id=row.id)
    shared = {"row": row, "counts": count_rows(row, remarks=remarks_count(row)), "state": state_words(row)}
    if row.state == State.STAGED:
        return page("directory/import_preview.html", status=status, form=form, **_preview(row), **shared)
    if row.state in {State.APPLYING, State.PAUSED}:
        progress = {"left": time_left(row), "is_stuck": is_stuck(row, at=now())}
        return page_or_fragment(
            "directory/import_progress.html", "directory/_import_progress.html", **shared, **progress
        )
    shared |= {"author": author_name(row), "offers": _ways_on(row)}
    return page_or_fragment("directory/import_report.html", "directory/_import_over.html", **shared)


def _preview(row: Import) -> dict[str, Any]:
    return {
        "departures": departures_of(row),
        "names": first_leaving(row, NAMES_SHOWN),
        "busy": running_import(),
        "reading": reading_words(row),
        "aside": [title for title, field, _example in row.headers if title and not field],
        "does_something": bool(to_do_count(row)),
        "so_already": row.counts.get(Change.UNCHANGED, 0) + row.counts.get("services_unchanged", 0),
        "refused": row.counts.get(Change.REFUSED, 0) + row.counts.get("services_refused", 0),
    }


def _ways_on(row: Import) -> list[tuple[str, str]]:
    """Give what one does after an import: who was added has no way in yet."""
    ways = [(_("Import another file"), url_for("directory.import_new"))]
    if row.results.get(Change.CREATED) and can(viewer(), permissions.COUNTER):
        ways.insert(0, (_("Print links to come in"), url_for("directory.slips")))
    return ways


@blueprint.get("/imports/<int:import_id>/lines")
@requires(permissions.IMPORT, row=one_import)
def import_lines(row):
    """List the lines of an import."""
    filters = LineFilters()
    shown = filters.show.data or ""
    found = listing(lines_of(row, shown), order_by=[Line.number, Line.id], ascending=True, size=50)
    exports = [
        (fmt.upper(), url_for("directory.import_report", import_id=row.id, fmt=fmt, show=shown))
        for fmt in ("csv", "json")
    ]
    cards = [card_of(line) for line in found.items]
    return page(
        "directory/import_lines.html",
        row=row,
        page=found,
        cards=cards,
        filters=filters,
        exports=exports,
        options=SHOWN.items(),
    )


def _report_url(row: Import, fmt: str, shown: str) -> str:
    return url_for("directory.import_report", import_id=row.id, fmt=fmt, show=shown or None)


@blueprint.get("/imports/<int:import_id>/report.<any(csv, json):fmt>")
@requires(permissions.IMPORT, row=one_import)
def import_report(row, fmt):
    """Give the report line by line: the same rows as the list."""
    lines = session.scalars(lines_of(row, LineFilters().show.data or "").order_by(Line.number, Line.id))
    return export(fmt, f"import-{row.id}", columns=list(REPORT), rows=map(report_row, lines))


def import_cards(kind: str, ids: Iterable[int], reader: Viewer) -> list[SubjectCard]:
    """Name imports for somebody who may read them."""
    if kind != "directory.import" or not can(reader, permissions.IMPORT):
        return []
    return [
        SubjectCard(
            _("Import no. %(number)s", number=number),
            url_for("directory.import_show", import_id=number),
            Subject(kind, number),
        )
        for number in session.scalars(sa.select(Import.id).where(Import.id.in_(ids)))
    ]
