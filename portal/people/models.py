"""Tables of the people wing: services, users, groups, functions, sessions, limits."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import CoreBase, Personal, person_id


class Service(CoreBase):
    """A service of the collectivity, in a tree; closed, never deleted: histories speak of it."""

    __tablename__ = "services"
    __plain__ = ("name", "code")
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(160))
    code: Mapped[str | None] = mapped_column(sa.String(40), unique=True)
    parent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("services.id", ondelete="RESTRICT"), index=True)
    closed_at: Mapped[datetime | None]


class User(CoreBase):
    """An agent, with or without an e-mail address; when they leave, a row without a name stays (G6).

    :ivar sort_name: the name without capitals and accents, to find and to order by
    :ivar superior_id: a fact that opens nothing (P19)
    :ivar leaves_at: when a departure is planned; from then on no door opens, work done or not
    :ivar disabled_at: when they left
    """

    __tablename__ = "users"
    __personal__ = {
        "name": Personal("id", "shown to colleagues", on_erase="pseudonym"),
        "sort_name": Personal("id", "finds the person in a list"),
        "matricule": Personal("id", "signs in"),
        "email": Personal("id", "signs in, receives copies of notices"),
        "password_hash": Personal("id", "signs in", secret=True),
        "pin_hash": Personal("id", "signs in on a shared screen", secret=True),
        "job_title": Personal("id", "shown to colleagues"),
        "phone": Personal("id", "lets colleagues call at work"),
        "superior_id": Personal("id", "says who answers for their work"),
    }
    __plain__ = ("role", "language", "theme")
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(120), index=True)
    sort_name: Mapped[str] = mapped_column(sa.String(250), index=True)
    matricule: Mapped[str | None] = mapped_column(sa.String(40), unique=True)
    email: Mapped[str | None] = mapped_column(sa.String(254), unique=True)
    password_hash: Mapped[str | None] = mapped_column(sa.String(200))
    pin_hash: Mapped[str | None] = mapped_column(sa.String(200))
    role: Mapped[str] = mapped_column(sa.String(20), default="agent")
    language: Mapped[str] = mapped_column(sa.String(10), default="fr")
    theme: Mapped[str] = mapped_column(sa.String(10), default="system")
    job_title: Mapped[str | None] = mapped_column(sa.String(120))
    phone: Mapped[str | None] = mapped_column(sa.String(40))
    service_id: Mapped[int | None] = mapped_column(sa.ForeignKey("services.id", ondelete="RESTRICT"), index=True)
    superior_id: Mapped[int | None] = person_id(nullable=True)
    wants_mail: Mapped[bool] = mapped_column(default=True, server_default=sa.true())
    created_at: Mapped[datetime]
    leaves_at: Mapped[datetime | None]
    disabled_at: Mapped[datetime | None]


class Group(CoreBase):
    """A set of people: a lab, or a circle."""

    __tablename__ = "groups"
    __plain__ = ("kind", "name")
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(20), index=True)
    name: Mapped[str] = mapped_column(sa.String(120))


class Membership(CoreBase):
    """One person in one group."""

    __tablename__ = "memberships"
    __personal__ = {"user_id": Personal("user_id", "belongs to the group", on_erase="delete")}
    group_id: Mapped[int] = mapped_column(sa.ForeignKey("groups.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id", ondelete="RESTRICT"), primary_key=True, index=True)
    is_animator: Mapped[bool] = mapped_column(default=False)
    joined_at: Mapped[datetime]


class Function(CoreBase):
    """A function: what answers for something whoever holds it, in a service or in a body that has no account here.

    :ivar body: name of the outside body; it has no holder, and is not vacant
    """

    __tablename__ = "functions"
    __plain__ = ("name", "body")
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(160), unique=True)
    body: Mapped[str | None] = mapped_column(sa.String(160))
    service_id: Mapped[int | None] = mapped_column(sa.ForeignKey("services.id", ondelete="RESTRICT"), index=True)
    closed_at: Mapped[datetime | None]


class Holding(CoreBase):
    """Who holds a function, from when, until when."""

    __tablename__ = "holdings"
    __personal__ = {"user_id": Personal("user_id", "held the function", on_erase="pseudonym")}
    id: Mapped[int] = mapped_column(primary_key=True)
    function_id: Mapped[int] = mapped_column(sa.ForeignKey("functions.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[int] = person_id()
    since_at: Mapped[datetime]
    until_at: Mapped[datetime | None]


class UserSession(CoreBase):
    """One device of one person: deleted at sign-out, so a copied cookie is worth nothing (operational)."""

    __tablename__ = "sessions"
    __personal__ = {
        "user_id": Personal("user_id", "whose session", 7, "delete", since="seen_at"),
        "device": Personal("user_id", "lets the person recognise the device", 7, "delete", since="seen_at"),
    }
    __plain__ = ("token_hash", "kind")
    __clock__ = "real"
    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    user_id: Mapped[int] = person_id()
    kind: Mapped[str] = mapped_column(sa.String(10), default="browser")
    screen_id: Mapped[int | None] = mapped_column(sa.ForeignKey("tokens.id", ondelete="CASCADE"))
    device: Mapped[str] = mapped_column(sa.String(120))
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]


class Limit(CoreBase):
    """Tries in a window of time, shared by every worker (operational). The key is a hash, never a name."""

    __tablename__ = "limits"
    __plain__ = ("key",)
    __clock__ = "real"
    key: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    window_start_at: Mapped[datetime]
    tries: Mapped[int]
