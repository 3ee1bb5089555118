"""What a collectivity wishes of its plugins, and what is set aside there: rows that every process reads."""

from __future__ import annotations

import pytest

from portal.content.clock import now
from portal.db import read_revision
from portal.errors import PluginFault
from portal.loader.models import PluginState
from portal.loader.states import quarantine, snapshot, states, switch

PLUGINS = ["labs"]


@pytest.fixture
def engine(site):
    return site.engine


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
    quarantine(engine, PluginFault("labs", "import", "first", "trace"))
    quarantine(engine, PluginFault("labs", "register", "second"))
    assert snapshot(engine).enabled == frozenset()
    with reading():
        row = states()["labs"]
        assert (row.is_on, row.phase, row.reason, row.trace) == (True, "import", "first", "trace")
        assert row.reference
        assert row.quarantined_at is not None


def test_switching_on_again_forgets_the_quarantine(engine, writing, reading):
    quarantine(engine, PluginFault("labs", "import", "first"))
    with writing():
        assert switch("labs", on=True, at=now())
    assert snapshot(engine).enabled == {"labs"}
    with reading():
        row = states()["labs"]
        assert (row.quarantined_at, row.reason, row.reference) == (None, None, None)


def test_a_plugin_never_heard_of_starts_off(writing, reading):
    with writing():
        assert not switch("ghosts", on=False, at=now())
    with reading():
        assert isinstance(states()["ghosts"], PluginState)
        assert not states()["ghosts"].is_on
