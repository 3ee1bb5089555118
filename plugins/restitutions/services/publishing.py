"""Verbs of a restitution: added, confirmed, corrected, changed, taken down. They flush and never commit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from portal.api import (
    Conflict,
    Event,
    Invalid,
    Subject,
    Upload,
    Viewer,
    edition_of,
    files_of,
    fold,
    keep_file,
    link,
    must_have_seen,
    publish,
    record,
    session,
    settle,
    texts,
)

from plugins.restitutions.models import Chapter, Cue, Has, Restitution, Status
from plugins.restitutions.queries.restitutions import same_videos
from plugins.restitutions.queries.said import SAID, address_of, said_of
from plugins.restitutions.services.clearing import stand
from plugins.restitutions.services.emptying import close_consents, drop_files, drop_words, empty
from plugins.restitutions.services.holding import facts_of, hold, hold_author, must_own
from plugins.restitutions.services.widening import readers_changed
from plugins.restitutions.values.addresses import Fault, ReadAddress
from plugins.restitutions.values.places import FILE
from plugins.restitutions.values.times import lines_of

_ = texts("restitutions")
LINK = "restitutions.of"
FAULTS = {
    Fault.HTTPS: _.later("The address must begin with https://."),
    Fault.HOST: _.later("Videos of this host are not taken here. Ask whoever administers the plugins to add it."),
    Fault.SIGNS: _.later("This is not the address of a video: copy it once more from the page where it plays."),
}


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody says of a video.

    :ivar of: the session it restitutes
    :ivar reader_group_id: of an audience that speaks of a group
    """

    title: str
    captions: str
    transcript: str
    audience: str
    summary: str = ""
    language: str = "fr"
    of: Subject | None = None
    reader_group_id: int | None = None


class AlreadyThere(Conflict):
    """The very video is there already for this session; `first` is its restitution."""

    def __init__(self, first: Restitution) -> None:
        super().__init__(_("This video is there already: nothing was added."))
        self.first = first


def add_link(
    actor: Viewer, said: Said, original: str, found: ReadAddress, *, once: bool = False, at: datetime
) -> Restitution:
    """Add a video that stands elsewhere; if its address is understood as it was typed, those filmed are next (SPEC 2).

    The same address by the same person under the same title is a second click, even at the same time.

    :param once: refuse what is there already for the same session; of another session, or from another time on, it
        may be
    :raises Invalid: the address is not taken at all
    :raises AlreadyThere: it is, and the actor may read it
    """
    _must_be_taken(found)
    same = sa.select(Restitution).where(
        Restitution.author_id == hold_author(actor),
        Restitution.original == original,
        Restitution.title == said.title,
        Restitution.status != Status.WITHDRAWN,
    )
    known = session.scalar(same.limit(1))
    if known is None and once:
        _must_be_new(actor, said, found, at=at)
    return known or _add(actor, said, found, original=original, at=at)


def _must_be_new(actor: Viewer, said: Said, found: ReadAddress, *, at: datetime) -> None:
    for first in same_videos(found.place, said.of, actor, at=at) if found.place else ():
        if first.place == found.place and first.restituted == said.of:
            raise AlreadyThere(first)


def _must_be_taken(found: ReadAddress) -> None:
    if found.fault is not None:
        raise Invalid(FAULTS[found.fault], field="address")


def _add(actor: Viewer, said: Said, found: ReadAddress, *, original: str, at: datetime) -> Restitution:
    made = _new(actor, said, at=at)
    made.original, made.status = original, _status(found)
    made.stand_at(found.place)
    _keep(actor, made, said, at=at)
    return made


def _status(found: ReadAddress) -> Status:
    if found.place is None:
        return Status.TO_CHECK
    return Status.TO_CONFIRM if found.is_repaired else Status.TO_CLEAR


def add_film(actor: Viewer, said: Said, upload: Upload, *, at: datetime) -> Restitution:
    """Add a video, or its sound, that was sent.

    The same file by the same person under the same title is a second click.
    """
    same = sa.select(Restitution).where(
        Restitution.author_id == hold_author(actor),
        Restitution.provider == FILE,
        Restitution.title == said.title,
        Restitution.status != Status.WITHDRAWN,
    )
    sent = (upload.name, upload.size)
    for known in session.scalars(same):
        if sent in {(card.name, card.size) for card in files_of(known.subject)}:
            return known
    made = _new(actor, said, at=at)
    made.provider, made.status = FILE, Status.TO_CLEAR
    _keep(actor, made, said, at=at)
    keep_file(made.subject, upload, actor=actor, at=at)
    return made


def _new(actor: Viewer, said: Said, *, at: datetime) -> Restitution:
    return Restitution(
        author_id=actor.person_id,
        title=said.title,
        summary=said.summary,
        language=said.language,
        captions=said.captions,
        transcript=said.transcript,
        audience=said.audience,
        reader_group_id=said.reader_group_id,
        session_kind=said.of.kind if said.of else None,
        session_id=said.of.id if said.of else None,
        folded=fold(said.title, said.summary),
        created_at=at,
    )


def _keep(actor: Viewer, made: Restitution, said: Said, *, at: datetime) -> None:
    session.add(made)
    session.flush()
    record("restitutions.added", made.subject, actor=actor, at=at, facts={"status": made.status})
    if said.of is not None:
        link(LINK, made.subject, said.of, actor=actor, at=at)


