"""A plugin of somebody else: installed, on, used, off, on again, with what it plugs into or without."""

from __future__ import annotations

import ast

import pytest

from portal.db import transaction
from portal.loader.discovery import scan

from tests.plugins.labs.factories import make_lab
from tests.thirdparty.stranger import SOURCE

PLUGINS = ["labs"]


@pytest.fixture
def lab_id(house):
    with house.app().app_context(), transaction():
        return make_lab("Labo de Dunkerque")


def test_the_stranger_is_small_and_knows_only_the_door():
    files = sorted(SOURCE.rglob("*.py"))
    assert sum(1 for file in files for line in file.read_text().splitlines() if line.strip()) <= 100
    imported = {
        f"{node.module}.{name.name}"
        for file in files
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.ImportFrom) and node.module
        for name in node.names
    }
    assert {name for name in imported if name.startswith("portal")} == {"portal.api"}


def test_it_is_found_by_its_distribution_and_is_off(stranger, admin):
    assert str(scan().manifests["notices"].folder).startswith(str(stranger.site))
    assert not any(name.startswith("portal_notices.") for name in __import__("sys").modules)
    assert "Avis" in admin.get("/plugins").text
    assert admin.get("/notices/").status_code == 404


@pytest.mark.real
def test_it_is_switched_on_and_used_through_the_page_of_another_plugin(admin, lab_id):
    assert admin.switch("notices").status_code == 303
    assert "Aucun avis pour l’instant." in admin.get(f"/labs/{lab_id}").text
    assert f"/notices/labs/{lab_id}/new" in admin.get(f"/labs/{lab_id}").text
    assert "Un avis pour Labo de Dunkerque" in admin.get(f"/notices/labs/{lab_id}/new").text
    assert admin.post(f"/notices/labs/{lab_id}/new", {"text": "La salle est prise jeudi"}).status_code == 303
    assert "La salle est prise jeudi" in admin.get(f"/labs/{lab_id}").text
    assert "La salle est prise jeudi" in admin.get("/notices/").text


def test_its_form_refuses_and_keeps_what_was_typed(admin, lab_id):
    admin.switch("notices")
    answer = admin.post(f"/notices/labs/{lab_id}/new", {"text": "x" * 201})
    assert answer.status_code == 422
    assert "x" * 201 in answer.text
    assert admin.get("/notices/labs/999/new").status_code == 404


def test_off_it_is_not_there_and_on_again_its_rows_are(admin, lab_id):
    admin.switch("notices")
    admin.post(f"/notices/labs/{lab_id}/new", {"text": "La salle est prise jeudi"})
    assert admin.switch("notices", "off").status_code == 303
    for path in ("/notices/", f"/notices/labs/{lab_id}/new"):
        assert admin.get(path).status_code == 404
        assert admin.post(path, {"text": "a"}).status_code == 404
    page = admin.get(f"/labs/{lab_id}")
    assert page.status_code == 200
    assert "/notices/" not in page.text
    assert admin.switch("notices").status_code == 303
    assert "La salle est prise jeudi" in admin.get(f"/labs/{lab_id}").text


def test_its_link_stays_on_the_page_of_the_lab_as_text_while_it_is_off(admin, lab_id):
    admin.switch("notices")
    admin.post(f"/notices/labs/{lab_id}/new", {"text": "La salle est prise jeudi"})
    assert 'href="/notices/">La salle est prise jeudi' in admin.get(f"/labs/{lab_id}").text
    admin.switch("notices", "off")
    page = admin.get(f"/labs/{lab_id}").text
    assert "La salle est prise jeudi" in page
    assert "/notices/" not in page


def test_whoever_follows_the_lab_is_told_until_it_is_off(admin, house, lab_id):
    admin.switch("notices")
    reader = house.browser(role="agent", name="Awa M.")
    assert f"/follow/labs.lab/{lab_id}" in reader.get(f"/labs/{lab_id}").text
    assert reader.post(f"/follow/labs.lab/{lab_id}").status_code == 303
    admin.post(f"/notices/labs/{lab_id}/new", {"text": "La salle est prise jeudi"})
    told = "Ida Kerbrat épingle un avis : « La salle est prise jeudi »"
    assert told in reader.get("/news").text
    assert told not in admin.get("/news").text
    admin.switch("notices", "off")
    assert "La salle est prise jeudi" not in reader.get("/news").text


def test_it_stands_when_what_it_plugs_into_is_off(admin, lab_id):
    admin.switch("notices")
    admin.post(f"/notices/labs/{lab_id}/new", {"text": "La salle est prise jeudi"})
    assert admin.switch("labs", "off").status_code == 303
    assert admin.get(f"/labs/{lab_id}").status_code == 404
    assert "La salle est prise jeudi" in admin.get("/notices/").text
    assert admin.get(f"/notices/labs/{lab_id}/new").status_code == 404


def test_a_second_click_changes_nothing(admin, house):
    admin.switch("notices")
    revision = house.app().config["REVISION"]
    assert admin.switch("notices").status_code == 303
    assert house.app().config["REVISION"] == revision
