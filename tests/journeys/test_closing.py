"""A lab ends by its clock while nobody looks; the next day it is told, and found again."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from docs.screenshots import OPEN_LAB

from tests.journeys.travellers import by_every_hand, named

pytestmark = pytest.mark.browser

ALONE = True
PARIS = ZoneInfo("Europe/Paris")
LEARNT = "On laisse la clé à l’accueil, et chacun note son passage."


@by_every_hand
def test_a_lab_closes_by_its_clock_is_told_the_next_day_and_is_found_again(demo, travel, hand):
    sarah = travel("Sarah Benguigui", **hand)
    demo.set_clock(datetime(2018, 1, 27, 9, 30, tzinfo=PARIS))
    sarah.go(OPEN_LAB)
    assert "clos, à raconter" in sarah.reads()
    sarah.act(named(sarah.page, "Raconter ce labo"))
    sarah.page.wait_for_url("**/tell")
    sarah.choose(sarah.page.get_by_label("appris", exact=True))
    sarah.type(sarah.page.get_by_label("Ce qu’on a appris"), LEARNT)
    sarah.act(named(sarah.page, "Raconter", "button"))
    sarah.page.wait_for_url(f"**{OPEN_LAB}")
    assert LEARNT in sarah.reads()
    mehmet = travel("Mehmet Yıldız", phone=True, **hand)
    mehmet.go("/labs/e/")
    mehmet.type(mehmet.page.locator("[name=q]"), "clé à l’accueil")
    mehmet.page.keyboard.press("Enter")
    mehmet.page.wait_for_url(re.compile(r"q="))
    mehmet.act(named(mehmet.page, re.compile("Quelle place pour les ambassadeurs")))
    mehmet.page.wait_for_url(f"**{OPEN_LAB}")
    assert LEARNT in mehmet.reads()
