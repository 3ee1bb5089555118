"""Dependencies first, then by id; a cycle or an absence blocks those it concerns, and no other."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.errors import PluginFault
from portal.loader.discovery import Scan, resolve, scan
from portal.loader.manifest import Manifest

NAMES = ["aaa", "bbb", "ccc", "ddd", "eee"]


def manifest(name, depends=()):
    title = {"fr": name}
    return Manifest(name, title, title, "1", 1, "", Path(), name, depends=dict.fromkeys(depends, ""))


def found(**depends):
    return Scan({name: manifest(name, needs) for name, needs in depends.items()})


def order(ordered):
    return [item.id for item in ordered]


def test_dependencies_come_first_then_the_alphabet():
    ordered, blocked = resolve({"aaa", "bbb", "ccc"}, found(aaa=["ccc"], bbb=[], ccc=[]))
    assert order(ordered) == ["bbb", "ccc", "aaa"]
    assert not blocked


def test_the_order_does_not_hang_on_chance():
    orders = {
        tuple(order(resolve(set(NAMES), found(**{name: ["ccc"] if name < "bbc" else [] for name in names}))[0]))
        for names in permutations(NAMES)
    }
    assert len(orders) == 1


@pytest.mark.parametrize("needs", [["aaa"], ["bbb"]], ids=["itself", "each other"])
def test_a_cycle_blocks_its_members_and_those_that_need_them(needs):
    ordered, blocked = resolve({"aaa", "bbb", "ccc", "ddd"}, found(aaa=needs, bbb=["aaa"], ccc=["bbb"], ddd=[]))
    assert order(ordered) == ["ddd"]
    assert set(blocked) == {"aaa", "bbb", "ccc"}
    assert "needs bbb" in str(blocked["ccc"])


def test_one_that_is_off_broken_or_gone_blocks_those_that_need_it():
    seen = found(aaa=["bbb"], bbb=[], ddd=["ccc"], eee=["zzz"])
    seen.faults["ccc"] = PluginFault("ccc", "manifest", "line 3")
    ordered, blocked = resolve({"aaa", "ccc", "ddd", "eee", "zzz"}, seen)
    assert order(ordered) == []
    assert {name: str(fault) for name, fault in blocked.items()} == {
        "aaa": "needs bbb",
        "ccc": "line 3",
        "ddd": "needs ccc",
        "eee": "needs zzz",
        "zzz": "not installed any more",
    }


@given(st.dictionaries(st.sampled_from(NAMES), st.sets(st.sampled_from(NAMES))), st.sets(st.sampled_from(NAMES)))
def test_whatever_needs_what_each_is_ordered_or_blocked_with_a_reason(depends, wanted):
    ordered, blocked = resolve(set(wanted), found(**depends))
    placed = order(ordered)
    assert set(placed) | set(blocked) == wanted
    assert not set(placed) & set(blocked)
    for number, name in enumerate(placed):
        assert set(depends[name]) <= set(placed[:number])
    assert all(str(fault) for fault in blocked.values())


def test_what_ships_with_the_portal_is_sound():
    assert "labs" in scan().manifests
    assert not scan().faults
