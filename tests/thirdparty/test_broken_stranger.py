"""A plugin that breaks: wherever it does, the portal starts, the other plugins answer, and IT reads why."""

from __future__ import annotations

import html
import re

import pytest

from portal.db import transaction
from portal.hosting.factory import create_app
from portal.hosting.operating import upgrade

from tests.plugins.labs.factories import make_lab
from tests.thirdparty.stranger import pip_install

PLUGINS = ["labs"]
UNAVAILABLE = "Ce bloc est momentanément indisponible"
SECTION = '    if subject.kind != "labs.lab":\n        return []\n'
ROUTE = '@blueprint.get("/")\n@api.signed_in()\n'
OPEN_ROUTE = '\n\n@blueprint.get("/open")\ndef open_to_all():\n    return "come in"\n'
FOR_ALL = "\n\n@blueprint.before_app_request\ndef watch():\n    return None\n"
STRANGE_TABLE = """

class Spy(api.plugin_base("notices")):
    __tablename__ = "labs_spy"
    id: Mapped[int] = mapped_column(primary_key=True)
"""
UNDECLARED = "    written_at: Mapped[datetime]\n    mood: Mapped[str] = mapped_column(sa.String(20))\n"
UNKNOWN_HOOK = "\n\n@api.hookimpl\ndef portal_lights_out():\n    return []\n"
PATCH = "\nimport flask\nflask.Flask.dispatch_request = lambda *given: 'mine'\n"
STOLEN = """
view = api.public()(lambda: "mine")
blueprint.record_once(lambda state: state.app.add_url_rule("/plugins", "notices.mine", view))
"""
LOST_NAV = '"notices.index")]', '"notices.nowhere")]'
FOREIGN_NAV = '"notices.index")]', '"notices.index", "notices.rule")]'
BROKEN_NAV = '    return [api.NavItem("share", _.later("Notices"), "notices.index")]', "    return 1 / 0"

# name: what is done to plugin.py, the phase and the words that IT reads
AT_START = {
    "import": (("", "\nraise RuntimeError('gone fishing')\n"), "import", "gone fishing"),
    "syntax": (("", "\ndef :\n"), "import", "SyntaxError"),
    "SystemExit": (("", "\nraise SystemExit('good night')\n"), "import", "SystemExit: good night"),
    "os._exit": (("", "\n__import__('os')._exit(7)\n"), "probe", "ends the process with code 7"),
    "foreign table": (("", STRANGE_TABLE), "register", "table labs_spy is not called notices_"),
    "undeclared column": (("    written_at: Mapped[datetime]\n", UNDECLARED), "register", "notices_notice.mood"),
    "no policy": (("", OPEN_ROUTE), "register", "declares no policy"),
    "app-wide": (("", FOR_ALL), "register", "changes the whole portal: before_request_funcs"),
    "unknown hook": (("", UNKNOWN_HOOK), "register", "unknown hook: portal_lights_out"),
    "monkeypatch": (("", PATCH), "probe", "its own code in place of flask.app.Flask.dispatch_request"),
    "same route": (("", STOLEN), "register", "changes the whole portal: addresses outside its own"),
    "foreign link": (('"notices.about"', '"labs.about"'), "register", "kind of link not called notices.…: labs.about"),
    "nav elsewhere": (LOST_NAV, "register", "notices.nowhere"),
    "nav permission": (FOREIGN_NAV, "register", "notices.rule"),
    "nav broken": (BROKEN_NAV, "register", "ZeroDivisionError"),
}


@pytest.fixture
def lab_id(house):
    with house.app().app_context(), transaction():
        return make_lab("Labo de Dunkerque")


def words(browser, path):
    return html.unescape(browser.get(path).text)


def break_it(stranger, change, file="plugin.py"):
    old, new = change
    if old:
        stranger.edit(file, old, new)
    else:
        stranger.append(file, new)


def assert_the_rest_stands(browser, lab_id):
    for path in ("/", "/labs/", f"/labs/{lab_id}", "/plugins", "/account"):
        assert browser.get(path).status_code == 200, path


@pytest.mark.parametrize("name", AT_START)
def test_what_breaks_at_its_start_is_set_aside_alone(name, stranger, house, admin, lab_id):
    change, phase, reason = AT_START[name]
    assert admin.switch("notices").status_code == 303
    break_it(stranger, change)
    house.dispatcher.live.clear()
    assert_the_rest_stands(admin, lab_id)
    assert admin.get("/notices/").status_code == 404
    assert "Cette partie du portail est en panne" in words(admin, "/notices/")
    state = house.state("notices")
    assert (state.is_on, state.phase) == (True, phase)
    assert reason in state.reason
    page = words(admin, "/plugins")
    assert reason in page
    assert state.reference in page
    assert reason in words(admin, "/plugins/notices")
    assert house.state("labs").at is None
    again = admin.switch("notices")
    assert again.status_code == 409
    assert reason in html.unescape(again.text)
    assert house.state("notices").reference == state.reference


