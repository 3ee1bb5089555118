"""What one may do with a day, and its card."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from flask import url_for

from portal.api import Action, Subject, SubjectCard, Viewer, can, local_day, now, texts

from plugins.programmes import permissions
from plugins.programmes.models.programme import Programme
from plugins.programmes.queries.programmes import is_organiser, readable_programme, readable_programmes
from plugins.programmes.views import offers_fair

_ = texts("programmes")


def url_of(endpoint: str, programme: Programme) -> str:
    """Give an address of a day."""
    return url_for(f"programmes.{endpoint}", programme_id=programme.id)


def cards(ids: Iterable[int], viewer: Viewer) -> Iterable[SubjectCard]:
    """Name those that `viewer` may read; whoever has no account is led to the page for everybody."""
    endpoint = "programme" if viewer.is_signed_in else "public_day"
    for programme in readable_programmes(viewer, ids, at=now()):
        yield SubjectCard(programme.title, url_of(endpoint, programme), programme.subject)


def actions(subject: Subject, viewer: Viewer) -> Iterable[Action]:
    """Give what `viewer` may do with one of them."""
    at = now()
    programme = readable_programme(viewer, subject.id, at=at)
    if programme is None:
        return
    organises = can(viewer, permissions.ORGANISE) and is_organiser(viewer, programme)
    yield from offers_fair.of_day(programme, organises=organises)
    if not viewer.is_signed_in:
        return
    stands = programme.cancelled_at is None
    if organises:
        yield from _to_organise(programme, is_over=local_day(at) > programme.held_on)
    if stands:
        yield Action(_("Now and next, for the wall"), url_of("wall", programme), kind="quiet", order=60)
    yield Action(_("Sheet to print"), url_of("sheet", programme), kind="quiet", order=62)
    if programme.audience == "public" and stands:
        yield Action(
            _("Page for everybody"), url_for("programmes.public_day", programme_id=programme.id), kind="quiet", order=64
        )


def _to_organise(programme: Programme, *, is_over: bool) -> Iterator[Action]:
    if programme.cancelled_at is None:
        yield Action(_("Add a slot"), url_of("add", programme), kind="quiet" if is_over else "main", order=5)
        yield Action(_("Change the day"), url_of("change", programme), order=10)
        yield Action(_("Project without signing in"), url_of("screen", programme), kind="quiet", order=61)
    yield Action(_("Who organises"), url_of("organisers", programme), order=12)
    yield Action(_("Make it again on another date"), url_of("copy", programme), kind="quiet", order=80)
    if programme.cancelled_at is None and not is_over:
        yield Action(_("Call the day off"), url_of("cancel", programme), kind="quiet", order=90)
