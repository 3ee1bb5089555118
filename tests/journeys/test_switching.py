"""Labs are switched off, and on again, while people are using them."""

from __future__ import annotations

import pytest

from docs.screenshots import OPEN_LAB

from tests.journeys.travellers import by_every_hand

pytestmark = pytest.mark.browser

ALONE = True
PATHS = ["/labs/", "/labs/1", "/labs/e/", OPEN_LAB, "/labs/projects", "/labs/projects/graveyard", "/labs/mine"]
ELSEWHERE = ["/account", "/accessibilite"]
SENTENCE = "Ce qui y était écrit n’est pas perdu"


def switch(admin, word):
    """Switch the labs as the administrator does: with the script in a dialog, without it on a page that asks."""
    admin.go("/plugins")
    row = admin.page.get_by_role("listitem").filter(has_text="Labos")
    button = row.get_by_role("link" if word == "Éteindre" else "button").filter(has_text=word).first
    admin.act(button)
    if word == "Éteindre":
        dialog = admin.page.get_by_role("dialog")
        asked = dialog if dialog.count() else admin.page.locator("main")
        admin.act(asked.get_by_role("button").filter(has_text=word).first)
    admin.page.get_by_role("status").locator("p, div").first.wait_for()


@by_every_hand
def test_the_administrator_switches_labs_off_and_on_with_every_hand(travel, is_accessible, hand):
    awa, nadia = travel("Awa Mbengue", **hand), travel("Nadia Vermeersch")
    switch(awa, "Éteindre")
    is_accessible(awa)
    assert nadia.go("/labs/1") == 404
    assert SENTENCE in nadia.reads()
    switch(awa, "Allumer")
    assert nadia.go("/labs/1") == 200


def test_switching_labs_off_and_on_loses_nothing_for_the_three_who_browse(travel, is_accessible):
    awa = travel("Awa Mbengue")
    people = [travel(name) for name in ("Nadia Vermeersch", "Thomas Nguyen", "Mehmet Yıldız")]
    before = [[seen(person, path) for path in PATHS] for person in people]
    around = [[seen(person, path) for path in ELSEWHERE] for person in people]
    awa.go("/plugins")
    switch(awa, "Éteindre")
    for person, same in zip(people, around, strict=True):
        for path in PATHS:
            assert person.go(path) == 404
            assert SENTENCE in person.reads()
        assert [seen(person, path) for path in ELSEWHERE] == same
        assert person.go("/") == 200
        assert "ambassadeurs" not in person.reads()
    is_accessible(people[0])
    switch(awa, "Allumer")
    assert [[seen(person, path) for path in PATHS] for person in people] == before


def seen(person, path):
    """Open a page; give what it says, but for the clock and the reference."""
    assert person.go(path) == 200
    return [line for line in person.page.locator("main").inner_text().splitlines() if "encore" not in line]
