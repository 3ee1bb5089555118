"""The list of restitutions, searched to their words, and its exports."""

from __future__ import annotations

from operator import attrgetter
from typing import Any

from flask import request, url_for

from portal.api import (
    Table,
    absolute_url,
    can,
    export_links,
    exported,
    listing,
    now,
    page,
    reading,
    session,
    signed_in,
    texts,
    viewer,
)

from plugins.restitutions import permissions
from plugins.restitutions.forms.videos import HAS_WORDS, PROVIDER_WORDS, RestitutionFilters
from plugins.restitutions.models import Has, Restitution
from plugins.restitutions.queries.restitutions import NEWEST
from plugins.restitutions.queries.transcripts import best_hits
from plugins.restitutions.values.times import length
from plugins.restitutions.views.blueprint import blueprint
from plugins.restitutions.views.loaders import session_named
from plugins.restitutions.views.offers import mark_of, notes_of, title_of, url_of

_ = texts("restitutions")
FILTERS = ("q", "provider", "captions", "of")
BATCH = 200
COLUMNS: Table = {
    "title": (_.later("Title"), attrgetter("title")),
    "summary": (_.later("Summary"), attrgetter("summary")),
    "provider": (_.later("Plays on"), lambda one: str(PROVIDER_WORDS.get(one.provider, ""))),
    "seconds": (_.later("Seconds"), attrgetter("seconds")),
    "language": (_.later("Language spoken"), attrgetter("language")),
    "captions": (_.later("Captions"), lambda one: str(HAS_WORDS[Has(one.captions)])),
    "transcript": (_.later("Transcript"), lambda one: str(HAS_WORDS[Has(one.transcript)])),
    "state": (_.later("State"), lambda one: str(mark_of(one)[0])),
    "created_at": (_.later("Added on"), attrgetter("created_at")),
    "address": (_.later("Address"), lambda one: absolute_url("restitutions.restitution", restitution_id=one.id)),
}


def _asked() -> tuple[RestitutionFilters, Any, Any]:
    """Give the filters, the session they name, and what they look for."""
    filters, of = RestitutionFilters(), session_named(request.args.get("of"))
    return filters, of, filters.sought(of.subject if of else None)


@blueprint.get("/")
@signed_in()
def index():
    """List the restitutions, newest first; where a word was said, the link leads to its time."""
    filters, of, wanted = _asked()
    found = listing(wanted.statement, reading(viewer(), at=now(), **wanted.values), order_by=NEWEST)
    hits = best_hits([one.id for one in found.items], wanted.words)
    return page(
        "restitutions/restitutions.html",
        page=found,
        rows=[_row(one, hits.get(one.id)) for one in found.items],
        filters=filters,
        of=of,
        providers=[("", _("all")), *PROVIDER_WORDS.items()],
        has=[("", _("all")), *((has.value, words) for has, words in HAS_WORDS.items())],
        is_filtered=bool(wanted.words or wanted.provider or wanted.captions or of),
        exports=export_links("restitutions.export", *FILTERS),
        may_add=can(viewer(), permissions.ADD),
        add_url=url_for("restitutions.add", of=str(of.subject) if of else None),
    )


def _row(one: Restitution, hit: Any) -> dict[str, Any]:
    at = {"at": hit.starts_ms // 1000, "_anchor": "film"} if hit else {}
    captions = [_("no captions")] if one.captions == Has.NO else []
    return {
        "title": title_of(one),
        "url": url_of(one, **at),
        "mark": mark_of(one) if one.status != "published" else None,
        "text": None if hit else _start_of(one.summary),
        "notes": [*notes_of(one), *captions],
        "hit": {"when": length(at["at"]), "words": hit.words} if hit else None,
    }


def _start_of(summary: str) -> str:
    return summary if len(summary) <= 200 else f"{summary[:200].rpartition(' ')[0]}…"


@blueprint.get("/restitutions.<any(csv, json):fmt>")
@signed_in()
def export(fmt):
    """Give the restitutions of the list that one may read."""
    _filters, _of, wanted = _asked()
    newest = wanted.statement.order_by(*(column.desc() for column in NEWEST)).execution_options(yield_per=BATCH)
    return exported(fmt, "restitutions", COLUMNS, session.scalars(newest, reading(viewer(), at=now(), **wanted.values)))
