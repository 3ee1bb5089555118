"""What an address must declare, and which headers leave (trust P1, P5, P6). Who comes in: `tests/review`."""

from __future__ import annotations

import pytest
from flask import Response

from portal.web.headers import CSP, allow_frame
from portal.web.policy import policy_of, public


def test_every_view_declares_who_may_come_in(app):
    assert all(policy_of(view) for view in app.view_functions.values())


def test_a_view_that_does_not_is_refused_at_registration(app):
    app._got_first_request = False
    with pytest.raises(ValueError, match="declares no policy"):
        app.add_url_rule("/naked", view_func=lambda: "x")
    assert "/naked" not in {rule.rule for rule in app.url_map.iter_rules()}


def test_a_policy_lost_after_registration_closes_the_door(app, mount, own):
    @public()
    def naked():
        return Response("x")

    url = mount("naked", naked)
    name = next(name for name in app.view_functions if name.endswith(".naked"))
    app.view_functions[name] = lambda: "x"
    assert own.get(url).status_code == 403


def test_what_is_nowhere_has_the_headers_too(admin):
    for answer in (admin.get("/nowhere"), admin.get("//"), admin.open("/", method="TRACE"), admin.delete("/account")):
        assert answer.headers["Content-Security-Policy"] == CSP
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Python" not in answer.headers.get("Server", "")


def test_the_policy_lets_nothing_run_that_we_did_not_write():
    kinds = dict(part.split(" ", 1) for part in CSP.split("; "))
    assert kinds["default-src"] == kinds["base-uri"] == kinds["object-src"] == kinds["frame-ancestors"] == "'none'"
    assert kinds["img-src"] == "'self' data:"
    assert {
        kinds[name] for name in kinds if name.endswith("-src") and name not in {"default-src", "object-src", "img-src"}
    } == {"'self'"}
    assert "unsafe" not in CSP


def test_a_frame_of_a_host_that_neither_manifest_nor_collectivity_names_is_refused(mount, own):
    @public()
    def framing():
        allow_frame("elsewhere.example")
        return Response("x")

    with pytest.raises((ValueError, KeyError)):
        own.get(mount("framing", framing))


def test_a_secret_address_is_kept_by_no_cache(client, own):
    for browser in (client, own):
        answer = browser.get("/link/1.x")
        assert answer.headers["Cache-Control"] == "no-store"


def test_what_a_person_sees_is_kept_by_no_cache(own):
    assert own.get("/account").headers["Cache-Control"] == "no-store"
    assert own.get("/nowhere").headers["Cache-Control"] == "no-store"


def test_a_sheet_is_kept_for_a_year_and_compressed(app, client):
    name = app.config["ASSETS"].sheet.name
    plain = client.get(f"/assets/{name}")
    small = client.get(f"/assets/{name}", headers={"Accept-Encoding": "gzip"})
    assert "immutable" in plain.headers["Cache-Control"]
    assert small.headers["Content-Encoding"] == "gzip"
    assert len(small.data) < len(plain.data) / 3
    assert "Set-Cookie" not in plain.headers


@pytest.mark.parametrize("topic", ["accessibilite", "mentions-legales", "donnees-personnelles", "ecoconception"])
def test_a_legal_page_is_open_and_sets_no_cookie(client, topic):
    answer = client.get(f"/{topic}")
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers


def test_public_pages_set_no_cookie_before_one_signs_in(client):
    for url in ("/sign-in", "/", "/nowhere", "/healthz"):
        assert "Set-Cookie" not in client.get(url).headers
