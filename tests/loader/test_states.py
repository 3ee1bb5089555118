"""What a collectivity wishes of its plugins, and what is set aside there: rows that every process reads."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from portal.api import now, session
from portal.db import db, read_revision
from portal.errors import PluginFault
from portal.loader.inventory.models import InventoryPlugin
from portal.loader.models import PluginState, Quarantine
from portal.loader.standing import Wish, standing_of
from portal.loader.states import quarantine, snapshot, states, switch, this_host

PLUGINS = ["labs"]


@pytest.fixture
def engine(site):
    return site.engine


def aside():
    return list(db.session.scalars(sa.select(Quarantine)))


def test_setting_aside_moves_the_revision_once_for_all_who_find_the_same_fault(engine):
    before = read_revision(engine)
    for _worker in range(4):
        quarantine(engine, PluginFault("labs", "import", "first"))
    assert read_revision(engine) == before + 1


def test_code_that_breaks_on_one_machine_goes_on_on_the_others(engine, monkeypatch):
    quarantine(engine, PluginFault("labs", "import", "no such library"))
    assert snapshot(engine).enabled == frozenset()
    monkeypatch.setenv("PORTAL_HOST", "another-machine")
    assert snapshot(engine).enabled == {"labs"}


def test_what_was_purged_is_off_until_it_is_wished_again(engine, writing, reading):
    with writing():
        switch("labs", on=False, at=now())
        session.execute(sa.update(InventoryPlugin).where(InventoryPlugin.id == "labs").values(purged_at=now()))
    with reading():
        assert standing_of("labs").wish is Wish.PURGED
    with writing():
        switch("labs", on=True, at=now())
    with reading():
        assert standing_of("labs").wish is Wish.ON


def test_a_switch_moves_the_revision_once(engine, writing):
    before = read_revision(engine)
    with writing():
        assert switch("labs", on=False, at=now())
    assert read_revision(engine) == before + 1
    with writing():
        assert not switch("labs", on=False, at=now())
    assert read_revision(engine) == before + 1
    assert snapshot(engine).enabled == frozenset()


def test_a_switch_that_is_rolled_back_moves_nothing(engine, writing):
    before = snapshot(engine)
    with pytest.raises(ZeroDivisionError), writing():
        switch("labs", on=False, at=now())
        raise ZeroDivisionError
    assert snapshot(engine) == before


def test_what_is_set_aside_stays_wished_and_keeps_its_first_reason(engine, reading):
    quarantine(engine, PluginFault("labs", "import", "first", "trace"), files="abc")
    quarantine(engine, PluginFault("labs", "register", "second"), files="def")
    assert snapshot(engine).enabled == frozenset()
    with reading():
        assert states()["labs"].is_on
        (row,) = aside()
        assert (row.plugin, row.host, row.phase, row.reason) == ("labs", this_host(), "import", "first")
        assert (row.trace, row.files) == ("trace", "abc")
        assert row.reference


def test_switching_on_again_forgets_the_quarantine(engine, writing, reading):
    quarantine(engine, PluginFault("labs", "import", "first"))
    with writing():
        assert switch("labs", on=True, at=now())
    assert snapshot(engine).enabled == {"labs"}
    with reading():
        assert aside() == []


def test_a_plugin_never_heard_of_starts_off(writing, reading):
    with writing():
        assert not switch("ghosts", on=False, at=now())
    with reading():
        assert isinstance(states()["ghosts"], PluginState)
        assert not states()["ghosts"].is_on
