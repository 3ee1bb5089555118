"""The life of a stranger's plugin: what breaks is cut, mended, tried again; what needs it waits and comes back."""

from __future__ import annotations

import html
import os
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from portal.content.models import AuditEntry
from portal.db import side_write, transaction
from portal.loader.discovery import files_hash
from portal.loader.models import PluginState
from portal.loader.rules import PluginRules

from tests.houses import opened
from tests.plugins.labs.factories import make_lab

PLUGINS = ["labs"]
UNAVAILABLE = "Ce bloc est momentanément indisponible"
SECTION = '    if subject.kind != "labs.lab":\n        return []\n'
BROKEN = "    raise RuntimeError('gone fishing')\n"
IMPORT = "\nraise RuntimeError('gone fishing')\n"
RELOAD, ANEW, UNCHANGED = "Rechargez le portail", "rien ici ne fait tourner les anciens", "sont les mêmes qu’au moment"
ECHO = """[plugin]
id = "echo"
name = { fr = "Écho" }
summary = { fr = "Répète les avis." }
version = "1.0"
api = 2
requires_portal = ">=0.1,<1"

[plugin.depends]
notices = ">=1"
"""
ECHO_CODE = """from flask import Blueprint
from portal import api

blueprint = Blueprint("echo", __name__)


@blueprint.get("/")
@api.signed_in()
def index():
    return "echo"


@api.hookimpl
def portal_blueprints():
    return [blueprint]
"""


@pytest.fixture
def lab_id(house):
    with house.app().app_context(), transaction():
        return make_lab("Labo de Dunkerque")


@pytest.fixture
def echo(stranger):
    """Install a second plugin, which needs the first."""
    package, about = stranger.site / "portal_echo", stranger.site / "portal_echo-1.0.dist-info"
    for folder in (package, about):
        folder.mkdir()
    (package / "__init__.py").touch()
    (package / "plugin.toml").write_text(ECHO, encoding="utf-8")
    (package / "plugin.py").write_text(ECHO_CODE, encoding="utf-8")
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: portal-echo\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text("[portal.plugins]\necho = portal_echo\n")
    stranger.reload()
    yield package
    stranger.forget("echo", "portal_echo")


def words(browser, path):
    return " ".join(html.unescape(browser.get(path).text).replace("\u00a0", " ").split())


def reload(stranger, house):
    """Do what a reload of the server does."""
    stranger.reload()
    house.dispatcher.live.clear()


def mend(stranger, file, old, new):
    """Change the files as pip does, while the processes run on."""
    path = stranger.folder / file
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


def acts(house):
    wanted = sa.select(AuditEntry.action).where(AuditEntry.action.like("portal.plugin%")).order_by(AuditEntry.id)
    return [action for (action,) in house.rows(wanted)]


def retry(browser, plugin="notices"):
    return browser.post(f"/plugins/{plugin}/retry")


def test_what_breaks_on_every_page_is_cut_mended_and_back_with_one_button_after_a_reload(
    stranger, house, admin, lab_id
):
    stranger.edit("plugin.py", SECTION, BROKEN)
    admin.switch("notices")
    for _page in range(5):
        page = admin.get(f"/labs/{lab_id}")
        assert page.status_code == 200
        assert UNAVAILABLE in page.text
    faults = house.faults("notices")
    assert len(faults) == 5
    assert UNAVAILABLE in admin.get(f"/labs/{lab_id}").text  # cut: people see the same, nothing is tried
    assert len(house.faults("notices")) == 5
    assert "en partie coupée" in words(admin, "/plugins")
    sheet = words(admin, "/plugins/notices")
    for said in ("ses blocs sur les pages des autres", "portal_sections", "coupé", "RuntimeError: gone fishing"):
        assert said in sheet
    assert "gone fishing" in words(admin, f"/plugins/faults/{faults[0].reference}")

    mend(stranger, "plugin.py", BROKEN, SECTION)
    sheet = words(admin, "/plugins/notices")
    assert RELOAD in sheet
    assert "Réessayer</button>" not in sheet
    assert retry(admin).status_code == 409

    reload(stranger, house)
    assert "Réessayer" in words(admin, "/plugins/notices")
    assert retry(admin).status_code == 303
    page = admin.get(f"/labs/{lab_id}")
    assert UNAVAILABLE not in page.text
    assert "Aucun avis pour l’instant." in page.text
    assert acts(house) == ["portal.plugin_enabled", "portal.plugin_retried"]
    assert "en partie coupée" not in words(admin, "/plugins")


