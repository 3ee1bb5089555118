"""What the pages load before they ask whether one may: absent and private are the same 404 (trust P3)."""

from __future__ import annotations

from portal.api import NotFound, Viewer, now, texts

from plugins.ambassadors.queries.cards import Shown, shown_cards
from plugins.ambassadors.queries.requests import Exchange, exchanges_by_id

_ = texts("ambassadors")


def one_card(viewer: Viewer, *, person_id: int) -> Shown:
    """Give what somebody may read of a person's card.

    :raises NotFound: no such person, no card, or nothing of it is open to them
    """
    found = shown_cards(viewer, [person_id], at=now()).get(person_id)
    if found is None:
        raise NotFound(_("There is no card at this address, or it is not open to you."))
    return found


def one_exchange(viewer: Viewer, *, request_id: int) -> Exchange:
    """Give a request to one of the two whom it concerns.

    :raises NotFound: no such request, or it is of others
    """
    found = exchanges_by_id(viewer, [request_id], at=now())
    if not found:
        raise NotFound(_("There is no request at this address, or it is not yours."))
    return found[0]
