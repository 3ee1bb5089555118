"""The plugins page: one switch each, for those who may; what broke is said with a reason and a reference."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa

from portal.content.models import AuditEntry
from portal.db import db
from portal.errors import PluginFault
from portal.hosting.factory import create_app
from portal.loader.discovery import scan
from portal.loader.faults import book_fault, flush_side_writes
from portal.loader.models import PluginState
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
    for url in ("/plugins/nobody/switch", "/plugins/nobody/fault", "/plugins/..%2Fetc/switch"):
        assert plugin_admin.get(url).status_code == 404


def test_what_was_set_aside_is_shown_with_reason_and_reference(site, plugin_admin, again):
    quarantine(site.engine, PluginFault("labs", "import", "no module named x", "Traceback: secret"))
    after = again(plugin_admin)
    with site.engine.connect() as conn:
        reference = conn.scalar(sa.select(PluginState.reference))
    text = words(after.get("/plugins"))
    for said in ("mise à l’écart", "cassée au chargement", "no module named x", reference):
        assert said in text
    assert "Traceback" not in text
    fault = words(after.get("/plugins/labs/fault"))
    for said in ("Traceback: secret", reference, "Réessayer"):
        assert said in fault
    assert after.get("/labs/").status_code == 404


def test_trying_again_takes_it_back(site, plugin_admin, app, again):
    quarantine(site.engine, PluginFault("labs", "import", "no module named x"))
    after = again(plugin_admin)
    answer = after.post("/plugins/labs/switch", data={"csrf_token": token_in(after.get("/account"))})
    assert answer.status_code == 303
    assert again(after).get("/labs/").status_code == 200
    assert actions(app) == ["portal.plugin_enabled"]


def test_a_plugin_without_fault_has_no_page_of_faults(plugin_admin):
    assert plugin_admin.get("/plugins/labs/fault").status_code == 404


def test_a_plugin_that_is_blocked_shows_why_though_nobody_met_the_fault(plugin_admin, app):
    app.config["BLOCKED"] = {"labs": PluginFault("labs", "resolve", "needs « cantine », which is off")}
    answer = plugin_admin.get("/plugins/labs/fault")
    assert answer.status_code == 200
    for said in ("mise à l’écart", "needs « cantine », which is off", "ne convient pas à ce portail"):
        assert said in words(answer)
    assert "Référence" not in words(answer)
    assert "depuis le" not in words(answer)


def test_a_running_plugin_with_one_fault_is_not_said_set_aside(plugin_admin, app):
    with app.app_context():
        book_fault("labs", "labs.show", LookupError("one page"))
        flush_side_writes(app.config["ENGINE"])
    text = words(plugin_admin.get("/plugins/labs/fault"))
    assert "mise à l’écart" not in text
    assert "allumée" in text


@pytest.mark.parametrize("keeps", ["du sable", {"fr": "du sable"}, ["du sable"], 3])
def test_what_a_manifest_says_it_keeps_never_breaks_the_page(plugin_admin, monkeypatch, keeps):
    found = scan().manifests["labs"]
    monkeypatch.setitem(scan().manifests, "labs", replace(found, privacy={"keeps": keeps}))
    answer = plugin_admin.get("/plugins")
    assert answer.status_code == 200
    assert ("du sable" in words(answer)) == (keeps in ("du sable", {"fr": "du sable"}))
