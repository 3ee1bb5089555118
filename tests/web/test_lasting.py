"""A page that says the same to everybody is made once for whoever keeps it, and never a stale one."""

from __future__ import annotations

import os

import pytest
from werkzeug.test import Client

from portal.db import side_write
from portal.hosting.factory import create_app
from portal.web.lasting import edition_of

from tests.houses import opened

LEGAL = ["/accessibilite", "/mentions-legales", "/donnees-personnelles", "/ecoconception"]


@pytest.fixture
def again(client):
    """Ask for a page as a browser that kept it."""

    def ask(url, *, kept=None):
        return client.get(url, headers={"If-None-Match": client.get(kept or url).headers["ETag"]})

    return ask


@pytest.mark.parametrize("url", LEGAL)
def test_a_legal_page_that_did_not_change_is_not_made_again(client, again, url):
    answer = again(url)
    assert answer.status_code == 304
    assert not answer.data
    assert answer.headers["Cache-Control"] == "no-cache"
    assert "Content-Security-Policy" in answer.headers


def test_nothing_is_rendered_for_who_has_the_page(app, client, again):
    kept = client.get("/mentions-legales").headers["ETag"]
    app.jinja_env.cache.clear()
    assert client.get("/mentions-legales", headers={"If-None-Match": kept}).status_code == 304
    assert not app.jinja_env.cache


def test_each_address_is_a_page_of_its_own(again):
    assert again("/ecoconception", kept="/mentions-legales").status_code == 200


def test_a_page_that_lasts_says_no_hour(client):
    assert "data-now" not in client.get("/mentions-legales").text
    assert "data-now" in client.get("/sign-in").text


def test_who_is_signed_in_is_given_a_page_with_their_name(client, sign_in, make_user):
    kept = client.get("/mentions-legales").headers["ETag"]
    sign_in(make_user(name="Awa Diop"))
    answer = client.get("/mentions-legales", headers={"If-None-Match": kept})
    assert answer.status_code == 200
    assert "Awa Diop" in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert "ETag" not in answer.headers


def test_another_template_makes_another_edition(tmp_path):
    page = tmp_path / "page.html"
    page.write_text("one")
    before = edition_of([tmp_path], "Ville", 1)
    assert edition_of([tmp_path], "Ville", 1) == before
    assert edition_of([tmp_path], "Ville", 2) != before
    os.utime(page, ns=(0, 0))
    assert edition_of([tmp_path], "Ville", 1) != before


@pytest.mark.parametrize("enabled", [("labs",)])
def test_other_code_of_a_plugin_makes_another_edition(enabled, site, monkeypatch):
    monkeypatch.setattr("portal.hosting.factory.note_running", lambda *_known: None)  # the process keeps what it notes
    editions = set()
    for code in ("a", "b", "a"):
        monkeypatch.setattr("portal.hosting.factory.files_of", lambda _plugin, code=code: code)
        editions.add(create_app(site).config["EDITION"])
    assert len(editions) == 2


def test_other_files_of_the_core_make_another_edition(site, monkeypatch):
    before = create_app(site).config["EDITION"]
    assert create_app(site).config["EDITION"] == before
    monkeypatch.setattr("portal.hosting.factory.core_edition", lambda: "other")
    assert create_app(site).config["EDITION"] != before


BLUE, GREEN = {"ink": "#003189", "accent": "#e1000f"}, {"ink": "#0b3d2e", "accent": "#b3261e"}


@pytest.fixture
def house(site):
    with opened(site.instance) as made:
        yield made


@pytest.fixture
def kept(house):
    """Give whether a page that somebody kept is still the page, as a browser asks."""
    anonymous = Client(house.dispatcher)

    def ask(url, tag=None):
        answer = anonymous.get(url, base_url="http://localhost", headers={"If-None-Match": tag} if tag else {})
        return answer.headers["ETag"], answer.status_code == 304

    return ask


def count_again(house):
    """Put the number of the revision back, as a restored database has it."""
    with side_write(house.site.engine) as conn:
        conn.exec_driver_sql("UPDATE portal_state SET revision = 1")


@pytest.mark.parametrize("act", [("/theme", BLUE), ("/plugins/labs/switch", {"wish": "on"})], ids=["theme", "plugin"])
def test_what_changes_the_portal_makes_another_page(house, kept, act):
    tag, _is_same = kept("/mentions-legales")
    assert kept("/mentions-legales", tag)[1]
    assert house.browser().post(*act).status_code == 303
    assert not kept("/mentions-legales", tag)[1]


def test_colours_are_told_apart_though_a_restored_database_counts_again(house, kept):
    ida = house.browser()
    count_again(house)
    ida.post("/theme", BLUE)
    tag, _is_same = kept("/mentions-legales")
    count_again(house)
    ida.post("/theme", GREEN)
    assert not kept("/mentions-legales", tag)[1]


def test_what_is_kept_of_people_is_told_apart_by_itself(house, kept):
    count_again(house)
    tag, _is_same = kept("/donnees-personnelles")
    ida = house.browser()
    ida.switch("labs")
    ida.switch("labs", "off")
    count_again(house)
    assert not kept("/donnees-personnelles", tag)[1]
