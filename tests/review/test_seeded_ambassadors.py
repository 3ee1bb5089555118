"""Faults seeded in ambassadors, where a field, a request and a pause are secrets between people (P20)."""

from __future__ import annotations

import sqlalchemy as sa

from portal.api import group_cards, session

from plugins.ambassadors.models.card import Entry
from plugins.ambassadors.models.request import HelpRequest
from plugins.ambassadors.models.wanted import Reply, Wanted
from plugins.ambassadors.queries import board, cards, finding, requests
from plugins.ambassadors.views import wanted as wanted_views
from tests.review.growing import compare_ten_and_a_thousand
from tests.review.outside import compare_before_and_after
from tests.review.seeding import acting, at, caught, reading, with_policy
from tests.review.world import ADMIN, AGENT, MEMBER, NETWORK, OWNER, SUPERIOR

OF_PEOPLE = Entry.author_id.in_(sa.bindparam("people", expanding=True))
NUMBERS = sa.bindparam("numbers", expanding=True)


def test_a_card_read_whatever_its_audience(walk, monkeypatch):
    monkeypatch.setattr(cards, "_OPEN_OF", sa.select(Entry).where(OF_PEOPLE))
    faults = reading(walk, AGENT, "ambassadors.card")
    caught(faults, "agent: GET /ambassadors/people/", "tells ambassadors_entry.text")
    caught(faults, "(paused, of member)", "→ 200, not [404]")


def test_a_superior_who_reads_what_is_for_oneself(walk, monkeypatch):
    monkeypatch.setattr(cards, "_OPEN_OF", sa.select(Entry).where(OF_PEOPLE))
    caught(
        reading(walk, ADMIN, "ambassadors.card"), "administrator: GET /ambassadors/people/", "tells ambassadors_entry"
    )


def test_a_search_that_shows_fields_it_should_not(walk, monkeypatch):
    monkeypatch.setattr(cards, "_OPEN_OF", sa.select(Entry).where(OF_PEOPLE))
    caught(reading(walk, AGENT, "ambassadors.find"), "GET /ambassadors/", "tells ambassadors_entry.text")


def test_a_request_read_by_somebody_else(walk, monkeypatch):
    monkeypatch.setattr(requests, "_SOME", sa.select(HelpRequest).where(HelpRequest.id.in_(NUMBERS)))
    caught(reading(walk, MEMBER, "ambassadors.request"), "member: GET /ambassadors/requests/", "→ 200, not [404]")


def test_a_request_answered_by_whoever_asks(walk, monkeypatch):
    monkeypatch.setattr("plugins.ambassadors.services.requests._hold_for_answer", lambda *_who, **_at: None)
    faults = acting(walk, OWNER, "ambassadors.say_no")
    caught(faults, "owner: POST /ambassadors/requests/", "wrote: UPDATE ambassadors_")


def test_an_opening_that_shows_who_can_to_everybody(walk, monkeypatch):
    def everybody(_viewer, wanted):
        return list(session.scalars(sa.select(Reply).where(Reply.wanted_id == wanted.id)))

    monkeypatch.setattr(wanted_views, "replies_for", everybody)
    monkeypatch.setattr(wanted_views, "own_reply", lambda viewer, wanted: next(iter(everybody(viewer, wanted)), None))
    caught(reading(walk, MEMBER, "ambassadors.wanted"), "GET /ambassadors/board/", "tells ambassadors_reply.reach")


def test_a_wall_that_shows_what_is_for_a_lab(walk, monkeypatch):
    monkeypatch.setattr(board, "_ON_A_WALL", sa.select(Wanted).where(Wanted.closed_at.is_(None)))
    caught(
        reading(walk, AGENT, "ambassadors.board_wall"), "agent: GET /ambassadors/board/wall", "tells ambassadors_wanted"
    )


def test_a_mirror_of_a_lab_one_does_not_belong_to(walk, monkeypatch):
    def any_lab(viewer, *, group_id):
        return next(card for card in group_cards(viewer) if card.id == group_id)

    with_policy(walk.app, monkeypatch, "ambassadors.mirror", {"loader": any_lab})
    caught(reading(walk, NETWORK, "ambassadors.mirror"), "GET /ambassadors/mirror/", "→ 200, not [404]")


def test_a_search_that_counts_who_is_hidden(walk, built, monkeypatch, clock):
    clock.advance()
    monkeypatch.setattr(finding, "open_entries", lambda: sa.select(Entry))
    finding._found.cache_clear()
    faults = compare_before_and_after(walk, [SUPERIOR], plugins=built.plugins, doors=at(walk, "ambassadors.find"))
    finding._found.cache_clear()
    caught(faults, "superior: GET /ambassadors/ → 200 has moved")


def test_a_list_of_requests_that_asks_once_for_each(walk, monkeypatch):
    def one_by_one(found, viewer, *, at):
        return [exchange for request in found for exchange in requests.exchanges([request], viewer, at=at)]

    monkeypatch.setattr("plugins.ambassadors.views.requests.exchanges", one_by_one)
    faults = compare_ten_and_a_thousand(walk, [OWNER], doors=at(walk, "ambassadors.requests"))
    caught(faults, "owner: GET /ambassadors/requests", "with 1000")