def test_mended_code_that_never_ran_is_loaded_anew_without_a_reload(stranger, house, admin):
    admin.switch("notices")
    admin.switch("notices", "off")  # its tables are there
    stranger.append("plugin.py", IMPORT)
    with side_write(house.site.engine) as conn:
        conn.execute(sa.update(PluginState).where(PluginState.id == "notices").values(is_on=True))
    reload(stranger, house)
    assert UNCHANGED in words(admin, "/plugins/notices")
    first = house.state("notices").reference
    assert retry(admin).status_code == 409
    assert house.state("notices").reference == first
    mend(stranger, "plugin.py", "gone fishing", "gone hunting")
    assert ANEW in words(admin, "/plugins/notices")
    assert retry(admin).status_code == 409
    assert "gone hunting" in house.state("notices").reason  # IT reads what breaks now
    mend(stranger, "plugin.py", IMPORT.replace("fishing", "hunting"), "")
    assert ANEW in words(admin, "/plugins/notices")
    assert retry(admin).status_code == 303
    assert house.state("notices").at is None
    assert admin.get("/notices/").status_code == 200


def test_code_that_another_process_runs_needs_a_reload_too(stranger, site, house, admin):
    admin.switch("notices")
    reload(stranger, house)
    stranger.append("plugin.py", "\n# mended\n")
    running = site.instance.folder / "running" / os.uname().nodename
    running.mkdir(parents=True, exist_ok=True)
    parent = os.getppid()
    started = Path(f"/proc/{parent}/stat").read_text().rpartition(")")[2].split()[19]
    (running / str(parent)).write_text(f'{{"started": "{started}", "loaded": {{"notices": "old"}}}}')
    (running / "1234567").write_text('{"started": "1", "loaded": {"notices": "older"}}')  # a process that has ended
    answer = admin.switch("notices")
    assert answer.status_code == 409
    assert "Rechargez d’abord le portail" in html.unescape(answer.text)
    assert not (running / "1234567").exists()
    (running / str(parent)).unlink()
    assert admin.switch("notices").status_code == 303


def test_one_that_needs_others_is_switched_on_with_them_in_one_go(echo, house, admin):
    assert "elle a besoin de" not in words(admin, "/plugins")
    assert admin.switch("echo").status_code == 409
    asked = words(admin, "/plugins/echo/switch")
    assert "Allumées avec elle" in asked
    assert "Avis" in asked
    assert admin.post("/plugins/echo/switch", {"wish": "on", "needs": "1"}).status_code == 303
    assert admin.get("/notices/").status_code == 200
    assert admin.get("/echo/").text == "echo"
    assert acts(house) == ["portal.plugin_enabled"] * 2


def test_those_that_need_it_are_suspended_with_it_and_come_back_by_themselves(echo, stranger, house, admin):
    admin.post("/plugins/echo/switch", {"wish": "on", "needs": "1"})
    assert "celles qui en ont besoin : Écho" in words(admin, "/plugins/notices/switch")
    admin.switch("notices", "off")
    assert admin.get("/echo/").status_code == 404
    assert "elle a besoin de « Avis », qui est éteinte" in words(admin, "/plugins").lower().replace("avis", "Avis")
    admin.switch("notices")
    assert admin.get("/echo/").text == "echo"
    stranger.append("plugin.py", IMPORT)
    house.dispatcher.live.clear()
    assert admin.get("/echo/").status_code == 404
    text = words(admin, "/plugins")
    assert "attend « Avis » (mise à l’écart)" in text
    assert text.index("Épingler un avis") < text.index("Répète les avis")  # dependencies first
    stranger.edit("plugin.py", IMPORT, "")
    assert retry(admin).status_code == 303
    assert admin.get("/echo/").text == "echo"


def test_a_verdict_holds_as_long_as_the_files_of_what_is_needed(echo, stranger):
    before = files_hash("echo")
    stranger.append("plugin.py", "\n# another version\n")
    assert files_hash("echo") != before


def ruled(site, **rules):
    """Give the instance as another portal.toml would have it, after a reload."""
    return opened(replace(site.instance, plugins=PluginRules(**rules)))


def test_what_the_operator_forces_is_on_with_what_it_needs_and_nobody_switches_it(echo, stranger, site, house):
    with ruled(site, force=("echo",)) as portal:
        portal.upgrade()
        admin = portal.browser()
        assert admin.get("/echo/").text == "echo"
        assert admin.get("/notices/").status_code == 200
        text = words(admin, "/plugins/notices")
        assert "la tient allumée" in text
        assert "Éteindre" not in text
        assert admin.switch("echo", "off").status_code == 409
        assert portal.state("echo") is None  # the wish of the collectivity is its own


def test_what_the_operator_forbids_is_off_keeps_its_rows_and_nobody_switches_it_on(stranger, site, house, admin):
    admin.switch("notices")
    with ruled(site, forbid=("notices",)) as portal:
        other = portal.browser(name="Ali Kerbrat")
        assert other.get("/notices/").status_code == 404
        assert "interdite" in words(other, "/plugins")
        assert other.switch("notices").status_code == 409
        assert portal.state("notices").is_on
    assert admin.get("/notices/").status_code == 200


def test_only_what_is_allowed_may_be_switched_on(stranger, site, house):
    with ruled(site, allow=("labs",)) as portal:
        other = portal.browser(name="Ali Kerbrat")
        assert other.get("/labs/").status_code == 200
        assert other.switch("notices").status_code == 409
