"""Addresses that open one thing: one-time links, shared screens, walls, feeds, QR codes. Scoped, revocable, dated.

The token is an HMAC of the row's nonce under the collectivity's key, so a stolen database opens nothing, and a QR code
can be drawn again (decision 0006). Expiry uses the real clock for tokens tied to a person, whatever else they are tied
to, and the domain's for those tied to a subject alone: a demonstration set in the past must lengthen nobody's link.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import current_app

from portal.content.clock import now, real_now
from portal.content.models import Token
from portal.db import db
from portal.errors import NotFound
from portal.texts import CORE, Later, texts
from portal.values import Subject

_ = texts(CORE)
MAC_BYTES = 18


@dataclass(frozen=True, slots=True)
class Grant:
    """What a good token opens.

    :ivar uses_left: how many times it may still be spent; None for no limit
    """

    id: int
    scope: str
    subject: Subject | None
    person_id: int | None
    group_id: int | None
    label: str | None
    uses_left: int | None = None
    expires_at: datetime | None = None


def _mac(scope: str, nonce: str) -> str:
    key = current_app.config["SECRET_KEY"].encode()
    digest = hmac.digest(key, f"token:{scope}:{nonce}".encode(), hashlib.sha256)
    return urlsafe_b64encode(digest[:MAC_BYTES]).decode()


def _is_mac(row: Token, mac: str) -> bool:
    return hmac.compare_digest(mac.encode(), _mac(row.scope, row.nonce).encode())


def _text(row: Token) -> str:
    return f"{row.id}.{_mac(row.scope, row.nonce)}"


def issue_token(
    scope: str,
    *,
    subject: Subject | None = None,
    person_id: int | None = None,
    group_id: int | None = None,
    expires_at: datetime | None = None,
    uses: int | None = None,
    label: str | Later | None = None,
) -> str:
    """Make a token and give it as the part of an address.

    :param scope: `<plugin>.<noun>`; a route of another scope does not take it
    :param label: what it opens, for the list « Les adresses que j’ai ouvertes »: `_.later("…")`
    :param expires_at: on the domain clock if there is a subject, on the real one if not
    :param uses: how many times it may be spent; None for no limit
    """
    if subject is not None and person_id is not None and expires_at is not None:
        expires_at = _by_real_clock(expires_at)
    row = Token(
        scope=scope,
        nonce=secrets.token_hex(16),
        subject_kind=subject.kind if subject else None,
        subject_id=subject.id if subject else None,
        person_id=person_id,
        group_id=group_id,
        label=label.message if isinstance(label, Later) else label,
        created_at=real_now(),
        expires_at=expires_at,
        uses_left=uses,
    )
    db.session.add(row)
    db.session.flush()
    return _text(row)


def _by_real_clock(at: datetime) -> datetime:
    return at - (now() - real_now())


def _is_live(row: Token) -> bool:
    clock = now() if row.subject_kind and row.person_id is None else real_now()
    in_time = row.expires_at is None or clock < row.expires_at
    return in_time and row.revoked_at is None and (row.uses_left is None or row.uses_left > 0)


def token_of(text: str, scope: str, *, gone: str = "") -> Grant:
    """Give what a token opens.

    :param gone: what to say of a token that opens nothing, when asking for another is no way out
    :raises NotFound: unknown, expired, revoked, spent or of another scope: one answer for all (P3)
    """
    number, _dot, mac = text.partition(".")
    row = db.session.get(Token, int(number)) if number.isascii() and number.isdigit() and len(number) < 10 else None
    if row is None or row.scope != scope or not _is_live(row) or not _is_mac(row, mac):
        raise NotFound(gone or _("This link no longer opens anything. Ask whoever gave it to you for a new one."))
    subject = Subject(row.subject_kind, row.subject_id or 0) if row.subject_kind else None
    return Grant(row.id, row.scope, subject, row.person_id, row.group_id, row.label, row.uses_left, row.expires_at)


def spend(grant: Grant) -> None:
    """Use a token once.

    :raises NotFound: somebody spent the last use first
    """
    spent = db.session.execute(
        sa.update(Token)
        .where(Token.id == grant.id, Token.uses_left > 0)
        .values(uses_left=Token.uses_left - 1)
        .returning(Token.id)
    ).first()
    if spent is None:
        raise NotFound(_("This link has already been used. Ask whoever gave it to you for a new one."))


def _of(scope: str, subject: Subject) -> tuple[Any, ...]:
    return (Token.scope == scope, Token.subject_kind == subject.kind, Token.subject_id == subject.id)


_ABOUT = (
    sa.select(Token)
    .where(
        Token.scope == sa.bindparam("scope"),
        Token.subject_kind == sa.bindparam("kind"),
        Token.subject_id == sa.bindparam("number"),
    )
    .order_by(Token.id.desc())
)


def show_token(scope: str, subject: Subject, *, person_id: int | None = None) -> str | None:
    """Give the live token of a subject, to draw its QR code; None if there is none.

    :param person_id: of the one tied to this person
    """
    wanted = _ABOUT if person_id is None else _ABOUT.where(Token.person_id == person_id)
    asked = {"scope": scope, "kind": subject.kind, "number": subject.id}
    rows = db.session.scalars(wanted, asked)
    return next((_text(row) for row in rows if _is_live(row)), None)


def standing_tokens(person_id: int) -> list[Token]:
    """List the addresses that a person made and that stay open until they close them: feeds, walls; oldest first."""
    mine = sa.select(Token).where(Token.person_id == person_id, Token.uses_left.is_(None), Token.revoked_at.is_(None))
    return [row for row in db.session.scalars(mine.order_by(Token.id)) if _is_live(row)]


def close_token(token_id: int, person_id: int) -> None:
    """Close an address that this person made; closing it twice changes nothing."""
    mine = sa.update(Token).where(Token.id == token_id, Token.person_id == person_id, Token.revoked_at.is_(None))
    db.session.execute(mine.values(revoked_at=real_now()))


def show_token_by_id(token_id: int) -> str:
    """Give a token again, by its row."""
    return _text(db.session.get_one(Token, token_id))


def move_expiry(scope: str, subject: Subject, *, expires_at: datetime) -> None:
    """Let the tokens of a subject live until another instant (an extension), each by its own clock."""
    about, tied = sa.update(Token).where(*_of(scope, subject)), Token.person_id.is_not(None)
    db.session.execute(about.where(sa.not_(tied)).values(expires_at=expires_at))
    db.session.execute(about.where(tied).values(expires_at=_by_real_clock(expires_at)))


def revoke_tokens(scope: str, subject: Subject, *, person_id: int | None = None) -> None:
    """Close every token of this scope about a subject.

    :param person_id: only those tied to this person
    """
    live = sa.update(Token).where(*_of(scope, subject), Token.revoked_at.is_(None))
    if person_id is not None:
        live = live.where(Token.person_id == person_id)
    db.session.execute(live.values(revoked_at=real_now()))
