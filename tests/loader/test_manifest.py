"""`plugin.toml` is read before any code of the plugin runs; what is wrong in it is said with its line."""

from __future__ import annotations

import pytest

from portal.errors import PluginFault
from portal.loader.manifest import RESERVED, read_manifest
from portal.values import Role
from portal.web.assets import build_assets

GOOD = """
[plugin]
id = "notices"
name = { fr = "Avis", en = "Notices" }
summary = { fr = "Des avis." }
version = "1.0.0"
api = 1
requires_portal = ">=0.1,<1"

[plugin.depends]
labs = ">=1"

[plugin.permissions."notices.write"]
fr = "Épingler un avis"
role = "animator"
screen = true
"""
REFUSED = {
    "not TOML": ("api = 1", "api =", "line 7"),
    "twice": ("api = 1", "api = 1\napi = 1", "line 8"),
    "unknown key": ("api = 1", "api = 1\ncolor = 2", "line 8: unknown key: color"),
    "unknown table": ("[plugin.depends]", "[portal]\n[plugin.depends]", "unknown key: portal"),
    "no version": ('version = "1.0.0"\n', "", "missing key: version"),
    "no id": ('id = "notices"\n', "", "missing key: id"),
    "capital": ('"notices"\nname', '"Notices"\nname', "line 3: id not allowed: Notices"),
    "underscore": ('"notices"\nname', '"my_notices"\nname', "line 3: id not allowed"),
    "short": ('"notices"\nname', '"no"\nname', "id not allowed"),
    "not French": ('fr = "Avis", ', "", "needs a French text: name"),
    "name is a text": ('{ fr = "Avis", en = "Notices" }', '"Avis"', "needs a French text: name"),
    "api is a text": ("api = 1", 'api = "one"', "line 7"),
    "default is a text": ("api = 1", 'api = 1\ndefault = "yes"', "line 8: needs true or false: default"),
    "foreign permission": ('"notices.write"]', '"labs.write"]', "permission outside the plugin: labs.write"),
    "unknown role": ('role = "animator"', 'role = "king"', "king"),
    "permission without role": ('role = "animator"\n', "", "missing key: role"),
    "keeps too many words": (
        "screen = true\n",
        f'screen = true\n\n[plugin.data]\nkeeps = {{ fr = "{"a" * 121}" }}\n',
        "longer than 120 signs",
    ),
    "depends is a list": ('[plugin.depends]\nlabs = ">=1"', 'depends = ["labs"]', "depends"),
    "plugin is a text": (GOOD, 'plugin = "notices"', "plugin"),
}


@pytest.fixture
def told(tmp_path):
    def read(text):
        folder = tmp_path / "notices"
        folder.mkdir(exist_ok=True)
        (folder / "plugin.toml").write_text(text, encoding="utf-8")
        return read_manifest(folder, "notices")

    return read


def test_a_good_manifest_says_what_it_says(told):
    manifest = told(GOOD)
    assert (manifest.id, manifest.version, manifest.api) == ("notices", "1.0.0", 1)
    assert manifest.depends == {"labs": ">=1"}
    write = manifest.permissions["notices.write"]
    assert (write.role, write.screen) == (Role.ANIMATOR, True)


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_wrong_is_said(name, told):
    old, new, words = REFUSED[name]
    assert old in GOOD
    with pytest.raises(PluginFault) as fault:
        told(GOOD.replace(old, new))
    assert fault.value.phase == "manifest"
    assert words in str(fault.value)


@pytest.mark.parametrize("name", sorted(name for name in RESERVED if len(name) >= 3))
def test_names_of_the_core_are_not_free(name, told):
    with pytest.raises(PluginFault, match="id not allowed"):
        told(GOOD.replace('id = "notices"', f'id = "{name}"').replace("notices.write", f"{name}.write"))


def test_a_missing_or_unreadable_file_is_a_fault_too(tmp_path, told):
    with pytest.raises(PluginFault):
        read_manifest(tmp_path / "nowhere", "nowhere")
    told(GOOD)
    (tmp_path / "notices" / "plugin.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(PluginFault):
        read_manifest(tmp_path / "notices", "notices")


def test_only_a_script_that_is_declared_runs_in_browsers(tmp_path, told):
    static = tmp_path / "notices" / "static"
    static.mkdir(parents=True)
    for name in ("said.js", "unsaid.js"):
        (static / name).write_text(f"// {name}", encoding="utf-8")
    manifest = told(GOOD + '\n[plugin.assets]\nscripts = ["said.js"]\n')
    assert manifest.scripts == ("said.js",)
    (bundle,) = (found for found in build_assets((), (static / "said.js",)).scripts if found.name.startswith("portal"))
    assert b"// said.js" in bundle.body
    assert b"unsaid" not in bundle.body


@pytest.mark.parametrize("name", ["absent.js", "../../portal.js", "notices.css"])
def test_a_script_that_is_not_there_is_said(name, told):
    with pytest.raises(PluginFault, match="no such script in static"):
        told(GOOD + f'\n[plugin.assets]\nscripts = ["{name}"]\n')
