"""What the pages load before they ask whether one may: absent and private are the same 404 (trust P3)."""

from __future__ import annotations

from portal.api import (
    Conflict,
    Grant,
    NotFound,
    Subject,
    SubjectCard,
    Viewer,
    ask_plugins,
    now,
    resolve,
    session,
    texts,
)

from plugins.restitutions.models import Choice, Consent, Restitution, Status
from plugins.restitutions.queries.restitutions import readable_restitutions
from plugins.restitutions.services.holding import must_own

_ = texts("restitutions")
MAX_NUMBER = 2**31


def one_restitution(viewer: Viewer, *, restitution_id: int) -> Restitution:
    """Give a restitution that somebody may read.

    :raises NotFound: there is none, or it is not open to them
    """
    found = readable_restitutions(viewer, [restitution_id], at=now())
    if not found:
        raise NotFound(_("There is no restitution at this address, or it is not open to you."))
    return found[0]


def own_restitution(viewer: Viewer, *, restitution_id: int) -> Restitution:
    """Give a restitution that stands to whoever added it.

    :raises NotFound: there is none, or it is not open to them
    :raises Forbidden: somebody else's
    :raises Conflict: it was taken down
    """
    return standing(former_restitution(viewer, restitution_id=restitution_id))


def former_restitution(viewer: Viewer, *, restitution_id: int) -> Restitution:
    """Give a restitution to whoever added it, even once it was taken down.

    :raises NotFound: there is none, or it is not open to them
    :raises Forbidden: somebody else's
    """
    found = one_restitution(viewer, restitution_id=restitution_id)
    must_own(viewer, found)
    return found


def standing_restitution(viewer: Viewer, *, restitution_id: int) -> Restitution:
    """Give a restitution that stands.

    :raises NotFound: there is none, or it is not open to them
    :raises Conflict: it was taken down
    """
    return standing(one_restitution(viewer, restitution_id=restitution_id))


def standing(restitution: Restitution) -> Restitution:
    """Let what was taken down be neither shown nor changed.

    :raises Conflict: it was
    """
    if restitution.status == Status.WITHDRAWN:
        raise Conflict(_("This restitution was taken down. Its video is no longer here."))
    return restitution


def own_consent(viewer: Viewer, *, consent_id: int) -> Consent:
    """Give a consent to whoever owns the restitution.

    :raises NotFound: there is none, or it is of somebody else's restitution: who is filmed is told to nobody else
    """
    found = session.get(Consent, consent_id)
    owner = session.get(Restitution, found.restitution_id) if found else None
    if found is None or owner is None or owner.author_id != viewer.person_id:
        raise NotFound(_("There is nothing at this address, or it is not open to you."))
    return found


def my_consent(viewer: Viewer, *, consent_id: int) -> Consent:
    """Give a colleague what they are asked as somebody who is filmed.

    :raises NotFound: there is none, it was closed, or it is somebody else's
    """
    found = session.get(Consent, consent_id)
    if found is None or found.closed_at or viewer.person_id is None or found.person_id != viewer.person_id:
        raise NotFound(_("There is nothing at this address, or it is not open to you."))
    return found


def consent_of(_viewer: Viewer, *, grant: Grant) -> Consent:
    """Give the consent whose address was opened.

    :raises NotFound: it is no longer there
    """
    found = session.get(Consent, grant.subject.id) if grant.subject else None
    if found is None:
        raise NotFound(_("There is nothing at this address, or it is not open to you."))
    return found


def own_choice(viewer: Viewer, *, choice_id: int) -> Choice:
    """Give a choice of one's own.

    :raises NotFound: there is none, or it is somebody else's
    """
    found = session.get(Choice, choice_id)
    if found is None or found.person_id != viewer.person_id:
        raise NotFound(_("There is nothing at this address, or it is not open to you."))
    return found


def session_named(text: str | None) -> SubjectCard | None:
    """Give the session that an address names, `copils.copil:3`, if it is one that can be restituted and read."""
    kind, _colon, number = (text or "").partition(":")
    if not (number.isascii() and number.isdigit() and len(number) < 10 and kind):
        return None
    subject = Subject(kind, int(number))
    return resolve(subject) if subject in ask_plugins("restitutions_sessions", subject=subject) else None
