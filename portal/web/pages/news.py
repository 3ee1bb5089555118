"""My news, and following: what I was told, what I wish to be told."""

from __future__ import annotations

from dataclasses import replace

from flask import Response, redirect, url_for

from portal.content.clock import now
from portal.content.following import follow as start_following
from portal.content.following import unfollow as stop_following
from portal.content.models import Notice
from portal.content.notices import mark_read, notices_of
from portal.content.subjects import card_of
from portal.errors import NotFound
from portal.people.permissions import READ_NEWS
from portal.texts import CORE, texts
from portal.values import Subject, Viewer
from portal.web.answers import message, page, see
from portal.web.listing import listing
from portal.web.news import news_items
from portal.web.pages.blueprint import blueprint
from portal.web.policy import requires, viewer
from portal.web.subjects import resolve

_ = texts(CORE)


def me() -> int:
    """Give the id of who is signed in; only for routes that let nobody else in."""
    return viewer().person_id or 0


@blueprint.get("/news")
@requires(READ_NEWS)
def my_news() -> Response:
    """Show what I was told, newest first."""
    found = listing(notices_of(me()), order_by=[Notice.at, Notice.id])
    unread = [row.id for row in found.items if row.read_at is None]
    items = news_items(found.items, viewer())
    return page(
        "pages/news.html",
        page=replace(found, items=items),
        read_all_url=url_for("core.read_all_news", until_id=max(unread)) if unread else None,
    )


@blueprint.post("/news/<int:notice_id>/read")
@requires(READ_NEWS)
def read_news(notice_id: int) -> Response:
    """Note that I have read one notice."""
    mark_read(me(), at=now(), notice_id=notice_id)
    return see("core.my_news")


@blueprint.post("/news/read/<int:until_id>")
@requires(READ_NEWS)
def read_all_news(until_id: int) -> Response:
    """Note that I have read everything I was told until this page was made; what came since stays new."""
    mark_read(me(), at=now(), until_id=until_id)
    message(_("All is marked as read."))
    return see("core.my_news")


def one_subject(who: Viewer, *, kind: str, number: int) -> Subject:
    """Give what the address speaks of, if this person may read it.

    :raises NotFound: absent, private, or of a plugin that is off
    """
    subject = Subject(kind, number)
    if card_of(subject, who) is None:
        raise NotFound
    return subject


def _back(subject: Subject) -> Response:
    card = resolve(subject)
    return redirect(card.url if card else url_for("core.my_news"), code=303)  # type: ignore[return-value]


@blueprint.post("/follow/<kind>/<int:number>")
@requires(READ_NEWS, subject=one_subject)
def follow(subject: Subject) -> Response:
    """Follow what I read."""
    start_following(viewer(), subject, at=now())
    message(_("You will be told what becomes of it, in “My news”."))
    return _back(subject)


@blueprint.post("/unfollow/<kind>/<int:number>")
@requires(READ_NEWS, subject=one_subject)
def unfollow(subject: Subject) -> Response:
    """Follow it no longer."""
    stop_following(viewer(), subject)
    message(_("You will no longer be told about it."))
    return _back(subject)