def test_mended_and_tried_again_it_is_back_with_its_rows(stranger, house, admin, lab_id):
    admin.switch("notices")
    admin.post(f"/notices/labs/{lab_id}/new", {"text": "La salle est prise jeudi"})
    stranger.append("plugin.py", "\nraise RuntimeError('gone fishing')\n")
    house.dispatcher.live.clear()
    admin.get("/")
    assert admin.switch("notices").status_code == 409
    stranger.edit("plugin.py", "\nraise RuntimeError('gone fishing')\n", "")
    assert admin.switch("notices").status_code == 303
    assert house.state("notices").at is None
    assert "La salle est prise jeudi" in admin.get(f"/labs/{lab_id}").text


@pytest.mark.parametrize(
    "change",
    [
        (SECTION, "    raise RuntimeError('gone fishing')\n"),
        (SECTION, "    api.session.execute(sa.text('SELECT nothing FROM nowhere'))\n"),
        (SECTION, "    return ['<b>a string</b>']\n"),
        (SECTION, "    import time; yield time\n"),
    ],
    ids=["raises", "SQL", "wrong type", "generator"],
)
def test_a_hook_that_breaks_loses_its_block_and_nothing_else(change, stranger, house, admin, lab_id):
    stranger.edit("plugin.py", *change)
    admin.switch("notices")
    page = admin.get(f"/labs/{lab_id}")
    assert page.status_code == 200
    assert "Ce qui peut encore changer" in page.text
    assert f"/notices/labs/{lab_id}/new" in page.text  # its other hooks go on
    (fault,) = house.faults("notices")
    assert fault.place == "portal_sections"
    assert fault.reference in words(admin, "/plugins/notices")
    assert house.state("notices").at is None


@pytest.mark.parametrize("text", ["{{ nothing.at.all }}", "{% broken", "{% include 'nowhere.html' %}", "{{ 1 / 0 }}"])
def test_a_template_that_breaks_says_so_in_its_place(text, stranger, house, admin, lab_id):
    stranger.append("templates/notices/_of_lab.html", text)
    admin.switch("notices")
    page = admin.get(f"/labs/{lab_id}")
    assert page.status_code == 200
    assert "Ce qui peut encore changer" in page.text
    assert UNAVAILABLE in page.text
    (fault,) = house.faults("notices")
    assert fault.reference in page.text
    assert fault.reference in words(admin, "/plugins/notices")
    assert fault.summary in words(admin, f"/plugins/faults/{fault.reference}")


def test_a_view_that_breaks_fails_alone(stranger, house, admin, lab_id):
    stranger.edit("plugin.py", "def index():\n", "def index():\n    raise RuntimeError('gone fishing')\n")
    admin.switch("notices")
    page = admin.get("/notices/")
    assert page.status_code == 500
    assert "gone fishing" not in page.text
    (fault,) = house.faults("notices")
    assert (fault.place, fault.summary) == ("notices.index", "RuntimeError: gone fishing")
    assert fault.reference in page.text
    for _again in range(6):
        assert admin.get("/notices/").status_code == 500  # and it trips nothing: its page may work for others
    assert "en partie coupée" not in words(admin, "/plugins")
    assert "gone fishing" in words(admin, f"/plugins/faults/{fault.reference}")
    assert_the_rest_stands(admin, lab_id)


def test_a_page_whose_template_breaks_fails_alone(stranger, house, admin, lab_id):
    stranger.append("templates/notices/index.html", "{% broken")
    admin.switch("notices")
    page = admin.get("/notices/")
    assert page.status_code == 500
    assert house.faults("notices")[0].reference in page.text
    assert_the_rest_stands(admin, lab_id)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("api = 2\n", "api = 2\napi = 3\n", "line 7"),
        ("api = 2\n", "api = 2\ncolour = 3\n", "line 7: unknown key: colour"),
        ('role = "agent"', 'role = "king"', "line 17: unknown role: king"),
        ("api = 2\n", "api = 1\n", "needs portal.api 1, this portal has 2"),
        (">=0.1,<1", ">=7", "needs portal >=7"),
        ("[plugin.uses]\n", "[plugin.depends]\nghosts = '>=1'\n\n[plugin.uses]\n", "qui n’est pas installée ici"),
        ("[plugin.uses]\n", "[plugin.depends]\nnotices = '>=1'\n\n[plugin.uses]\n", "chacune attend l’autre"),
        ('id = "notices"', 'id = "notes"', "permission outside the plugin: notices.write"),
    ],
)
def test_a_broken_manifest_is_listed_with_its_reason(old, new, reason, stranger, house, admin, lab_id):
    admin.switch("notices")
    stranger.edit("plugin.toml", old, new)
    house.dispatcher.live.clear()
    assert_the_rest_stands(admin, lab_id)
    assert admin.get("/notices/").status_code == 404
    assert reason in words(admin, "/plugins")
    assert admin.switch("notices").status_code in {404, 409}
    assert admin.switch("notices", "off").status_code == 303
    assert_the_rest_stands(admin, lab_id)


