"""Two labs and their people: Dunkerque is reviewed, Paris reviews, and what they do by raw POST."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from portal.api import Subject, session

from plugins.labs.models.lab import Lab
from plugins.regards.models.board import Board
from plugins.regards.models.card import Card, Line
from tests.plugins.labs.factories import make_lab
from tests.plugins.regards.factories import START, TYPED, make_board


@pytest.fixture
def folk(make_user, writing, clock):
    """Give Dunkerque (Awa animates, Ben), Paris (Zoé animates, Léa), Omar of no lab; Noé is of both labs."""
    clock.set(START)
    names = {"awa": "Awa Diop", "ben": "Ben Roux", "zoe": "Zoé Martin", "lea": "Léa Petit"}
    found = SimpleNamespace(
        **{key: make_user(name) for key, name in names.items()},
        noe=make_user("Noé Vidal"),
        omar=make_user("Omar Sy"),
        admin=make_user("Ada Min", role="admin"),
    )
    with writing():
        found.lab_id = make_lab("Labo de Dunkerque", [found.awa, found.ben, found.noe], animator=found.awa)
        found.other_id = make_lab("Labo de Paris", [found.zoe, found.lea, found.noe], animator=found.zoe)
        found.group_id = session.get_one(Lab, found.lab_id).group_id
        found.other_group = session.get_one(Lab, found.other_id).group_id
    found.reviewed = Subject("labs.lab", found.lab_id)
    return found


@pytest.fixture
def board_id(folk, writing):
    """Open a round on Dunkerque, by Zoé of Paris."""
    with writing():
        return make_board(folk.zoe, folk.reviewed, [folk.awa, folk.ben, folk.noe], title="Labo de Dunkerque")


@pytest.fixture
def url(board_id):
    return f"/regards/{board_id}"


@pytest.fixture
def hand_in(sign_in, post, url, folk):
    """Hand a card in, for Paris by Zoé unless said otherwise."""

    def send(who=None, as_id=None, **typed):
        number = folk.other_group if as_id is None else as_id
        return post(sign_in(who or folk.zoe), f"{url}/card/{number}", TYPED | typed)

    return send


@pytest.fixture
def reveal(sign_in, post, url, folk):
    """Reveal the round, by who opened it unless said otherwise."""

    def send(who=None):
        return post(sign_in(who or folk.zoe), f"{url}/reveal")

    return send


@pytest.fixture
def kept(board_id, reading):
    """Give what the database holds of the round now: itself, its cards, its words."""

    def read():
        with reading():
            board = session.get_one(Board, board_id)
            cards = list(session.scalars(sa.select(Card).where(Card.board_id == board_id).order_by(Card.id)))
            lines = list(session.scalars(sa.select(Line).where(Line.board_id == board_id).order_by(Line.id)))
            session.expunge_all()
        return SimpleNamespace(board=board, cards=cards, lines=lines, words=[line.words for line in lines])

    return read
