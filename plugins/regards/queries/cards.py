"""The cards of a round: whose they are, which were handed in; never what they say before the reveal."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from portal.api import Person, Viewer, group_cards, people, session, texts

from plugins.regards.models.board import Board
from plugins.regards.models.card import GROUP, LENSES, PAPER, PERSON, VISITOR, Card, Line

_ = texts("regards")

OWN_NAME = 0  # in the address of a card, instead of the number of a lab
SHOWN_TYPED = 10


@dataclass(frozen=True, slots=True)
class HandedIn:
    """Who has handed in a card, before the reveal.

    :ivar groups: names of labs
    :ivar others: how many cards of people in their own name, of visitors, of paper
    """

    groups: tuple[str, ...]
    others: int

    @property
    def cards(self) -> int:
        """Count them all."""
        return len(self.groups) + self.others


def card_of_group(board_id: int, group_id: int) -> Card | None:
    """Give the card that the members of a lab write together."""
    mine = sa.and_(Card.board_id == board_id, Card.group_id == group_id)
    return session.scalar(sa.select(Card).where(mine).order_by(Card.id).limit(1))


def card_of_person(board_id: int, person_id: int | None) -> Card | None:
    """Give the card that somebody writes in their own name."""
    mine = sa.and_(Card.board_id == board_id, Card.origin == PERSON, Card.author_id == person_id)
    return session.scalar(sa.select(Card).where(mine).order_by(Card.id).limit(1))


def own_card(board_id: int, as_id: int, viewer: Viewer) -> Card | None:
    """Give the card of a lab of this person, or theirs."""
    return card_of_person(board_id, viewer.person_id) if as_id == OWN_NAME else card_of_group(board_id, as_id)


def own_cards(board: Board, viewer: Viewer) -> dict[int, Card]:
    """Give the cards this person writes, by lab, their own under `OWN_NAME`."""
    of_labs = sa.and_(Card.origin == GROUP, Card.group_id.in_(viewer.lab_ids))
    of_person = sa.and_(Card.origin == PERSON, Card.author_id == viewer.person_id)
    found = sa.select(Card).where(Card.board_id == board.id, sa.or_(of_labs, of_person)).order_by(Card.id.desc())
    return {card.group_id or OWN_NAME: card for card in session.scalars(found)}


def is_begun(board_id: int) -> bool:
    """Tell whether somebody has begun a card, handed in or not."""
    return session.scalar(sa.select(Card.id).where(Card.board_id == board_id).limit(1)) is not None


def card_by_key(board_id: int, key: str) -> Card | None:
    """Give the card that a form was drawn for, if it was kept in this round."""
    return session.scalar(sa.select(Card).where(Card.board_id == board_id, Card.key == key))


def card_by_id(board_id: int, card_id: int) -> Card | None:
    """Give a card of a round."""
    return session.scalar(sa.select(Card).where(Card.board_id == board_id, Card.id == card_id))


def lines_of(card_id: int) -> dict[str, list[str]]:
    """Give the words of a card by lens."""
    found: dict[str, list[str]] = {lens: [] for lens in LENSES}
    rows = sa.select(Line.lens, Line.words).where(Line.card_id == card_id).order_by(Line.id)
    for lens, words in session.execute(rows):
        found[lens].append(words)
    return found


def said_of(card: Card | None) -> dict[str, object]:
    """Give what a card says by now, by the name of the field, and whether it is a draft."""
    said = lines_of(card.id) if card else {}
    words = {lens: "\n".join(said.get(lens, ())) for lens in LENSES}
    return {**words, "is_draft": card is None or card.handed_in_at is None}


def handed_in(board: Board, viewer: Viewer) -> HandedIn:
    """Say who has handed in a card."""
    rows = sa.select(Card.origin, Card.group_id).where(Card.board_id == board.id, Card.handed_in_at.is_not(None))
    found = session.execute(rows).all()
    names = group_names(viewer)
    groups = sorted(names.get(number, _("a lab")) for origin, number in found if origin == GROUP)
    return HandedIn(tuple(groups), len(found) - len(groups))


def cards_of_board(board_id: int) -> list[Card]:
    """List the cards that were handed in."""
    found = sa.select(Card).where(Card.board_id == board_id, Card.handed_in_at.is_not(None))
    return list(session.scalars(found.order_by(Card.id)))


def group_names(viewer: Viewer) -> dict[int | None, str]:
    """Name every lab."""
    return {card.id: card.name for card in group_cards(viewer)}


def visitors_since(board_id: int, since: datetime, network: str) -> tuple[int, int]:
    """Count the cards that visitors left since an instant, those they took back included; and those of one network."""
    left = sa.and_(Card.board_id == board_id, Card.origin == VISITOR, Card.begun_at > since)
    counted = sa.select(sa.func.count(), sa.func.count().filter(Card.network == network)).where(left)
    every, of_network = session.execute(counted).one()
    return every, of_network


def typed_by(board: Board, viewer: Viewer) -> list[tuple[Card, list[str]]]:
    """List the paper cards this person typed last, the newest first, with their words: they have them in hand."""
    mine = sa.and_(Card.board_id == board.id, Card.origin == PAPER, Card.author_id == viewer.person_id)
    cards = list(session.scalars(sa.select(Card).where(mine).order_by(Card.id.desc()).limit(SHOWN_TYPED)))
    said: dict[int, list[str]] = {card.id: [] for card in cards}
    for line in session.scalars(sa.select(Line).where(Line.card_id.in_(said)).order_by(Line.id)):
        said[line.card_id].append(line.words)
    return [(card, said[card.id]) for card in cards]


def author_ids(cards: Iterable[Card]) -> dict[str, set[int]]:
    """Give the labs and the people who wrote these cards."""
    found = list(cards)
    return {
        "groups": {card.group_id for card in found if card.group_id is not None},
        "people": {card.author_id for card in found if card.origin == PERSON and card.author_id is not None},
    }


def signatures(cards: Iterable[Card], viewer: Viewer) -> dict[int, str]:
    """Say who signs each card, once revealed: a lab, a person who chose to be named, on whose behalf, a visitor."""
    found = list(cards)
    names, who = group_names(viewer), people(card.author_id for card in found if card.origin == PERSON)
    return {card.id: _signature(card, names, who) for card in found}


def _signature(card: Card, names: dict[int | None, str], who: dict[int, Person]) -> str:
    if card.origin == GROUP:
        return names.get(card.group_id, _("a lab"))
    if card.origin == PERSON:
        person = who.get(card.author_id or 0)
        return person.name if person else _("somebody who left")
    if not card.signed:
        return _("a visitor") if card.origin == VISITOR else _("a paper card")
    if card.origin == VISITOR:
        return _("%(signed)s (somebody passing by)", signed=card.signed)
    return _("%(signed)s (paper card)", signed=card.signed)
