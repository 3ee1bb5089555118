"""People come and go: a slip of paper lets one in, one act lets another leave, and no history changes its sums."""

from __future__ import annotations

import re

import pytest

from tests.journeys.travellers import named

pytestmark = pytest.mark.browser

ALONE = True
HISTORIES = (
    "/labs/e/1",
    "/labs/e/2",
    "/labs/e/3",
    "/labs/projects",
    "/labs/projects/1",
    "/labs/projects/graveyard",
    "/labs/e/",
)
# Facts of today, not of the history: who may read (one person fewer), and the time that is left.
OF_TODAY = re.compile(r"Qui peut lire ceci \?.*?\.|encore \d[\d hmin]*")
GONE, PSEUDONYM = "Karim Haddad", "Une personne partie"


def test_a_person_without_an_address_is_added_and_comes_in_with_a_slip(travel, is_accessible):
    awa = travel("Awa Mbengue")
    awa.go("/directory/")
    named(awa.page, "Ajouter une personne").click()
    awa.page.wait_for_url("**/people/new")
    awa.page.get_by_label("Prénom et nom").fill("Gaston Picard")
    awa.page.get_by_label("Matricule").fill("D777")
    awa.page.get_by_label("Service").select_option(label="\u2003Écoles")
    named(awa.page, "Ajouter cette personne", "button").click()
    named(awa.page, "Imprimer un lien d’entrée").click()
    awa.page.wait_for_url("**/slips?person=*")
    named(awa.page, "Préparer les papiers à imprimer", "button").click()
    awa.page.get_by_role("heading", name="Gaston Picard").wait_for()
    is_accessible(awa)
    address = re.search(r"http://[^\s<]+/link/[\w.=-]+", awa.reads())

    gaston = travel(phone=True)
    gaston.go(address.group(0))
    assert "Ce lien est pour Gaston Picard" in gaston.reads()
    for label in ("Code à six chiffres", "Le même code, encore une fois"):
        gaston.page.get_by_label(label).fill("730916")
    named(gaston.page, "Entrer", "button").tap()
    gaston.page.locator("header .menu").wait_for()  # who is signed in has a menu
    gaston.go("/directory/?q=gaston")
    named(gaston.page, "Gaston Picard").tap()
    gaston.page.wait_for_url("**/people/*")
    assert "Ce que les autres voient de moi" in gaston.reads()
    assert travel().go(address.group(0)) == 404


def _histories(reader):
    found = {}
    for path in HISTORIES:
        assert reader.go(path) == 200
        found[path] = OF_TODAY.sub("", reader.reads())
    return found


def test_an_agent_leaves_nothing_of_theirs_opens_and_no_history_changes_its_sums(demo, travel):
    karim, nadia, awa = travel(GONE), travel("Nadia Vermeersch"), travel("Awa Mbengue")
    before = _histories(nadia)
    assert any(GONE in text for text in before.values())
    awa.go("/directory/?q=haddad")
    named(awa.page, GONE).click()
    named(awa.page, "Départ").click()
    awa.page.wait_for_url("**/leave")
    assert "Une personne partie" in awa.reads()
    named(awa.page, f"Enregistrer le départ de {GONE}", "button").click()
    awa.page.wait_for_url("**/directory/")
    assert "plus rien ne s’ouvre" in awa.reads() or "plus rien ne s’ouvre" in awa.page.locator("body").inner_text()

    assert karim.go("/") == 401
    assert travel().go(demo.links[GONE]) == 404
    after = _histories(nadia)
    for path, text in before.items():
        # in an alphabetical list the pseudonym stands elsewhere than the name did: the same words, in any order
        assert sorted(after[path].split()) == sorted(text.replace(GONE, PSEUDONYM).split()), path


def test_the_audit_log_is_opened_with_a_reason_and_read(travel):
    awa = travel("Awa Mbengue")
    awa.go("/directory/audit")
    awa.page.get_by_label("Un contrôle régulier").check()
    named(awa.page, "Ouvrir le journal pour une heure", "button").click()
    awa.page.get_by_role("table").wait_for()
    assert "journal d’audit ouvert" in awa.reads()
    named(awa.page, "Vérifier que rien n’a été modifié").click()
    awa.page.wait_for_url("**/chain")
    assert "Le journal est entier" in awa.reads()
