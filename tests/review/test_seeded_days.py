"""Faults seeded in programmes, restitutions and the directory: each is caught by the walks (P20)."""

from __future__ import annotations

import sqlalchemy as sa

from plugins.programmes.models.slot import Slot
from plugins.restitutions.models import Restitution
from plugins.restitutions.queries import restitutions
from tests.review.seeding import acting, caught, reading, with_policy
from tests.review.world import AGENT, MEMBER

NUMBER = sa.bindparam("number")
SOME = sa.bindparam("some", expanding=True)
ANYBODY = {"kind": "signed_in", "permission": None}


def let_everybody(actor, _about):
    return actor.person_id


def test_a_slot_read_whatever_its_day(walk, monkeypatch):
    monkeypatch.setattr("plugins.programmes.queries.slots._ONE", sa.select(Slot).where(Slot.id == NUMBER))
    caught(reading(walk, AGENT, "programmes.slot"), "agent: GET /programmes/slots/", "→ 200, not [404]")


def test_a_surprise_told_before_its_time(walk, monkeypatch):
    monkeypatch.setattr("plugins.programmes.queries.shown.is_hidden", lambda _slot, _at: False)
    caught(reading(walk, AGENT, "programmes.slot"), "GET /programmes/slots/", "tells programmes_slot.words")
    caught(reading(walk, AGENT, "programmes.programme"), "GET /programmes/", "tells programmes_slot.title")


def test_a_slot_taken_off_by_whoever_reads_it(app, walk, monkeypatch):
    with_policy(app, monkeypatch, "programmes.slot_take_off", ANYBODY)
    for place in ("views.loaders", "services.slots"):
        monkeypatch.setattr(f"plugins.programmes.{place}.must_organise", let_everybody)
    caught(acting(walk, MEMBER, "programmes.slot_take_off"), "member: POST", "wrote: UPDATE programmes_slot")


def test_a_restitution_read_whatever_its_audience(walk, monkeypatch):
    monkeypatch.setattr(restitutions, "_SOME", sa.select(Restitution).where(Restitution.id.in_(SOME)))
    faults = reading(walk, AGENT, "restitutions.restitution")
    caught(faults, "agent: GET /restitutions/", "→ 200, not [404]")
    caught(faults, "tells restitutions_restitution.summary")


def test_a_list_of_restitutions_that_shows_those_of_others(walk, monkeypatch):
    monkeypatch.setattr(restitutions, "READABLE", sa.select(Restitution))
    restitutions._sought.cache_clear()
    faults = reading(walk, AGENT, "restitutions.index")
    restitutions._sought.cache_clear()
    caught(faults, "agent: GET /restitutions/", "tells restitutions_restitution.title")


def test_a_restitution_taken_down_by_somebody_else(app, walk, monkeypatch):
    with_policy(app, monkeypatch, "restitutions.withdraw_restitution", ANYBODY)
    for place in ("views.loaders", "services.publishing"):
        monkeypatch.setattr(f"plugins.restitutions.{place}.must_own", let_everybody)
    faults = acting(walk, MEMBER, "restitutions.withdraw_restitution")
    caught(faults, "member: POST /restitutions/", "wrote: ")


def test_an_import_shown_to_every_agent(app, walk, monkeypatch):
    for endpoint in ("directory.import_show", "directory.import_lines"):
        with_policy(app, monkeypatch, endpoint, ANYBODY)
    faults = reading(walk, AGENT, "directory.import_show", "directory.import_lines")
    caught(faults, "agent: GET /directory/imports/", "→ 200, not [403, 404]")
    caught(faults, "tells directory_import_line.")


def test_a_function_vacated_by_whoever_reads_it(app, walk, monkeypatch):
    with_policy(app, monkeypatch, "directory.vacate", ANYBODY)
    caught(
        acting(walk, AGENT, "directory.vacate", is_button=True),
        "agent: POST /directory/functions/",
        "→ 303 is no refusal",
    )


def test_a_way_in_printed_by_any_agent(app, walk, monkeypatch):
    with_policy(app, monkeypatch, "directory.slips", ANYBODY)
    caught(acting(walk, AGENT, "directory.slips"), "agent: POST /directory/slips", "→ 200, not [403]")
