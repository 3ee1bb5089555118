"""Labs are switched off, and on again, while people are using them."""

from __future__ import annotations

import pytest

from docs.screenshots import OPEN_LAB

pytestmark = pytest.mark.browser

ALONE = True
PATHS = ["/labs/", "/labs/1", "/labs/e/", OPEN_LAB, "/labs/projects", "/labs/graveyard", "/labs/mine"]
ELSEWHERE = ["/account", "/accessibilite"]
SENTENCE = "Ce qui y était écrit n’est pas perdu"


def switch(admin, word):
    """Switch the labs as the administrator does."""
    admin.go("/plugins")
    row = admin.page.get_by_role("listitem").filter(has_text="Labos")
    row.get_by_text(word).first.click()
    dialog = admin.page.get_by_role("dialog")
    if dialog.count():
        dialog.get_by_role("button", name=word).first.click()
    admin.page.get_by_role("status").locator("p, div").first.wait_for()


def test_switching_labs_off_and_on_loses_nothing_for_the_three_who_browse(travel, is_accessible):
    awa = travel("Awa Mbengue")
    people = [travel(name) for name in ("Nadia Vermeersch", "Thomas Nguyen", "Mehmet Yıldız")]
    before = [[seen(person, path) for path in PATHS] for person in people]
    around = [[seen(person, path) for path in ELSEWHERE] for person in people]
    awa.go("/plugins")
    is_accessible(awa.page)
    switch(awa, "Éteindre")
    for person, same in zip(people, around, strict=True):
        for path in PATHS:
            assert person.go(path) == 404
            assert SENTENCE in person.reads()
        assert [seen(person, path) for path in ELSEWHERE] == same
        assert person.go("/") == 200
        assert "ambassadeurs" not in person.reads()
    is_accessible(people[0].page)
    people[0].go("/labs/1")
    is_accessible(people[0].page)
    switch(awa, "Allumer")
    assert [[seen(person, path) for path in PATHS] for person in people] == before


def seen(person, path):
    """Open a page; give what it says, but for the clock and the reference."""
    assert person.go(path) == 200
    return [line for line in person.page.locator("main").inner_text().splitlines() if "encore" not in line]
