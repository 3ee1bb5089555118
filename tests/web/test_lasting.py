"""A page that says the same to everybody is made once for whoever keeps it, and never a stale one."""

from __future__ import annotations

import os

import pytest

from portal.web.lasting import edition_of

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
