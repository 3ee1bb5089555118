"""Labs are switched off, and on again, while people are using them."""

from __future__ import annotations

import pytest

from docs.screenshots import OPEN_LAB

from tests.journeys.travellers import SWITCHED_OFF, by_every_hand, switch

pytestmark = pytest.mark.browser

ALONE = True
PATHS = ["/labs/", "/labs/1", "/labs/e/", OPEN_LAB, "/labs/projects", "/labs/projects/graveyard", "/labs/mine"]
ELSEWHERE = ["/account", "/accessibilite"]
LABS = "Labos"


@by_every_hand
def test_the_administrator_switches_labs_off_and_on_with_every_hand(travel, is_accessible, hand):
    awa, nadia = travel("Awa Mbengue", **hand), travel("Nadia Vermeersch")
    switch(awa, LABS, "Éteindre")
    is_accessible(awa)
    assert nadia.go("/labs/1") == 404
    assert SWITCHED_OFF in nadia.reads()
    switch(awa, LABS, "Allumer")
    assert nadia.go("/labs/1") == 200


def test_switching_labs_off_and_on_loses_nothing_for_the_three_who_browse(travel, is_accessible):
    awa = travel("Awa Mbengue")
    people = [travel(name) for name in ("Nadia Vermeersch", "Thomas Nguyen", "Mehmet Yıldız")]
    before = [[seen(person, path) for path in PATHS] for person in people]
    around = [[seen(person, path) for path in ELSEWHERE] for person in people]
    awa.go("/plugins")
    switch(awa, LABS, "Éteindre")
    for person, same in zip(people, around, strict=True):
        for path in PATHS:
            assert person.go(path) == 404
            assert SWITCHED_OFF in person.reads()
        assert [seen(person, path) for path in ELSEWHERE] == same
        assert person.go("/") == 200
        assert "ambassadeurs" not in person.reads()
    is_accessible(people[0])
    switch(awa, LABS, "Allumer")
    assert [[seen(person, path) for path in PATHS] for person in people] == before


def seen(person, path):
    """Open a page; give what it says, but for the clock and the reference."""
    assert person.go(path) == 200
    return [line for line in person.page.locator("main").inner_text().splitlines() if "encore" not in line]
