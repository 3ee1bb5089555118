"""Tables of `restitutions`: the video and what is said of it, its words, the consent of those filmed, one's choices.

A video is one of ours (a file of the restitution) or stands elsewhere, as its parts: never as an address that somebody
typed, which is kept beside it and only shown.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.api import Audience, Audienced, Personal, Subject, group_id, person_id, plugin_base

from plugins.restitutions.values.addresses import MAX_ADDRESS
from plugins.restitutions.values.captions import MAX_WORDS
from plugins.restitutions.values.places import FILE, Place
from plugins.restitutions.values.readers import Readers

Base: Any = plugin_base("restitutions")

MAX_TITLE = 160
MAX_SUMMARY = 2000
MAX_NAME = 120
MAX_REASON = 300
ENDED: dict[str, Any] = {"since": ("withdrawn_at", "closed_at"), "at_end": "delete"}
MOST_FAILURES = 2
CONSENT_KEEP_DAYS = 365
LEVELS = (Audience.INTRANET, Audience.NETWORK, Audience.LAB, Audience.CIRCLE, Audience.SELF)


class Status(StrEnum):
    """Where a restitution stands. Only what is published or unavailable is found by its audience.

    To clear: who is filmed has not agreed, or nobody has said who is. Hidden: by who animates, until shown again.
    """

    TO_CONFIRM = "to_confirm"
    TO_CHECK = "to_check"
    TO_CLEAR = "to_clear"
    PUBLISHED = "published"
    UNAVAILABLE = "unavailable"
    HIDDEN = "hidden"
    WITHDRAWN = "withdrawn"


SHOWN = (Status.PUBLISHED, Status.UNAVAILABLE)


class Has(StrEnum):
    """Whether it has captions, or a transcript (C33 SPEC 6)."""

    YES = "yes"
    NO = "no"
    NEEDLESS = "needless"


def of_restitution() -> Mapped[int]:
    """Give the column of what belongs to a restitution."""
    return mapped_column(sa.ForeignKey("restitutions_restitution.id", ondelete="CASCADE"), index=True)


class Restitution(Audienced, Base):
    """A video of a session, or its sound; whoever owns it is its author.

    :ivar original: the address as it was typed; empty for a file of ours, and once withdrawn
    :ivar provider: one of `PROVIDERS`; empty while no video was recognised, and once withdrawn
    :ivar session_kind: with `session_id`, the subject it restitutes
    :ivar provider_title: what its host calls it, as data
    :ivar seconds: how long it is, if known
    :ivar folded: title, summary and transcript, to be searched
    :ivar looked_at: when its host was last asked
    :ivar failures: how often in a row its host did not have it, while links are watched
    :ivar quiet_until: until when its host is left alone, after it said nothing of use
    :ivar nobody_at: when its author said that nobody can be recognised there
    :ivar hidden_at: since when who animates hides it
    :ivar emptied_at: when a sweep found that nothing of a withdrawn video is left (C33 SPEC 7)
    """

    __tablename__ = "restitutions_restitution"
    __plain__ = (
        "audience",
        "provider",
        "host",
        "key",
        "secret",
        "language",
        "captions",
        "transcript",
        "status",
        "session_kind",
        "provider_title",
    )
    __personal__ = {
        "author_id": Personal("author_id", "adds a restitution", None, "pseudonym"),
        "hidden_by_id": Personal("hidden_by_id", "hides a restitution", None, "pseudonym"),
        "title": Personal(
            "author_id", "what a restitution is called", CONSENT_KEEP_DAYS, "pseudonym", since="withdrawn_at"
        ),
        "summary": Personal("author_id", "sums a restitution up", None, "pseudonym"),
        "original": Personal("author_id", "the link as it was pasted", None, "pseudonym"),
        "folded": Personal(
            "author_id", "the same, to be searched", CONSENT_KEEP_DAYS, "pseudonym", since="withdrawn_at"
        ),
    }
    __table_args__ = (
        sa.Index("ix_restitutions_restitution_session", "session_id", "session_kind"),
        sa.Index("ix_restitutions_restitution_newest", "created_at", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(sa.String(MAX_TITLE))
    summary: Mapped[str] = mapped_column(sa.Text, default="")
    original: Mapped[str] = mapped_column(sa.String(MAX_ADDRESS), default="")
    provider: Mapped[str] = mapped_column(sa.String(10), default="")
    host: Mapped[str] = mapped_column(sa.String(255), default="")
    key: Mapped[str] = mapped_column(sa.String(200), default="")
    secret: Mapped[str] = mapped_column(sa.String(80), default="")
    start: Mapped[int] = mapped_column(default=0)
    provider_title: Mapped[str] = mapped_column(sa.String(MAX_TITLE), default="")
    seconds: Mapped[int | None]
    language: Mapped[str] = mapped_column(sa.String(5), default="fr")
    captions: Mapped[str] = mapped_column(sa.String(10))
    transcript: Mapped[str] = mapped_column(sa.String(10))
    status: Mapped[str] = mapped_column(sa.String(12))
    session_kind: Mapped[str | None] = mapped_column(sa.String(60))
    session_id: Mapped[int | None]
    folded: Mapped[str] = mapped_column(sa.Text, default="", deferred=True)
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    looked_at: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0)
    quiet_until: Mapped[datetime | None]
    nobody_at: Mapped[datetime | None]
    hidden_at: Mapped[datetime | None]
    hidden_by_id: Mapped[int | None] = person_id(nullable=True)
    withdrawn_at: Mapped[datetime | None]
    emptied_at: Mapped[datetime | None]

    @property
    def subject(self) -> Subject:
        """Give the restitution as others speak of it."""
        return Subject("restitutions.restitution", self.id)

    @property
    def restituted(self) -> Subject | None:
        """Give the session it restitutes."""
        return Subject(self.session_kind, self.session_id) if self.session_kind and self.session_id else None

    @property
    def readers(self) -> Readers:
        """Give to whom it is open once it is found."""
        return Readers(self.audience, self.reader_group_id)

    @property
    def place(self) -> Place | None:
        """Give where the video stands; None for a file of ours, or no video."""
        if self.provider in {"", FILE}:
            return None
        return Place(self.provider, self.host, self.key, self.secret, self.start)

    def stand_at(self, place: Place | None) -> None:
        """Take a video elsewhere for the one that is meant, or none."""
        found = place or Place("", "", "")
        self.provider, self.host, self.key = found.provider, found.host, found.key
        self.secret, self.start = found.secret, found.start


class Chapter(Base):
    """A part of a video, by when it begins."""

    __tablename__ = "restitutions_chapter"
    __plain__ = ("title",)
    id: Mapped[int] = mapped_column(primary_key=True)
    restitution_id: Mapped[int] = of_restitution()
    starts: Mapped[int]
    title: Mapped[str] = mapped_column(sa.String(MAX_TITLE))


class Cue(Base):
    """Some words of a video, from when to when, in milliseconds."""

    __tablename__ = "restitutions_cue"
    __personal__ = {
        "words": Personal(None, "what filmed people say"),
        "folded": Personal(None, "the same, to be searched"),
    }
    id: Mapped[int] = mapped_column(primary_key=True)
    restitution_id: Mapped[int] = of_restitution()
    starts_ms: Mapped[int]
    ends_ms: Mapped[int]
    words: Mapped[str] = mapped_column(sa.String(MAX_WORDS))
    folded: Mapped[str] = mapped_column(sa.Text)


class Consent(Base):
    """Somebody who is filmed, and is asked whether they agree to be shown; they may say otherwise whenever they like.

    :ivar name: of somebody without account; empty for a colleague
    :ivar given_on: when they agreed; None while they have not answered
    :ivar agreed_audience: with `agreed_group_id`, to be shown to whom; empty while they have not answered
    :ivar not_wider_at: when they last said that they are shown to no others than those
    :ivar withdrawn_at: when they said no, before or after
    :ivar closed_at: when what they agreed to was taken down for another reason, or they were no longer named
    :ivar reason: why they are named otherwise, or no longer, after they had agreed
    """

    __tablename__ = "restitutions_consent"
    __plain__ = ("agreed_audience",)
    __personal__ = {
        "person_id": Personal("person_id", "who is filmed, and agrees", CONSENT_KEEP_DAYS, "pseudonym", **ENDED),
        "name": Personal(None, "who is filmed, and agrees", CONSENT_KEEP_DAYS, "delete", **ENDED),
        "reason": Personal(None, "why somebody is no longer named as filmed", CONSENT_KEEP_DAYS, "delete", **ENDED),
    }
    id: Mapped[int] = mapped_column(primary_key=True)
    restitution_id: Mapped[int] = of_restitution()
    person_id: Mapped[int | None] = person_id(nullable=True)
    name: Mapped[str] = mapped_column(sa.String(MAX_NAME), default="")
    given_on: Mapped[date | None]
    agreed_audience: Mapped[str] = mapped_column(sa.String(10), default="")
    agreed_group_id: Mapped[int | None] = group_id(nullable=True)
    not_wider_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(sa.String(MAX_REASON), default="")

    @property
    def subject(self) -> Subject:
        """Give the consent as its address speaks of it."""
        return Subject("restitutions.consent", self.id)

    @property
    def is_open(self) -> bool:
        """Tell whether it still counts: they were asked, or agreed, and nothing ended it."""
        return self.withdrawn_at is None and self.closed_at is None

    @property
    def agreed(self) -> Readers:
        """Give to whom they agreed to be shown, if they did."""
        return Readers(self.agreed_audience, self.agreed_group_id)

    def give(self, readers: Readers, *, on: date) -> None:
        """Note that they agree to be shown to these."""
        self.given_on, self.not_wider_at = on, None
        self.agreed_audience, self.agreed_group_id = readers

    def is_given_for(self, restitution: Restitution, readers: Readers | None = None) -> bool:
        """Tell whether they agreed to be shown to these, or to whom it is open; who added it chose whom themselves."""
        is_author = self.person_id == restitution.author_id
        is_enough = is_author or self.agreed.is_wide_enough_for(readers or restitution.readers)
        return self.given_on is not None and is_enough

    def is_awaited(self, restitution: Restitution) -> bool:
        """Tell whether they are still to answer, for the first time or because it is to be open to others."""
        return self.is_open and not self.is_given_for(restitution)

    @classmethod
    def standing(cls) -> sa.ColumnElement[bool]:
        """Give the criterion of those that still count."""
        return sa.and_(cls.withdrawn_at.is_(None), cls.closed_at.is_(None))


class Choice(Base):
    """A host whose videos a person always shows, without being asked first."""

    __tablename__ = "restitutions_choice"
    __plain__ = ("host",)
    __personal__ = {"person_id": Personal("person_id", "always shows the videos of a host", None, "delete")}
    __table_args__ = (sa.UniqueConstraint("person_id", "host"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = person_id()
    host: Mapped[str] = mapped_column(sa.String(255))
    chosen_at: Mapped[datetime]
