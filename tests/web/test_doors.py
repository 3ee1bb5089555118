"""Every address of the portal, from its URL map: who comes in, which headers leave (trust P1, P2, P3, P5, P6)."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Response

from portal.db import db
from portal.people.models import User
from portal.web.headers import CSP
from portal.web.policy import policy_of, public

from tests.plugins.labs.ephemeral_factories import make_ephemeral
from tests.plugins.labs.factories import make_lab, make_project
from tests.reading import rows_hash, words
from tests.web.addresses import doors

PLUGINS = ["labs", "directory"]
# Written by hand: what a signed-in agent is refused, and what is open to everybody.
OPEN = {
    "core.sign_in",
    "core.link",
    "core.legal",
    "core.asset",
    "core.health",
    "core.file",
    "core.theme_file",
    "core.screen",
    "core.screen_pin",
    "core.screen_leave",
    "core.enrol",
    "core.news_feed",
}
FOR_ADMINISTRATORS = {
    "core.plugins_page",
    "core.confirm_plugin",
    "core.switch_plugin",
    "core.plugin_fault",
    "core.theme_page",
    "core.theme_preview",
    "core.reset_theme",
    "core.set_logo",
    "core.remove_logo",
    "core.plugin_settings",
    "core.reset_settings_page",
    "core.plugin_faults",
    "core.plugin_sheet",
    "core.privacy",
    "core.privacy_register",
    "core.erase",
    "core.purge_plugin",
    "core.purge_now",
    "core.retry_plugin",
    "core.screens",
    "core.revoke_screen",
}


# Written by hand: the addresses that number 1 does not open, and why. Each has tests of its own.
TOKEN, SCREEN = "opened by a token", "opened by a device enrolled as a screen"
NOTHING_THERE = {
    "core.asset": "the name holds the sum of the file",
    "core.link": TOKEN,
    "core.enrol": TOKEN,
    "core.news_feed": TOKEN,
    "labs.guest_door": TOKEN,
    "labs.guest_in": TOKEN,
    "labs.projected_wall": TOKEN,
    "labs.projected_qr": TOKEN,
    "labs.projected_tell_qr": TOKEN,
    "core.screen": SCREEN,
    "core.screen_pin": SCREEN,
    "core.theme_file": "this collectivity has no logo",
}


def call(client, door, post):
    return client.get(door.url) if door.method == "GET" else post(client, door.url)


def core_doors(app):
    return [door for door in doors(app) if door.endpoint.startswith("core.")]


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


def test_without_a_session_nothing_is_seen_but_the_open_doors(app, client, post):
    for door in core_doors(app):
        answer = call(client, door, post)
        if door.endpoint in OPEN:
            assert answer.status_code != 401, door
        else:
            assert answer.status_code in {400, 401}, door
            assert door.method != "GET" or answer.status_code == 401, door


@pytest.mark.usefixtures("furnished")
def test_every_plugins_door_asks_who_comes_in(app, client, post):
    for door in doors(app):
        answer = call(client, door, post)
        if not door.policy.is_open:
            assert answer.status_code == 401, door
        else:
            assert answer.status_code in {200, 303, 404, 422}, door


@pytest.mark.usefixtures("furnished")
def test_an_agent_is_refused_what_belongs_to_administrators(app, own, post):
    for door in core_doors(app):
        answer = call(own, door, post)
        answer.close()
        assert (answer.status_code == 403) == (door.endpoint in FOR_ADMINISTRATORS), (door, answer.status_code)
        own.get("/")  # signing out among the doors ends the session
        if own.get("/account").status_code == 401:
            pytest.fail(f"{door} ended the session") if door.endpoint not in ENDING else revive(app, own)


ENDING = {"core.sign_out", "core.sign_out_everywhere", "core.close_one_session"}


def revive(app, client):
    from portal.db import transaction
    from portal.people.sessions import open_session

    with app.app_context(), transaction():
        token = open_session(db.session.scalar(sa.select(User.id)), device="again")
    with client.session_transaction() as cookie:
        cookie["_user_id"], cookie["_fresh"] = token, True


@pytest.mark.usefixtures("furnished")
def test_no_get_changes_anything(app, own, admin):
    before = rows_hash(app)
    for door in doors(app):
        if door.method == "GET":
            for browser in (own, admin):
                browser.get(door.url).close()
                browser.head(door.url).close()
    assert rows_hash(app) == before


@pytest.mark.usefixtures("furnished")
def test_every_answer_carries_the_headers(app, new_client, admin, post):
    for door in doors(app):
        for client in (new_client(), admin):
            check_headers(client.get(door.url), door.url)
            check_headers(client.post(door.url), door.url)
    for answer in (admin.get("/nowhere"), admin.get("//"), admin.open("/", method="TRACE"), admin.delete("/account")):
        check_headers(answer, answer.request.path)


def check_headers(answer, where):
    headers = answer.headers
    assert headers["Content-Security-Policy"] == CSP, where
    assert headers["X-Content-Type-Options"] == "nosniff", where
    assert headers["X-Frame-Options"] == "DENY", where
    assert headers["Referrer-Policy"] in {"same-origin", "no-referrer"}, where
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin", where
    assert "Cache-Control" in headers, where
    assert "Server" not in headers or "Python" not in headers["Server"], where


def test_the_policy_lets_nothing_run_that_we_did_not_write():
    kinds = dict(part.split(" ", 1) for part in CSP.split("; "))
    assert kinds["default-src"] == kinds["base-uri"] == kinds["object-src"] == kinds["frame-ancestors"] == "'none'"
    assert kinds["img-src"] == "'self' data:"
    assert {
        kinds[name] for name in kinds if name.endswith("-src") and name not in {"default-src", "object-src", "img-src"}
    } == {"'self'"}
    assert "unsafe" not in CSP


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


def test_absent_and_private_read_the_same(own, writing, make_user):
    """P3: nothing tells what is closed to this person from what never was."""
    bruno = make_user("Bruno D.")
    with writing():
        lab = make_lab("Labo fermé", members=[bruno], animator=bruno)
        closed = [
            f"/labs/e/{make_ephemeral(lab, bruno, audience='lab')}",
            f"/labs/projects/{make_project(lab, bruno, audience='lab')}",
        ]
    for url in closed:
        absent = url.rpartition("/")[0] + "/9999"
        private, nothing = own.get(url), own.get(absent)
        assert (private.status_code, nothing.status_code) == (404, 404)
        assert strip_reference(words(private)) == strip_reference(words(nothing))


@pytest.mark.usefixtures("furnished")
def test_every_address_comes_upon_something_or_says_why_not(app, own, admin):
    """What a crawl does not reach it does not prove: nothing is out of its reach by oversight."""
    lost = set()
    for door in doors(app):
        if door.method == "GET":
            answers = [own.get(door.url), admin.get(door.url)]
            if all(answer.status_code == 404 for answer in answers):
                lost.add(door.endpoint)
    assert lost - set(NOTHING_THERE) == set()
    assert set(NOTHING_THERE) <= lost


def strip_reference(text):
    return text.rpartition("portail : ")[0]
