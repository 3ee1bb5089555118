"""The longest word somebody may type pushes nothing off a phone, a shared screen or a projector."""

from __future__ import annotations

import re

import pytest

from docs.screenshots import enrol_screen

from tests.journeys.travellers import enter_pin, named

pytestmark = pytest.mark.browser

ALONE = True
LONGEST = "é" * 240


def test_the_longest_word_stays_within_every_page(browser, demo, travel, is_accessible):
    nadia = travel("Nadia Vermeersch", phone=True)
    nadia.go("/labs/1/open")
    nadia.type(nadia.page.get_by_label("La question"), LONGEST)
    nadia.act(named(nadia.page, "Ouvrir le labo", "button"))
    nadia.page.wait_for_url(re.compile(r"/labs/e/\d+$"))
    lab = nadia.page.url
    assert LONGEST in nadia.reads()
    for path in (lab, f"{lab}/wall", f"{lab}/poster", "/", "/labs/1", "/labs/e/", "/labs/mine"):
        assert nadia.go(path) == 200
        is_accessible(nadia)
    hall = travel()
    enter_pin(hall, enrol_screen(browser, demo, "Hall"))
    assert LONGEST in hall.reads()
    is_accessible(hall)