def test_two_plugins_of_one_name_are_both_refused(stranger, house, admin, lab_id, tmp_path):
    admin.switch("notices")
    twin = tmp_path / "twin"
    pip_install_twin(twin, stranger)
    house.dispatcher.live.clear()
    assert re.search(r"two plugins call themselves notices: \w+, \w+", words(admin, "/plugins"))
    assert admin.get("/notices/").status_code == 404
    assert_the_rest_stands(admin, lab_id)


def pip_install_twin(folder, stranger):
    """Install a second distribution that declares the same entry point."""
    folder.mkdir()
    package = folder / "portal_twin"
    package.mkdir()
    (package / "__init__.py").touch()
    manifest = (stranger.folder / "plugin.toml").read_text(encoding="utf-8")
    (package / "plugin.toml").write_text(manifest, encoding="utf-8")
    (folder / "pyproject.toml").write_text(
        '[project]\nname = "portal-twin"\nversion = "1"\n[project.entry-points."portal.plugins"]\n'
        'notices = "portal_twin"\n[tool.setuptools]\npackages = ["portal_twin"]\n'
        '[tool.setuptools.package-data]\nportal_twin = ["*.toml"]\n',
        encoding="utf-8",
    )
    pip_install(folder, stranger.site.with_name("twin-site"))
    for part in stranger.site.with_name("twin-site").iterdir():
        part.rename(stranger.site / part.name)
    stranger.reload()


def test_a_package_that_was_removed_is_missing_and_the_rest_stands(stranger, house, admin, lab_id):
    admin.switch("notices")
    for part in stranger.site.iterdir():
        part.rename(stranger.site.parent / part.name)
    stranger.reload()
    house.dispatcher.live.clear()
    assert_the_rest_stands(admin, lab_id)
    assert "notices" in words(admin, "/plugins")
    assert admin.switch("notices", "off").status_code == 303


@pytest.mark.real
def test_code_that_never_ends_is_given_up_and_nobody_waits_for_it(stranger, house, admin, lab_id, monkeypatch):
    monkeypatch.setattr("portal.hosting.install.TRIAL_SECONDS", 3)
    stranger.append("plugin.py", "\n__import__('time').sleep(600)\n")
    answer = admin.switch("notices")
    assert answer.status_code == 409
    assert "no answer in 3 s" in answer.text
    assert_the_rest_stands(admin, lab_id)


def test_safe_mode_starts_the_core_alone(stranger, house, admin, lab_id, monkeypatch):
    admin.switch("notices")
    monkeypatch.setenv("PORTAL_SAFE_MODE", "1")
    house.dispatcher.live.clear()
    assert admin.get("/plugins").status_code == 200
    assert admin.get("/labs/").status_code == 404
    assert house.state("notices").is_on
    monkeypatch.delenv("PORTAL_SAFE_MODE")
    house.dispatcher.live.clear()
    assert admin.get("/labs/").status_code == 200


def test_tables_of_another_version_are_told_apart_until_upgraded(stranger, house, admin, lab_id):
    admin.switch("notices")
    migration = (stranger.folder / "migrations/notices_0001.py").read_text(encoding="utf-8")
    second = migration.split("def upgrade")[0].replace('"notices_0001", None', '"notices_0002", "notices_0001"')
    text = second + "def upgrade():\n    pass\n\n\ndef downgrade():\n    pass\n"
    (stranger.folder / "migrations/notices_0002.py").write_text(text, encoding="utf-8")
    stranger.reload()
    house.dispatcher.live.clear()
    assert_the_rest_stands(admin, lab_id)
    assert house.state("notices").at is None  # nothing is broken: it waits
    assert "portal upgrade" in words(admin, "/plugins")
    assert admin.get("/notices/").status_code == 404
    upgrade(house.site)
    assert admin.get("/notices/").status_code == 200


def test_an_import_that_breaks_only_here_is_set_aside_too(stranger, site, house, admin, lab_id, monkeypatch):
    """The trial in another process passed; this one lacks something."""
    stranger.append("plugin.py", "\nif __import__('os').environ.get('HERE'):\n    raise SystemExit('not here')\n")
    assert admin.switch("notices").status_code == 303
    monkeypatch.setenv("HERE", "1")
    stranger.reload()
    app = create_app(site)
    assert "notices" not in app.config["PLUGINS"]
    assert "labs" in app.config["PLUGINS"]
    assert house.state("notices").phase == "import"
