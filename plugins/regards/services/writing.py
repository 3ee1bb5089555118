"""Writing a card: by a lab together, in one's own name, without account, from paper (C36 SPEC 1 to 4)."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import sqlalchemy as sa

from portal.api import Conflict, Forbidden, Invalid, TooMany, Viewer, must_have_seen, record, session, setting, texts

from plugins.regards.models.board import Board
from plugins.regards.models.card import GROUP, LENSES, PAPER, PERSON, VISITOR, Card, Line
from plugins.regards.queries.cards import OWN_NAME, card_by_key, lines_of, own_card, said_of, visitors_since
from plugins.regards.services.due import set_due
from plugins.regards.services.facts import (
    card_anew,
    hold,
    must_be_a_peer,
    must_be_hidden,
    must_take_cards,
    must_type,
)
from plugins.regards.services.lines import Words, check, checked_signature, write_lines

_ = texts("regards")

KEY = re.compile(r"[A-Za-z0-9_-]{22,43}")


def write_card(
    actor: Viewer,
    board: Board,
    *,
    as_id: int,
    words: Words,
    is_draft: bool,
    seen: str | None = None,
    at: datetime,
) -> Card:
    """Hand a card in, or keep it as a draft; until the reveal its authors may change it, or take it back as a draft.

    Rule: C36 SPEC 1, 2 and 4.

    :param as_id: the lab in whose name it is written, `OWN_NAME` for one's own
    :param seen: the `edition_of` the card that the actor had before them; None not to ask
    :raises Forbidden: it is the work of their team, or they do not belong to the lab
    :raises Conflict: it is revealed, or nobody says whose work it is
    :raises Overtaken: another author was faster
    :raises Invalid: the card does not hold its three lenses
    """
    hold(board)
    person_id = must_be_a_peer(actor, board)
    must_take_cards(board, at=at)
    if as_id != OWN_NAME and as_id not in actor.lab_ids:
        raise Forbidden(_("You write for a lab you belong to, or in your own name."))
    check(words, is_draft=is_draft)
    mine = own_card(board.id, as_id, actor)
    card = card_anew(mine.id) if mine else None
    wanted = {lens: "\n".join(words.of(lens)) for lens in LENSES}
    must_have_seen(seen, said_of(card), {**wanted, "is_draft": is_draft})
    if card is None:
        group = {"origin": PERSON} if as_id == OWN_NAME else {"origin": GROUP, "group_id": as_id}
        card = _add(board, author_id=person_id, at=at, **group)
    was_handed_in, card.handed_in_at = card.handed_in_at, None if is_draft else card.handed_in_at or at
    write_lines(card, words, by=person_id)
    if (was_handed_in is None) != is_draft:
        record("regards.card_taken_back" if is_draft else "regards.card_handed_in", board.subject, actor=actor, at=at)
        set_due(board, at=at)
    return card


def _add(board: Board, *, at: datetime, **columns: object) -> Card:
    card = Card(board_id=board.id, begun_at=at, **columns)
    session.add(card)
    session.flush()
    return card


def leave_card(board: Board, *, key: str, words: Words, signed: str | None, network: str, at: datetime) -> Card:
    """Keep the card of somebody without account, let in by the code; the same key twice is one card, said anew.

    Rule: C35 SPEC 2.

    :param key: drawn with the form
    :param network: a digest of the address they write from
    :raises Conflict: it is revealed, or nobody says whose work it is
    :raises TooMany: as many came within the hour as the collectivity allows, or half of that from one network
    :raises Invalid: the card does not hold its three lenses, or its key was used elsewhere
    """
    hold(board)
    again = _again(board, key)
    if again is not None and _says(again, words, signed):
        return again
    must_take_cards(board, at=at)
    if not board.takes_visitors(at):
        raise Conflict(_("Visitors may no longer write here."))
    if again is not None:
        return _say_anew(board, again, words, signed, at)
    _must_not_flood(board, network, at)
    card = _keep(board, None, key, words, signed, VISITOR, at)
    card.network = network
    session.flush()
    return card


def _must_not_flood(board: Board, network: str, at: datetime) -> None:
    """Bound the round, and each network within it: a whole town hall leaves by one address, so does a prankster.

    :raises TooMany: one of the bounds is met
    """
    most = setting("regards", "visitors_an_hour")
    every, of_network = visitors_since(board.id, at - timedelta(hours=1), network)
    if every >= most:
        raise TooMany(_("Many cards have been left within the hour. Wait a little, or leave yours on paper."))
    if of_network * 2 >= most:
        raise TooMany(
            _("Many cards come from this network. Leave it for that of your phone, wait a little, or write on paper.")
        )


def type_card(actor: Viewer, board: Board, *, key: str, words: Words, signed: str | None, at: datetime) -> Card:
    """Type a card that was written on paper; the same key twice is one card, said anew.

    :raises Forbidden: the actor is reviewed here, or neither opened the round nor animates a lab
    :raises Conflict: it is revealed, or nobody says whose work it is
    :raises Invalid: the card does not hold its three lenses, or its key was used elsewhere
    """
    hold(board)
    must_type(actor, board)
    again = _again(board, key)
    must_take_cards(board, at=at)
    if again is not None and again.author_id == actor.person_id:
        return _say_anew(board, again, words, signed, at)
    return _keep(board, actor, key, words, signed, PAPER, at)


def _again(board: Board, key: str) -> Card | None:
    if not KEY.fullmatch(key):
        raise Invalid(_("Open this page again: the form is incomplete."))
    known = card_by_key(board.id, key)
    again = card_anew(known.id) if known else None
    if again is None and session.scalar(sa.select(Card.id).where(Card.key == key)) is not None:
        raise Invalid(_("Open this page again: the form has been used."))
    return again


def _says(card: Card, words: Words, signed: str | None) -> bool:
    is_same = all(said == list(words.of(lens)) for lens, said in lines_of(card.id).items())
    return is_same and card.handed_in_at is not None and card.signed == checked_signature(signed)


def _say_anew(board: Board, card: Card, words: Words, signed: str | None, at: datetime) -> Card:
    """Correct a card whose form came again, after the back button; one that was taken back is handed in anew."""
    check(words, is_draft=False)
    card.signed = checked_signature(signed)
    write_lines(card, words, by=card.author_id)
    if card.handed_in_at is None:
        card.handed_in_at = at
        record("regards.card_handed_in", board.subject, actor=None, at=at)
        set_due(board, at=at)
    return card


def _keep(
    board: Board, actor: Viewer | None, key: str, words: Words, signed: str | None, origin: str, at: datetime
) -> Card:
    check(words, is_draft=False)
    author_id = actor.person_id if actor else None
    named = checked_signature(signed)
    card = _add(board, author_id=author_id, at=at, origin=origin, key=key, signed=named, handed_in_at=at)
    write_lines(card, words, by=card.author_id)
    record("regards.card_handed_in", board.subject, actor=actor, at=at)
    set_due(board, at=at)
    return card


def take_card_back(board: Board, card: Card, *, at: datetime) -> None:
    """« It was not me »: empty what a visitor left; doing it twice changes nothing.

    The row stays, so that leaving and taking back over and over meets the limit of the hour.

    :raises Conflict: it is revealed
    """
    hold(board)
    must_be_hidden(board, at=at)
    now_is = card_anew(card.id)
    if now_is is None or now_is.handed_in_at is None:
        return
    card.handed_in_at = card.signed = None
    write_lines(card, Words(), by=None)
    record("regards.card_taken_back", board.subject, actor=None, at=at)
    set_due(board, at=at)


def untype_card(actor: Viewer, board: Board, card: Card, *, at: datetime) -> None:
    """Take back a card that was typed by mistake: nobody else has read it; doing it twice changes nothing.

    :raises Forbidden: somebody else typed it
    :raises Conflict: it is revealed
    """
    hold(board)
    must_type(actor, board)
    must_be_hidden(board, at=at)
    if card_anew(card.id) is None:
        return
    if card.author_id != actor.person_id:
        raise Forbidden(_("Only the person who typed this card may take it back."))
    session.execute(sa.delete(Line).where(Line.card_id == card.id))
    session.delete(card)
    session.flush()
    record("regards.card_taken_back", board.subject, actor=actor, at=at)
    set_due(board, at=at)
