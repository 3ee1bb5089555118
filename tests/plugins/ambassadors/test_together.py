"""Acts at the same instant about the same person: none waits in a ring, none is lost, a double click is one (C08)."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal.api import Audience, now, session

from plugins.ambassadors.models.card import Card, Draft, Entry
from plugins.ambassadors.models.engagement import ANSWER_DAYS, PAUSED, QUIET_DAYS, Engagement
from plugins.ambassadors.models.mirror import Mix
from plugins.ambassadors.models.request import HelpRequest
from plugins.ambassadors.services.cards import Words, confirm_card, delete_card, write_card
from plugins.ambassadors.services.drafts import type_cards
from plugins.ambassadors.services.engagement import Choice, choose_level, come_back, pause
from plugins.ambassadors.services.mirrors import Answers, declare
from plugins.ambassadors.services.requests import agree, ask, close_late, close_unreached, decline, withdraw
from plugins.ambassadors.services.sweeping import sweep
from tests.plugins.ambassadors.factories import make_card

PLUGINS = ["ambassadors"]
ROUNDS = 6


def _request() -> HelpRequest:
    return session.scalars(sa.select(HelpRequest).order_by(HelpRequest.id.desc()).limit(1)).one()


def _write(viewer, audience=Audience.INTRANET, text="dessiner"):
    write_card(viewer, {"bring": Words(text, audience=audience)}, reader_group_id=None, at=now())


# Each holds what it needs before it writes in the audit; `hers` was asked by `his`, and is one the sweep lets pause.
ACTS = {
    "she pauses": lambda hers, his: pause(hers, at=now()),
    "she chooses": lambda hers, his: choose_level(hers, Choice(PAUSED, Audience.SELF), at=now()),
    "she comes back": lambda hers, his: come_back(hers, at=now()),
    "she writes for herself": lambda hers, his: _write(hers, Audience.SELF),
    "she confirms": lambda hers, his: confirm_card(hers, at=now()),
    "she deletes": lambda hers, his: delete_card(hers, at=now()),
    "she agrees": lambda hers, his: agree(hers, _request(), at=now()),
    "she declines": lambda hers, his: decline(hers, _request(), at=now()),
    "he withdraws": lambda hers, his: withdraw(his, _request(), at=now()),
    "he asks": lambda hers, his: ask(his, hers.person_id, "Et jeudi ?", at=now() + timedelta(days=14)),
    "the clock": lambda hers, his: sweep(now()),
    "late ones": lambda hers, his: close_late(now() + timedelta(days=14)),
    "hidden ones": lambda hers, his: close_unreached(now()),
}


@pytest.fixture
def asked(writing, as_viewer, clock, awa, lea, lab_id):
    """Let Awa be quiet for months, and asked by Léa."""
    hers, his = as_viewer(awa), as_viewer(lea)
    with writing():
        make_card(awa, lab_id, bring="dessiner")
        choose_level(hers, Choice("relay", Audience.SELF), at=now())
    clock.advance(days=QUIET_DAYS)
    with writing():
        sweep(now())
    clock.advance(days=ANSWER_DAYS)
    with writing():
        ask(his, awa.id, "Une affiche", at=now())
    return hers, his


@pytest.mark.parametrize("name", ACTS)
def test_every_row_is_held_before_the_audit_is(asked, writing, name):
    """Whoever writes in the audit keeps it to the end: waiting for a row from then on could be waiting in a ring.

    The rows are held in one order: cards, requests, engagements.
    """
    if name == "she comes back":
        with writing():
            pause(asked[0], at=now())
    said: list[str] = []
    with writing():
        engine = session.get_bind()
        note = lambda _conn, _cursor, statement, *_more: said.append(statement)  # noqa: E731
        sa.event.listen(engine, "before_cursor_execute", note)
        try:
            ACTS[name](*asked)
        finally:
            sa.event.remove(engine, "before_cursor_execute", note)
    held = [place for place, statement in enumerate(said) if "FOR UPDATE" in statement]
    audits = [place for place, statement in enumerate(said) if statement.startswith("UPDATE audit_head")]
    if name != "hidden ones":  # nothing is hidden
        assert audits, "nothing was done"
        assert engine.dialect.name == "sqlite" or held, "nothing is held"
        assert [said[place] for place in held if place > audits[0]] == []
    order = ["ambassadors_card ", "ambassadors_request ", "ambassadors_engagement "]
    tables = [rank for place in held for rank, table in enumerate(order) if f"FROM {table}" in said[place] + " "]
    waits = [rank for rank, place in zip(tables, held, strict=False) if "SKIP LOCKED" not in said[place]]
    assert waits == sorted(waits)


@pytest.mark.parametrize("other", ["he withdraws", "she agrees", "the clock", "he asks"])
def test_a_pause_and_an_answer_at_the_same_instant_both_go_through(asked, at_once, writing, other):
    hers, his = asked
    for turn in range(ROUNDS):
        met = at_once(lambda: ACTS["she pauses"](hers, his), lambda: ACTS[other](hers, his))
        assert met[0] == "done"
        assert met[1] in {"done", "Conflict", "NotFound"}
        with writing():
            come_back(hers, at=now())
            session.execute(sa.delete(HelpRequest))
            session.add(
                HelpRequest(
                    asker_id=his.person_id,
                    person_id=hers.person_id,
                    words=f"Affiche {turn}",
                    asked_at=now(),
                    closes_at=now() + timedelta(days=14),
                )
            )


def test_who_pauses_is_asked_nothing_at_that_instant(asked, at_once, writing, reading):
    """Either the request came before the pause, and reads « pas disponible »; or there was no card any more."""
    hers, his = asked
    for turn in range(ROUNDS):
        with writing():
            session.execute(sa.delete(HelpRequest))
            come_back(hers, at=now())
        at_once(lambda: pause(hers, at=now()), lambda turn=turn: ask(his, hers.person_id, f"Et {turn} ?", at=now()))
        with reading():
            assert set(session.scalars(sa.select(HelpRequest.answer))) <= {"no"}


@pytest.mark.parametrize("has_level", [True, False])
def test_a_first_card_written_while_one_pauses_is_hidden(at_once, writing, reading, as_viewer, awa, lab_id, has_level):
    """C22 SPEC 5: two tabs, whichever is first."""
    hers = as_viewer(awa)
    for _turn in range(ROUNDS):
        with writing():
            delete_card(hers, at=now())
            session.execute(sa.delete(Engagement))
            if has_level:
                choose_level(hers, Choice("relay", Audience.SELF), at=now())
        assert at_once(lambda: _write(hers), lambda: pause(hers, at=now())) == ["done", "done"]
        with reading():
            until = session.scalars(sa.select(Entry.visible_until)).one()
            assert until is not None
            assert until <= now()


def test_a_double_click_is_one_and_no_fault(at_once, writing, reading, as_viewer, awa, zoe, lab_id):
    hers, typist = as_viewer(awa), as_viewer(zoe)
    twice = {
        Card: lambda: _write(hers),
        Engagement: lambda: pause(hers, at=now()),
        Mix: lambda: declare(hers, Answers(gender="woman"), at=now()),
        Draft: lambda: type_cards(typist, {awa.id: {"bring": "dessiner"}}, group_id=lab_id, at=now()),
    }
    for _turn in range(ROUNDS):
        for table, act in twice.items():
            with writing():
                session.execute(sa.delete(table))
            assert at_once(act, act) == ["done", "done"], table
            with reading():
                assert session.scalar(sa.select(sa.func.count()).select_from(table)) == 1


def test_paper_cards_typed_for_the_same_people_at_once(
    at_once, writing, reading, as_viewer, awa, ben, lea, zoe, lab_id
):
    """Two pages typed in another order; and one of the people sends theirs meanwhile."""
    typist, hers = as_viewer(zoe), as_viewer(awa)
    told = {one.id: {"bring": "dessiner"} for one in (awa, ben, lea)}
    turned = dict(reversed(told.items()))
    for _turn in range(ROUNDS):
        met = at_once(
            lambda: type_cards(typist, told, group_id=lab_id, at=now()),
            lambda: type_cards(typist, turned, group_id=lab_id, at=now()),
            lambda: _write(hers),
        )
        assert met == ["done", "done", "done"]
        with reading():
            assert session.scalar(sa.select(sa.func.count()).select_from(Draft)) >= 2
