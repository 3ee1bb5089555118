"""Restitutions for tests and for the review, with sensible defaults."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

from portal.api import Audience, Subject, Upload, receive, session
from portal.people.sessions import viewer_of

from plugins.restitutions.models import Has, Restitution, Status
from plugins.restitutions.services.clearing import say_nobody
from plugins.restitutions.services.publishing import Said, add_film, add_link, change
from plugins.restitutions.services.transcripts import take_words
from plugins.restitutions.values.addresses import Allowed, read_address
from plugins.restitutions.values.captions import read_captions

START = datetime(2018, 1, 29, 9, tzinfo=UTC)
HOSTS = frozenset({"tube.example", "pod.example"})
ALLOWED = Allowed(hosts=HOSTS)
LINK = "https://www.youtube.com/watch?v=we-Obs2KR28"
FILM = b"\x00\x00\x00\x20ftypisom" + bytes(range(256)) * 20
# As the deck gives them: letters torn apart by the machine that read it.
TORN = {
    "we-Obs2KR28": "https:/ /yo utu. be/ we- Obs 2KR 28",
    "cAGqrG5Moc0": "https:/ /yo utu. be/ cAG qrG5 Mo c0",
    None: "https:/ /yo utu. be/ cfN 1 /o3e M7 - fQ",
}
CAPTIONS = """WEBVTT

00:00:01.000 --> 00:00:04.000
<v Awa>Bonjour à toutes et à tous

NOTE pour la régie

00:01:05.500 --> 00:01:09.000 line:0
L’équipe des écoles a <i>osé</i> changer le format
du copil
"""


def make_link(
    owner: Any,
    address: str = LINK,
    *,
    title: str = "Gestion des questions RH",
    of: Subject | None = None,
    clear: bool = True,
    **said: Any,
) -> Restitution:
    """Add a link as its owner; unless it is to wait for them, nobody can be recognised there."""
    at = said.pop("at", START)
    told = _said(title, of=of, **said)
    made = add_link(viewer_of(owner.id), told, address, read_address(address, ALLOWED), at=at)
    return _cleared(owner, made, at=at) if clear else made


def _cleared(owner: Any, made: Restitution, *, at: datetime) -> Restitution:
    if made.status == Status.TO_CLEAR:
        say_nobody(viewer_of(owner.id), made, at=at)
    return made


def _said(title: str, **said: Any) -> Said:
    usual = {"captions": Has.YES, "transcript": Has.YES, "audience": Audience.INTRANET}
    return Said(title=title, **{**usual, **said})


def received(content: bytes = FILM, name: str = "restitution.mp4") -> Upload:
    """Receive a file; before any write lock."""
    return receive(io.BytesIO(content), name=name)


def make_film(
    owner: Any, upload: Upload, *, title: str = "Capitalisation", clear: bool = True, **said: Any
) -> Restitution:
    """Add a file as its owner; unless it is to wait for them, nobody can be recognised there."""
    told = _said(title, **said)
    made = add_film(viewer_of(owner.id), told, upload, at=START)
    return _cleared(owner, made, at=START) if clear else made


def give_words(owner: Any, restitution: Restitution, text: str = CAPTIONS) -> None:
    """Give its words to a restitution."""
    take_words(viewer_of(owner.id), restitution, read_captions(text).cues, at=START)


def say_more(owner: Any, restitution: Restitution, *, summary: str, chapters: Any = (), **said: Any) -> None:
    """Say more of it, as its owner."""
    told = Said(
        title=said.get("title", restitution.title),
        captions=restitution.captions,
        transcript=restitution.transcript,
        audience=said.get("audience", restitution.audience),
        summary=summary,
    )
    change(viewer_of(owner.id), restitution, told, chapters, at=START)


def again(restitution_id: int) -> Restitution:
    """Read a restitution anew."""
    return session.get_one(Restitution, restitution_id)
