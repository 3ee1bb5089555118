"""What the pages load before they ask whether one may: absent and private are the same 404 (trust P3)."""

from __future__ import annotations

from portal.api import Forbidden, GroupCard, NotFound, Viewer, group_cards, now, session, texts

from plugins.ambassadors.models.vocabulary import TALENT, Tag
from plugins.ambassadors.models.wanted import Wanted
from plugins.ambassadors.queries.board import one_opening
from plugins.ambassadors.queries.cards import Shown, shown_cards
from plugins.ambassadors.queries.requests import Exchange, exchanges_by_id
from plugins.ambassadors.services.board import must_be_open

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


def one_wanted(viewer: Viewer, *, wanted_id: int) -> Wanted:
    """Give an opening of the board.

    :raises NotFound: there is none, or it is not open to them
    """
    found = one_opening(viewer, wanted_id, at=now())
    if found is None:
        raise NotFound(_("There is nothing looked for at this address, or it is not open to you."))
    return found


def own_wanted(viewer: Viewer, *, wanted_id: int) -> Wanted:
    """Give an opening to whoever posted it.

    :raises NotFound: there is none, or it is not open to them
    :raises Forbidden: somebody else posted it
    """
    found = one_wanted(viewer, wanted_id=wanted_id)
    if found.author_id != viewer.person_id:
        raise Forbidden(_("Only who posted it can do this."))
    return found


def own_open_wanted(viewer: Viewer, *, wanted_id: int) -> Wanted:
    """Give an opening that is on the board to whoever posted it.

    :raises NotFound: there is none, or it is not open to them
    :raises Forbidden: somebody else posted it
    :raises Conflict: it is off the board
    """
    found = own_wanted(viewer, wanted_id=wanted_id)
    must_be_open(found, at=now())
    return found


def one_tag(_viewer: Viewer, *, tag_id: int) -> Tag:
    """Give a word of the vocabulary.

    :raises NotFound: there is none
    """
    found = session.get(Tag, tag_id)
    if found is None:
        raise NotFound(_("There is no word at this address."))
    return found


def one_talent(viewer: Viewer, *, tag_id: int) -> Tag:
    """Give a talent of the vocabulary, which is everybody's: that anybody has it is another question.

    :raises NotFound: no such talent
    """
    found = one_tag(viewer, tag_id=tag_id)
    if found.kind != TALENT:
        raise NotFound(_("There is no word at this address."))
    return found


def own_lab(viewer: Viewer, *, group_id: int) -> GroupCard:
    """Give a lab that somebody belongs to.

    :raises NotFound: no such lab, or not one of theirs
    """
    found = next((card for card in group_cards(viewer) if card.id == group_id), None)
    if found is None or group_id not in viewer.lab_ids:
        raise NotFound(_("There is no mirror at this address, or it is not of a lab of yours."))
    return found
