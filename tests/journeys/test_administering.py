"""An administrator takes care of the portal: a personnel file, a plugin emptied, a logo; also without the script."""

from __future__ import annotations

import re
import shutil

import pytest
from PIL import Image
from playwright.sync_api import expect

from portal.testing.demonstration import served

from tests.journeys.travellers import DESK, HANDS, PHONE, named

pytestmark = pytest.mark.browser

by_mouse_and_without_script = pytest.mark.parametrize(
    "hand", [HANDS["mouse"], HANDS["no-script"]], ids=["mouse", "no-script"]
)
LINES = """Qui;Badge;Courriel;Service
Josiane Pruvost;D214;;Écoles
{name};{number};;Écoles
;X900;;Écoles
"""
LOOKS = 120  # at the page of an import that goes on in the background


@pytest.fixture(scope="module")
def demo(played, tmp_path_factory):
    """Serve one evening for these journeys, whatever their order: none needs what another changes."""
    folder = tmp_path_factory.mktemp("administering") / "demo"
    shutil.copytree(played, folder)
    with served(folder) as demonstration:
        yield demonstration
        assert not demonstration.faults()


@by_mouse_and_without_script
def test_a_personnel_file_is_imported_from_the_choice_of_the_file_to_the_report(travel, tmp_path, hand):
    name, number = ("Léa Martin", "X001") if hand else ("Paul Durand", "X002")
    personnel = tmp_path / "agents.csv"
    personnel.write_text(LINES.format(name=name, number=number), encoding="utf-8")
    awa = travel("Awa Mbengue", **hand)
    awa.go("/directory/imports/")
    named(awa.page, "Importer un fichier").click()
    awa.page.wait_for_url("**/imports/new")
    awa.page.get_by_label("Le fichier").set_input_files(personnel)
    named(awa.page, "Voir ce qu’il ferait", "button").click()
    _say_which_column_is_which(awa)

    for said in ("Personnes à ajouter 1", "Personnes inchangées 1", "Lignes refusées 1"):
        assert said in awa.reads()
    named(awa.page, "Voir toutes les lignes").click()
    awa.page.wait_for_url("**/lines")
    assert "Le nom manque" in awa.reads()
    awa.page.go_back()
    named(awa.page, "Appliquer l’import", "button").click()
    _wait_for_the_report(awa)
    assert "Personnes ajoutées 1" in awa.reads()
    awa.go(f"/directory/?q={name}")
    expect(named(awa.page, name)).to_be_visible()


def _say_which_column_is_which(awa):
    """Name the columns that the portal does not know."""
    awa.page.get_by_label("Badge").wait_for()
    awa.page.get_by_label("Qui").select_option(label="Nom complet")
    awa.page.get_by_label("Badge").select_option(label="Matricule")
    named(awa.page, "Voir ce qu’il ferait", "button").click()
    named(awa.page, "Appliquer l’import", "button").wait_for()


def _wait_for_the_report(awa):
    """Look again, as somebody without the script does; with it the page asks by itself."""
    report = awa.page.get_by_role("heading", name="Ce qui s’est passé")
    if awa.scripted:
        report.wait_for(timeout=60_000)
        return
    for _look in range(LOOKS):
        if report.count():
            return
        awa.page.wait_for_timeout(250)
        awa.page.reload()
    raise AssertionError(awa.reads())


def test_a_plugin_is_emptied_after_its_name_was_typed_and_its_export_is_said(travel, is_accessible):
    awa = travel("Awa Mbengue")
    awa.go("/plugins/labs/switch")
    named(awa.page, "Éteindre", "button").click()
    awa.page.wait_for_url("**/plugins")
    awa.go("/plugins/labs/purge")
    is_accessible(awa)
    awa.page.get_by_label("Tapez l’identifiant de l’extension").fill("labo")
    named(awa.page, "Vider pour de bon", "button").click()
    expect(awa.page.get_by_role("alert")).to_contain_text("tapez « labs »")
    is_accessible(awa)
    awa.page.get_by_label("Tapez l’identifiant de l’extension").fill("labs")
    named(awa.page, "Vider pour de bon", "button").click()
    awa.page.wait_for_url("**/plugins")
    assert re.search(r"30 jours.*labs\S*\.zip", awa.page.locator("body").inner_text().replace("\u00a0", " "))
    assert awa.go("/labs/") == 404


@by_mouse_and_without_script
def test_a_logo_is_sent_and_seen_on_every_page(travel, is_accessible, tmp_path, hand):
    picture = tmp_path / "logo.png"
    Image.new("RGB", (300, 120), (0, 90, 140)).save(picture)
    awa = travel("Awa Mbengue", **hand)
    awa.go("/theme")
    awa.page.get_by_label("Image").set_input_files(picture)
    awa.page.locator("form:has(input[type=file]) button").click()
    named(awa.page, "Retirer le logo").wait_for()
    is_accessible(awa)
    awa.go("/")
    logo = awa.page.locator("header img").first
    expect(logo).to_be_visible()
    assert logo.evaluate("picture => picture.naturalWidth") > 0
    awa.page.set_viewport_size(PHONE)
    name, menu = (awa.page.locator(part).bounding_box() for part in (".brand > span", ".menu"))
    assert name["x"] + name["width"] <= menu["x"], "the name of the portal runs under its menu"
    awa.page.set_viewport_size(DESK)
    awa.go("/theme?ink=%23052b36&accent=%23ffff66")
    assert "Pas assez lisible" in awa.reads()
    is_accessible(awa)


def test_a_file_too_large_is_said_before_it_is_sent_and_a_lighter_one_goes(travel, tmp_path):
    picture, heavy = tmp_path / "logo.png", tmp_path / "affiche.png"
    Image.new("RGB", (300, 120), (0, 90, 140)).save(picture)
    heavy.write_bytes(picture.read_bytes() + bytes(6_000_000))
    awa = travel("Awa Mbengue")
    awa.go("/theme")
    field = awa.page.get_by_label("Image")
    field.set_input_files(heavy)
    assert "plus léger" in field.evaluate("field => field.validationMessage")
    expect(awa.page.locator(".field-error")).to_contain_text("plus léger")
    requests = []
    awa.page.on("request", lambda request: requests.append(request.url))
    awa.page.locator("form:has(input[type=file]) button").click()
    expect(field).to_be_focused()
    assert not requests
    field.set_input_files(picture)
    expect(awa.page.locator(".field-error")).to_have_text("")
    awa.page.locator("form:has(input[type=file]) button").click()
    named(awa.page, "Retirer le logo").wait_for()
