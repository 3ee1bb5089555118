"""My addresses: what opens something of mine without a session, and my news as a feed."""

from __future__ import annotations

from typing import Any
from urllib.parse import urljoin

from flask import Response, render_template, request, url_for

from portal.content.clock import now
from portal.content.models import Notice, Token
from portal.content.notices import notices_of
from portal.content.subjects import cards_of
from portal.content.tokens import close_token, issue_token, show_token_by_id, standing_tokens
from portal.db import db
from portal.people.permissions import MANAGE_ACCOUNT
from portal.texts import CORE, dgettext, texts
from portal.values import Subject, SubjectCard
from portal.web.answers import absolute_url, message, see
from portal.web.news import news_items
from portal.web.pages.blueprint import blueprint
from portal.web.policy import requires, token, viewer

_ = texts(CORE)
FEED_SCOPE = "portal.feed"
FEED_LABEL = _.later("My news, as a feed")
ENTRIES = 30


def my_addresses() -> list[dict[str, Any]]:
    """List the addresses that I made and that are open: what each shows, since when, the way to close it."""
    rows = standing_tokens(viewer().person_id or 0)
    cards = cards_of((_subject(row) for row in rows if row.subject_kind), viewer())
    return [_address(row, cards.get(_subject(row))) for row in rows]


def has_feed() -> bool:
    """Tell whether the feed of my news is open."""
    return any(row.scope == FEED_SCOPE for row in standing_tokens(viewer().person_id or 0))


def _subject(row: Token) -> Subject:
    return Subject(row.subject_kind or "", row.subject_id or 0)


def _address(row: Token, card: SubjectCard | None) -> dict[str, Any]:
    domain = row.scope.partition(".")[0]
    is_feed = row.scope == FEED_SCOPE
    return {
        "title": dgettext(domain, row.label or row.scope),
        "about": card.title if card else None,
        "url": absolute_url("core.news_feed", token=show_token_by_id(row.id)) if is_feed else None,
        "made_at": row.created_at,
        "close_url": url_for("core.close_address", token_id=row.id),
    }


@blueprint.post("/account/feed")
@requires(MANAGE_ACCOUNT)
def make_feed() -> Response:
    """Make the address of my feed; there is one at a time."""
    if not has_feed():
        issue_token(FEED_SCOPE, person_id=viewer().person_id, label=FEED_LABEL)
    message(_("The address of your feed is ready. Whoever has it reads your news: keep it to yourself."))
    return see("core.my_account", _anchor="addresses")


@blueprint.post("/account/addresses/<int:token_id>/close")
@requires(MANAGE_ACCOUNT)
def close_address(token_id: int) -> Response:
    """Close one of my addresses, at once."""
    close_token(token_id, viewer().person_id or 0)
    message(_("That address no longer opens anything."))
    return see("core.my_account", _anchor="addresses")


@blueprint.get("/feeds/<token>/news.xml")
@token(FEED_SCOPE, reader=True)
def news_feed(grant: object) -> Response:
    """Give my last news as an Atom feed (RFC 4287)."""
    last = notices_of(viewer().person_id or 0).order_by(Notice.at.desc(), Notice.id.desc()).limit(ENTRIES)
    items = news_items(db.session.scalars(last), viewer())
    entries = [{"item": item, "url": urljoin(request.host_url, item.url)} for item in items]
    body = render_template("pages/news_feed.xml", entries=entries, updated_at=items[0].at if items else now())
    return Response(body, content_type="application/atom+xml; charset=utf-8")
