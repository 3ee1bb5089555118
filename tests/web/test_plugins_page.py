"""The plugins page: one switch each, for those who may; what broke is said with a reason and a reference."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
import sqlalchemy as sa

from portal.content.models import AuditEntry
from portal.db import db
from portal.errors import PluginFault
from portal.hosting.factory import create_app
from portal.loader.discovery import Blocked, Lack, scan
from portal.loader.faults import book_fault, flush_side_writes
from portal.loader.models import Quarantine
from portal.loader.states import quarantine

from tests.reading import token_in, words

PLUGINS = ["labs"]


@pytest.fixture
def again(site):
    """Give the same browser before the app as the next request finds it."""

    def rebuild(client):
        copy = create_app(site).test_client()
        copy.environ_base.update(client.environ_base)
        copy.set_cookie("session", client.get_cookie("session").value)
        return copy

    return rebuild


def flip(client, wish):
    token = token_in(client.get("/account"))
    return client.post("/plugins/labs/switch", data={"wish": wish, "csrf_token": token})


def actions(app):
    with app.app_context():
        wanted = sa.select(AuditEntry.action).where(AuditEntry.subject_kind == "portal.plugin").order_by(AuditEntry.id)
        return list(db.session.scalars(wanted))


def test_an_agent_neither_sees_nor_switches(own, app):
    assert own.get("/plugins").status_code == 403
    assert flip(own, "off").status_code == 403
    assert actions(app) == []
    assert "Extensions" not in words(own.get("/"))


def test_a_page_under_the_list_stands_in_the_same_place_of_the_navigation(admin):
    marks = {"/plugins": "page", "/plugins/labs": "true", "/plugins/labs/settings": "true", "/plugins/faults": "true"}
    for path, mark in marks.items():
        band = admin.get(path).text.partition("<main")[0]
        assert re.findall(r'aria-current="(\w+)">([^<]+)', band) == [("true", "Administrer"), (mark, "Extensions")], (
            path
        )


def test_a_page_of_everybody_stands_in_no_group_of_the_navigation(plugin_admin):
    band = plugin_admin.get("/account").text
    assert "aria-current" not in band.partition(">Administrer</a>")[0].rpartition("<a ")[2]


def test_switching_off_asks_once_then_closes_every_address(plugin_admin, app, again):
    assert "Éteindre « Labos » ?" in words(plugin_admin.get("/plugins/labs/switch"))
    assert plugin_admin.get("/labs/").status_code == 200
    assert flip(plugin_admin, "off").status_code == 303
    after = again(plugin_admin)
    assert after.get("/labs/").status_code == 404
    assert "n’est pas perdu" in words(after.get("/labs/"))
    assert "éteinte" in words(after.get("/plugins"))
    assert actions(app) == ["portal.plugin_disabled"]


def test_a_second_click_is_harmless(plugin_admin, app, again):
    flip(plugin_admin, "off")
    after = again(plugin_admin)
    assert flip(after, "off").status_code == 303
    assert actions(app) == ["portal.plugin_disabled"]


def test_switching_on_again_opens_it_with_everything_there(plugin_admin, app, again):
    flip(plugin_admin, "off")
    off = again(plugin_admin)
    assert flip(off, "on").status_code == 303
    assert again(off).get("/labs/").status_code == 200
    assert actions(app) == ["portal.plugin_disabled", "portal.plugin_enabled"]


def test_a_plugin_nobody_has_heard_of_is_not_found(plugin_admin):
    for url in ("/plugins/nobody/switch", "/plugins/nobody", "/plugins/..%2Fetc/switch", "/plugins/faults/0000-00"):
        assert plugin_admin.get(url).status_code == 404


def test_what_was_set_aside_is_shown_with_reason_and_reference(site, plugin_admin, again):
    quarantine(site.engine, PluginFault("labs", "import", "no module named x", "Traceback: secret"))
    after = again(plugin_admin)
    with site.engine.connect() as conn:
        reference = conn.scalar(sa.select(Quarantine.reference))
    text = words(after.get("/plugins"))
    for said in ("mise à l’écart", "cassée au chargement", "no module named x", reference):
        assert said in text
    assert "Traceback" not in text
    sheet = words(after.get("/plugins/labs"))
    for said in ("mise à l’écart", reference, "Réessayer"):
        assert said in sheet
    assert "Traceback: secret" in words(after.get(f"/plugins/faults/{reference}"))
    assert after.get("/labs/").status_code == 404


def test_trying_again_takes_it_back(site, plugin_admin, app, again, post):
    quarantine(site.engine, PluginFault("labs", "import", "no module named x"))
    after = again(plugin_admin)
    assert post(after, "/plugins/labs/retry").status_code == 303
    back = again(after)
    assert "est revenue" in words(back.get("/plugins/labs"))
    assert back.get("/labs/").status_code == 200
    assert actions(app) == ["portal.plugin_retried"]


def test_what_did_not_break_is_not_tried_again(plugin_admin, app, post):
    assert "Réessayer" not in words(plugin_admin.get("/plugins/labs"))
    assert post(plugin_admin, "/plugins/labs/retry").status_code == 409
    assert actions(app) == []


def test_a_plugin_that_waits_says_for_what_and_that_it_comes_back_by_itself(plugin_admin, app):
    app.config["BLOCKED"] = {"labs": Blocked("labs", (Lack("labs", "", "waits"), Lack("cantine", ">=2", "absent")))}
    for url in ("/plugins", "/plugins/labs"):
        text = words(plugin_admin.get(url))
        assert "suspendue" in text
        assert "elle a besoin de « cantine », qui n’est pas installée ici" in text
    assert "Réessayer" not in words(plugin_admin.get("/plugins/labs"))


def test_a_running_plugin_with_faults_shows_them_together_and_is_not_said_set_aside(plugin_admin, app):
    with app.app_context():
        for number in range(3):
            book_fault("labs", "labs.show", LookupError("one page"))
            book_fault("labs", "labs.show", LookupError(f"another {number}"))
        flush_side_writes(app.config["ENGINE"])
    sheet = words(plugin_admin.get("/plugins/labs"))
    assert "mise à l’écart" not in sheet
    assert "allumée" in sheet
    assert "labs.show LookupError: one page 3" in sheet


def test_a_fault_is_found_by_the_reference_that_a_person_reads_out(plugin_admin, app):
    with app.app_context():
        reference = book_fault("labs", "labs.show", LookupError("one page"))
        of_the_core = book_fault("portal", "core.today", ValueError("ours"))
        flush_side_writes(app.config["ENGINE"])
    for typed in (reference, f"  {reference.upper()} "):
        answer = plugin_admin.get("/plugins/faults", query_string={"reference": typed})
        assert answer.headers["Location"] == f"/plugins/faults/{reference}"
    assert "LookupError: one page" in words(plugin_admin.get(f"/plugins/faults/{reference}"))
    assert "Le portail lui-même" in words(plugin_admin.get(f"/plugins/faults/{of_the_core}"))
    assert reference in words(plugin_admin.get("/plugins/faults", query_string={"reference": reference[:3]}))
    assert "Aucune faute" in words(plugin_admin.get("/plugins/faults", query_string={"reference": "%"}))


def test_the_sheet_says_what_a_plugin_is_keeps_calls_and_lets_do(plugin_admin):
    text = words(plugin_admin.get("/plugins/labs"))
    for said in ("Capot ouvert contributors", "MIT", "n’appelle personne", "mission d’intérêt public", "chaque agent"):
        assert said in text
    assert "Voter" in text or "voter" in text


@pytest.mark.parametrize(
    ("homepage", "is_link"),
    [("https://labs.example/doc", True), ("javascript:alert(1)", False), ("//evil.example", False), ("", False)],
)
def test_the_site_of_an_author_is_a_link_only_if_it_is_one(plugin_admin, monkeypatch, homepage, is_link):
    found = scan().manifests["labs"]
    monkeypatch.setitem(scan().manifests, "labs", replace(found, homepage=homepage))
    assert ("Son site" in words(plugin_admin.get("/plugins/labs"))) is is_link


@pytest.mark.parametrize("keeps", ["du sable", {"fr": "du sable"}, ["du sable"], 3])
def test_what_a_manifest_says_it_keeps_never_breaks_the_page(plugin_admin, monkeypatch, keeps):
    found = scan().manifests["labs"]
    monkeypatch.setitem(scan().manifests, "labs", replace(found, privacy={"keeps": keeps}))
    for url in ("/plugins", "/plugins/labs"):
        answer = plugin_admin.get(url)
        assert answer.status_code == 200
        assert ("du sable" in words(answer)) == (keeps in ("du sable", {"fr": "du sable"}))
