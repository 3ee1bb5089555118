"""Where a plugin stands: state of the process × wish × quarantine × rule; each has its words, and its way to off."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import product

import pytest
from flask import render_template

from portal.errors import PluginFault
from portal.loader.discovery import Blocked, Lack, scan
from portal.loader.models import Breaker, Quarantine
from portal.loader.rules import Rule
from portal.loader.standing import Process, Standing, Wish
from portal.loader.states import this_host
from portal.testing.browser import ToolUnavailable, html_faults
from portal.web.pages.plugins.lists import row_of
from portal.web.pages.plugins.words import reasons, word

from tests.strict import unavailable

PLUGINS = ["labs"]
AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
FAULTS = {
    Process.INVALID: PluginFault("labs", "manifest", "line 7"),
    Process.INCOMPATIBLE: PluginFault("labs", "resolve", "needs portal >=7"),
    Process.BLOCKED: Blocked("labs", (Lack("ghosts", "", "absent"),)),
}
HAS_CODE = {Process.READY, Process.BLOCKED}


@dataclass(frozen=True)
class Case:
    process: Process
    wish: Wish
    rule: Rule
    is_aside: bool
    is_cut: bool

    def __str__(self) -> str:
        marks = ("aside" * self.is_aside, "cut" * self.is_cut, self.rule.value)
        return "-".join(filter(None, (self.process.value, self.wish.value, *marks)))

    @property
    def standing(self) -> Standing:
        row = Quarantine(
            plugin="labs",
            host=this_host(),
            at=AT,
            phase="import",
            reason="gone",
            trace="",
            reference="7c2e-91",
            files="",
        )
        cut = Breaker(plugin="labs", hook="portal_sections", window_at=AT, calls=5, faults=5, cut_at=AT)
        return Standing(
            id="labs",
            process=self.process,
            wish=self.wish,
            rule=self.rule,
            manifest=scan().manifests["labs"] if self.process in HAS_CODE else None,
            fault=FAULTS.get(self.process),
            quarantines=(row,) if self.is_aside else (),
            cuts=(cut,) if self.is_cut else (),
        )


CASES = [Case(*parts) for parts in product(Process, Wish, Rule, (False, True), (False, True))]


@pytest.fixture
def page(app):
    with app.test_request_context("/plugins"):
        yield


def test_every_combination_has_its_word_and_its_reason(page):
    for case in CASES:
        standing = case.standing
        said, kind = word(standing)
        assert said, case
        wrong = standing.is_on and not standing.is_running
        assert (kind == "late") == wrong, case
        assert (kind == "good") == (standing.is_running and not case.is_cut), case
        if wrong or kind in {"wait", "stopped"} or standing.rule is not Rule.FREE:
            assert reasons(standing), case
        assert all(reason[0].isupper() for reason in reasons(standing)), case


@pytest.mark.parametrize("case", CASES, ids=str)
def test_every_state_may_go_to_off_and_only_what_is_there_to_on(case):
    standing = case.standing
    assert standing.may_switch_off == (case.wish is Wish.ON and case.rule is not Rule.FORCED)
    assert not (standing.may_switch_on and standing.may_switch_off)
    if standing.may_switch_on:
        assert case.process in HAS_CODE
        assert case.rule is Rule.FREE
    if standing.may_retry:
        assert standing.is_on
        assert case.process is Process.READY
        assert case.is_aside or case.is_cut
    if case.rule is Rule.FORBIDDEN:
        assert not standing.is_on


def test_all_of_them_make_a_sound_page(app):
    with app.test_request_context("/plugins"):
        rows = [{**row_of(case.standing), "id": f"row{number}"} for number, case in enumerate(CASES)]
        text = render_template("pages/plugins.html", rows=rows)
    try:
        assert html_faults(text) == []
    except ToolUnavailable as error:
        unavailable(error)


def test_a_fault_on_another_machine_names_it(page):
    standing = Case(Process.READY, Wish.ON, Rule.FREE, is_aside=True, is_cut=False).standing
    standing.quarantines[0].host = "srv-2"
    assert "srv-2" in reasons(standing)[0]
