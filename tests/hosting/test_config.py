"""`portal.toml`: what is not understood refuses to start, and says what would be."""

from __future__ import annotations

import pytest

from portal.errors import ConfigError
from portal.hosting.config import LOOPBACK, read_instance, write_secret
from portal.loader.rules import Rule

TWO = """
[[collectivity]]
slug = "nord"
name = "Nord"
hosts = ["nord.example"]

[[collectivity]]
slug = "{slug}"
name = "Sud"
hosts = ["{host}"]
"""
REFUSED = {
    "unknown key": ('timezon = "Europe/Paris"', "« timezon ». Le plus proche est « timezone »"),
    "unknown server key": ("[server]\nport_ = 1", "« port_ ». Le plus proche est « port »"),
    "unknown collectivity key": ('[[collectivity]]\nslug = "a"\nhost = "x"', "Le plus proche est « hosts »"),
    "a key like no other": ("[server]\nzzzqqq = 1", "« zzzqqq ». Ceux qui existent : "),
    "text for a number": ('[server]\nport = "8000"', "« port » doit être un nombre entier"),
    "number for a text": ("name = 3", "« name » doit être un texte"),
    "number for a yes": ("[server]\nhttps = 1", "« https » doit être true ou false"),
    "yes for a number": ("[server]\nport = true", "« port » doit être un nombre entier"),
    "text for a list": ('hosts = "a.example"', "« hosts » doit être une liste de textes"),
    "numbers in a list": ("hosts = [1]", "« hosts » doit être une liste de textes"),
    "text for demo": ('demo = "no"', "« demo » doit être true ou false"),
    "not TOML": ("name =", "portal.toml"),
    "one host twice": (TWO.format(slug="sud", host="nord.example"), "« nord.example » est donné à nord et à sud"),
    "one slug twice": (TWO.format(slug="nord", host="sud.example"), "« slug nord » est donné à nord et à nord"),
    "a folder elsewhere": (TWO.format(slug="../sud", host="sud.example"), "n'est pas un nom de dossier"),
    "unknown zone": ('timezone = "Europe/Dunkerque"', "fuseau horaire inconnu"),
    "server is a number": ("server = 3", "« server » doit être une section"),
    "log in a tongue nobody reads": ('[log]\nformat = "xml"', "« format » est « text » ou « json »"),
    "keep is a text": ('[backup]\nkeep = "7"', "[backup] : « keep » doit être un nombre entier"),
    "offline is a text": ('[network]\noffline = "yes"', "[network] : « offline » doit être true ou false"),
    "one collectivity, no list": ('[collectivity]\nslug = "a"', "« collectivity » doit être une liste"),
}


@pytest.fixture
def told(tmp_path):
    def read(text):
        (tmp_path / "portal.toml").write_text(text, encoding="utf-8")
        return read_instance(tmp_path)

    return read


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_understood_refuses_to_start_and_says_why(name, told):
    text, words = REFUSED[name]
    with pytest.raises(ConfigError) as refusal:
        told(text)
    assert words in str(refusal.value).replace("\u00a0", " ")


def test_without_a_file_there_is_one_collectivity_on_loopback(tmp_path):
    instance = read_instance(tmp_path)
    (alone,) = instance.collectivities
    assert (alone.slug, alone.hosts) == ("default", LOOPBACK)
    assert instance.url_of(alone).endswith("/default/portal.db")


def test_without_a_list_the_settings_are_those_of_the_only_one(told):
    instance = told('name = "Ville de Test"\nhosts = ["portail.example"]\n[server]\nport = 9000\n')
    assert instance.collectivities[0].name == "Ville de Test"
    assert instance.server.port == 9000


def test_with_a_list_each_has_its_host_its_database_and_its_folder(told):
    instance = told(TWO.format(slug="sud", host="sud.example"))
    assert [item.slug for item in instance.collectivities] == ["nord", "sud"]
    assert len({instance.url_of(item) for item in instance.collectivities}) == 2


def test_the_key_is_made_once_and_read_by_its_owner_alone(tmp_path):
    with pytest.raises(ConfigError, match="portal init"):
        read_instance(tmp_path).secret()
    write_secret(tmp_path)
    first = read_instance(tmp_path).secret()
    write_secret(tmp_path)
    assert read_instance(tmp_path).secret() == first
    assert (tmp_path / "secret.key").stat().st_mode & 0o777 == 0o600


def test_the_operator_allows_forces_and_forbids_plugins_for_all_or_for_one(told):
    instance = told(
        '[plugins]\nforce = ["directory"]\nforbid = ["labs"]\n'
        + TWO.format(slug="sud", host="sud.example")
        + '[collectivity.plugins]\nallow = ["labs", "notices"]\nforbid = ["directory"]\n'
    )
    nord, sud = (item.plugins.under(instance.plugins) for item in instance.collectivities)
    names = ("directory", "labs", "notices", "other")
    assert [nord.about(name) for name in names] == [Rule.FORCED, Rule.FORBIDDEN, Rule.FREE, Rule.FREE]
    assert [sud.about(name) for name in names] == [Rule.FORBIDDEN, Rule.FREE, Rule.FREE, Rule.FORBIDDEN]
    assert nord.decide(frozenset({"labs", "notices"})) == {"directory", "notices"}
    assert sud.decide(frozenset({"labs", "other"})) == {"labs"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[plugins]\nforbidden = ["labs"]', "« forbidden ». Le plus proche est « forbid »"),
        ('[plugins]\nforce = "labs"', "« force » doit être une liste de textes"),
        ('plugins = ["labs"]', "« plugins » doit être une section"),
        ('[plugins]\nforce = ["labs"]\nforbid = ["labs"]', "« labs » est à la fois dans « force » et dans « forbid »"),
        ('[[collectivity]]\nslug = "a"\nplugins = ["labs"]', "« plugins » doit être une section"),
        ('[[collectivity]]\nslug = "a"\n[collectivity.plugins]\nalow = []', "« alow ». Le plus proche est « allow »"),
    ],
)
def test_a_rule_about_plugins_that_is_not_understood_refuses_to_start(told, text, words):
    with pytest.raises(ConfigError) as refusal:
        told(text)
    assert words in str(refusal.value).replace("\u00a0", " ")