def confirm(actor: Viewer, restitution: Restitution, *, seen: str | None = None, at: datetime) -> None:
    """Say that the repaired address is the one that was meant; those filmed are next. A second click changes nothing.

    :param seen: the `edition_of` the address that the actor had before them; None not to ask
    :raises Forbidden: it is somebody else's
    :raises Conflict: its address was not understood, or is another one by now; it was taken down
    """
    must_own(actor, restitution)
    hold(restitution)
    if seen is not None and seen != edition_of(address_of(restitution)):
        raise Conflict(_("The address was corrected meanwhile, on another page: look at it once more."))
    if restitution.status == Status.TO_CHECK:
        raise Conflict(_("The address was not understood: correct it first."))
    if restitution.status == Status.TO_CONFIRM:
        record("restitutions.confirmed", restitution.subject, actor=actor, at=at)
        stand(actor, restitution, at=at)


def correct(
    actor: Viewer,
    restitution: Restitution,
    original: str,
    found: ReadAddress,
    *,
    seen: str | None = None,
    at: datetime,
) -> None:
    """Give another address; what its host said of the former one goes, and of another video words, chapters, consents.

    :param seen: the `edition_of` the address that the actor had before them; None not to ask
    :raises Forbidden: it is somebody else's
    :raises Conflict: it is a file of ours, or was taken down
    :raises Overtaken: it was corrected meanwhile
    :raises Invalid: the address is not taken at all
    """
    must_own(actor, restitution)
    hold(restitution)
    if restitution.provider == FILE:
        raise Conflict(_("This video was sent as a file: it has no address to correct."))
    _must_be_taken(found)
    must_have_seen(seen, address_of(restitution), {"address": original})
    drop_files(restitution, actor=actor, at=at)
    if restitution.place is not None and (found.place is None or not restitution.place.is_same_video(found.place)):
        drop_words(restitution)
        close_consents(restitution, at=at)
        restitution.nobody_at = None
        fold_again(restitution)
    restitution.original, restitution.status = original, _status(found)
    restitution.stand_at(found.place)
    restitution.provider_title, restitution.seconds, restitution.failures = "", None, 0
    restitution.looked_at = restitution.quiet_until = None
    settle(restitution.subject, at=at)  # that the former was lost
    session.flush()
    record("restitutions.corrected", restitution.subject, actor=actor, at=at, facts={"status": restitution.status})
    if restitution.status == Status.TO_CLEAR:
        stand(actor, restitution, at=at)


def change(
    actor: Viewer,
    restitution: Restitution,
    said: Said,
    chapters: list[tuple[int, str]],
    *,
    seen: str | None = None,
    at: datetime,
) -> None:
    """Change what is said of a video; who agreed to other readers than those it has then is asked anew (C33 SPEC 7).

    :param seen: the `edition_of` what was said that the actor had before them; None not to ask
    :raises Forbidden: it is somebody else's
    :raises Conflict: it was taken down
    :raises Overtaken: it was changed meanwhile
    """
    must_own(actor, restitution)
    hold(restitution)
    wanted = {name: getattr(said, name) for name in SAID} | {"chapters": lines_of(chapters)}
    must_have_seen(seen, said_of(restitution), wanted)
    readers = restitution.readers
    for name in ("title", "summary", "language", "captions", "transcript", "audience", "reader_group_id"):
        setattr(restitution, name, getattr(said, name))
    session.execute(sa.delete(Chapter).where(Chapter.restitution_id == restitution.id))
    session.add_all(Chapter(restitution_id=restitution.id, starts=starts, title=title) for starts, title in chapters)
    session.flush()
    fold_again(restitution)
    say_words_are_there(restitution)
    record("restitutions.changed", restitution.subject, actor=actor, at=at)
    if restitution.readers != readers:
        readers_changed(actor, restitution, at=at)


def say_words_are_there(restitution: Restitution) -> None:
    """Let nobody say « non » of words that are there; of a film of ours, they are its captions."""
    if session.scalar(sa.select(Cue.id).where(Cue.restitution_id == restitution.id).limit(1)) is not None:
        restitution.transcript = Has.YES
        restitution.captions = Has.YES if restitution.provider == FILE else restitution.captions
        session.flush()


def fold_again(restitution: Restitution) -> None:
    """Keep what is searched: title, summary, transcript."""
    cues = sa.select(Cue.words).where(Cue.restitution_id == restitution.id).order_by(Cue.starts_ms, Cue.id)
    restitution.folded = fold(restitution.title, restitution.summary, *session.scalars(cues))
    session.flush()


def withdraw(actor: Viewer | None, restitution: Restitution, *, at: datetime) -> None:
    """Take a restitution down: file, picture, address and words go at once, for good (C33 SPEC 7). Twice is once.

    :param actor: None when somebody who is filmed asks it, without an account
    """
    session.refresh(restitution, with_for_update=True)
    if restitution.status == Status.WITHDRAWN:
        return
    empty(restitution, actor=actor, at=at)
    restitution.status, restitution.withdrawn_at = Status.WITHDRAWN, at
    close_consents(restitution, at=at)
    actor_id = actor.person_id if actor else None
    publish(Event("restitutions.withdrawn", restitution.subject, actor_id, at, facts_of(restitution)))
