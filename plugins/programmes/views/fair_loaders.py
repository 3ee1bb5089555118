"""What the pages of the fair load before they ask whether one may (trust P3)."""

from __future__ import annotations

from portal.api import Grant, NotFound, Viewer, now, session, texts

from plugins.programmes.models.stand import Stand
from plugins.programmes.queries.stands import programme_of, readable_stand
from plugins.programmes.services.facts import must_organise
from plugins.programmes.services.stands import must_hold

_ = texts("programmes")
CODE_GONE = _.later("The code of this stand opens nothing any more: the fair is over, or the stand was closed.")
WALL_GONE = _.later("This wall is closed. Whoever organises the day can open it again from the page of the turns.")


def one_stand(viewer: Viewer, *, stand_id: int) -> Stand:
    """Give the stand of a page.

    :raises NotFound: absent, or of a programme that is not theirs to read
    """
    found = readable_stand(viewer, stand_id, at=now())
    if found is None:
        raise NotFound(_("There is no stand at this address, or it is not open to you."))
    return found


def held_stand(viewer: Viewer, *, stand_id: int) -> Stand:
    """Give a stand that somebody holds, or of a day they organise.

    :raises Forbidden: they only read it
    """
    stand = one_stand(viewer, stand_id=stand_id)
    must_hold(viewer, stand)
    return stand


def organised_stand(viewer: Viewer, *, stand_id: int) -> Stand:
    """Give a stand of a day that somebody organises.

    :raises Forbidden: they only read it, or hold it
    """
    stand = one_stand(viewer, stand_id=stand_id)
    must_organise(viewer, programme_of(stand))
    return stand


def visited_stand(viewer: Viewer, *, grant: Grant) -> Stand:
    """Give the stand whose code was scanned, to anybody: whoever stands before it may read it.

    :raises NotFound: it was closed, or its day cancelled
    """
    stand = session.get(Stand, grant.subject.id) if grant.subject else None
    if stand is None or stand.closed_at is not None or programme_of(stand).cancelled_at is not None:
        raise NotFound(str(CODE_GONE))
    return stand
