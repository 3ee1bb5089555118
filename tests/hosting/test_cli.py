"""The `portal` command, as the person at the keyboard uses it."""

from __future__ import annotations

import logging
import re
import socket
import sqlite3
import subprocess
import sys

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from werkzeug.test import Client

from portal.cli.main import main
from portal.hosting.config import read_instance
from portal.hosting.dispatcher import Dispatcher
from portal.loader.models import PluginState
from portal.people.models import User

LINK = re.compile(r"http://[\w.]+(?::\d+)?(/link/[\w.-]+)")
ON = sa.select(PluginState.id).where(PluginState.is_on).order_by(PluginState.id)


@pytest.fixture
def portal(tmp_path, apart):
    """Run `portal …` on an instance; `fails=True` for a refusal."""
    before = logging.root.handlers[:]

    def run(*words, fails=False, folder=tmp_path / "instance", **options):
        done = CliRunner().invoke(main, ["--instance", str(folder), *words], **options)
        assert (done.exit_code != 0) is fails, (words, done.output, done.exception)
        assert fails is False or done.exit_code == 1 or "Usage" in done.output, done.output
        return done.output.replace("\u00a0", " ")

    yield run
    logging.root.handlers[:] = before


@pytest.fixture
def ready(portal):
    portal("init", "--name", "Ville de Test", "--admin", "Ida Kerbrat")
    return portal


def rows(folder, statement, slug="default"):
    engine = sa.create_engine(f"sqlite:///{folder / 'instance' / slug / 'portal.db'}")
    with engine.connect() as conn:
        found = conn.execute(statement).all()
    engine.dispose()
    return found


@pytest.mark.real
def test_init_makes_an_instance_that_answers_and_a_link_that_opens_it(portal, tmp_path):
    said = portal("init", "--name", "Ville de Test", "--admin", "Ida Kerbrat")
    path = LINK.search(said).group(1)
    dispatcher = Dispatcher(read_instance(tmp_path / "instance"))
    page = Client(dispatcher).get(path, base_url="http://localhost")
    dispatcher.sites["localhost"].engine.dispose()
    assert page.status_code == 200
    assert "Ida Kerbrat" in page.text
    assert "Ville de Test" in page.text
    assert rows(tmp_path, sa.select(User.name, User.role)) == [("Ida Kerbrat", "admin")]


def test_a_command_that_ended_leaves_its_database_whole_in_one_file(tmp_path):
    """Whoever copies `portal.db` alone has all of it."""
    command = [sys.executable, "-m", "portal.cli", "--instance", str(tmp_path / "instance"), "init"]
    subprocess.run(command, check=True, capture_output=True)
    assert (tmp_path / "instance/default/portal.db").exists()
    assert not list((tmp_path / "instance/default").glob("portal.db-*"))


def test_init_again_keeps_what_is_there(ready, tmp_path):
    key = (tmp_path / "instance/secret.key").read_text()
    ready("init", "--name", "Autre nom")
    assert (tmp_path / "instance/secret.key").read_text() == key
    assert read_instance(tmp_path / "instance").collectivities[0].name == "Ville de Test"


def test_a_new_collectivity_begins_with_the_directory_and_a_choice_stays(ready, tmp_path):
    assert rows(tmp_path, sa.select(PluginState.id, PluginState.is_on)) == [("directory", True)]
    ready("plugins", "disable", "directory")
    ready("init")
    assert rows(tmp_path, sa.select(PluginState.id, PluginState.is_on)) == [("directory", False)]


def test_without_init_a_command_says_what_to_do(portal, tmp_path):
    said = portal("plugins", "list", fails=True)
    assert said.startswith("Error: ")
    assert "Traceback" not in said
    assert not (tmp_path / "instance/default/portal.db").exists()


def test_a_backup_of_nothing_makes_no_folder(portal, tmp_path):
    assert "Il n'y a pas d'instance" in portal("backup", folder=tmp_path / "elsewhere", fails=True)
    assert not (tmp_path / "elsewhere").exists()


def test_a_database_that_is_none_or_held_is_said_in_a_sentence(ready, tmp_path):
    path = tmp_path / "instance/default/portal.db"
    held = sqlite3.connect(path, isolation_level=None)
    held.execute("BEGIN IMMEDIATE")
    assert "La base est occupée" in ready("plugins", "disable", "directory", fails=True)
    held.close()
    path.write_text("pas une base")
    for command in (["backup"], ["plugins", "list"]):
        assert "La base ne répond pas" in ready(*command, fails=True)


def test_a_person_is_added_with_a_link_then_linked_again_then_disabled(ready, tmp_path):
    said = ready("user", "add", "Awa Diop", "--matricule", "4012", "--pin", "582914")
    assert LINK.search(said)
    again = ready("user", "link", "4012")
    assert LINK.search(again).group(1) != LINK.search(said).group(1)
    assert "Awa Diop n'entre plus" in ready("user", "disable", "4012")
    ready("user", "link", "4012", fails=True)
    found = rows(tmp_path, sa.select(User.role, User.disabled_at).where(User.name != "Ida Kerbrat"))
    assert found[0][0] == "agent"
    assert found[0][1] is not None


def test_a_matricule_belongs_to_one_person(ready):
    ready("user", "add", "Awa Diop", "--matricule", "4012")
    assert "4012" in ready("user", "add", "Bea Lo", "--matricule", "4012", fails=True)


def test_a_pin_that_anybody_would_try_is_refused(ready):
    ready("user", "add", "Awa Diop", "--matricule", "4012", "--pin", "123456", fails=True)


@pytest.mark.real
def test_plugins_are_listed_switched_on_and_off(ready, tmp_path):
    assert re.search(r"labs\s+éteinte|labs\s+off|labs\s+désactiv", ready("plugins", "list"))
    assert "Labos : allumée." in ready("plugins", "enable", "labs")
    assert rows(tmp_path, sa.select(PluginState.id, PluginState.is_on).order_by(PluginState.id)) == [
        ("directory", True),
        ("labs", True),
    ]
    assert "labs : éteinte." in ready("plugins", "disable", "labs")
    assert rows(tmp_path, sa.select(PluginState.id, PluginState.is_on).order_by(PluginState.id)) == [
        ("directory", True),
        ("labs", False),
    ]


def test_an_unknown_plugin_is_refused_in_words(ready):
    for act in ("enable", "disable"):
        assert "Traceback" not in ready("plugins", act, "ghosts", fails=True)


def test_a_second_collectivity_answers_on_its_host_and_the_first_does_not_vanish(ready, tmp_path):
    said = ready("collectivity", "add", "commune", "--host", "commune.example", "--name", "Commune de Test")
    assert LINK.search(said)
    listed = ready("collectivity", "list")
    assert "default" in listed
    assert "commune.example" in listed
    ready("plugins", "list", fails=True)  # which one?
    ready("plugins", "enable", "labs", "--collectivity", "commune")
    assert rows(tmp_path, sa.select(PluginState.id).order_by(PluginState.id), slug="commune") == [
        ("directory",),
        ("labs",),
    ]
    assert rows(tmp_path, ON) == [("directory",)]


def test_a_collectivity_that_cannot_be_added_leaves_the_list_as_it_was(ready, tmp_path):
    before = (tmp_path / "instance/portal.toml").read_text()
    ready("collectivity", "add", "commune", "--host", "localhost", "--name", "Commune", fails=True)
    assert (tmp_path / "instance/portal.toml").read_text() == before


def test_a_removed_collectivity_is_set_aside_and_nothing_is_deleted(ready, tmp_path):
    ready("collectivity", "add", "commune", "--host", "commune.example", "--name", "Commune de Test")
    ready("collectivity", "remove", "commune", input="n\n", fails=True)
    ready("collectivity", "remove", "commune", "--yes")
    assert "commune" not in ready("collectivity", "list")
    assert (tmp_path / "instance/commune.retirée/portal.db").exists()
    ready("collectivity", "remove", "commune", "--yes", fails=True)


def test_upgrade_says_what_it_did_and_is_harmless_twice(ready):
    assert "default : déjà à jour" in ready("upgrade")
    assert "ghosts" in ready("upgrade", "--only", "ghosts", fails=True)
    assert "labs_0001" in ready("upgrade", "--only", "labs")
    assert "déjà à jour" in ready("upgrade")


def test_one_round_of_work_ends_by_itself(ready):
    ready("plugins", "enable", "labs")
    ready("work", "--once")


def test_routes_say_who_may_come_in(ready):
    ready("plugins", "enable", "labs")
    lines = ready("routes").splitlines()
    (row,) = [line for line in lines if " /plugins " in line]
    assert "requires portal.plugins" in row
    assert any(" /labs/ " in line and "signed_in" in line for line in lines)
    assert not [line for line in lines if line.endswith("?")]


def test_hooks_print_their_manual(portal):
    said = portal("hooks")
    assert "portal_sections" in said
    assert "Example::" in said


def test_a_typing_mistake_in_the_settings_is_one_sentence(ready, tmp_path):
    path = tmp_path / "instance/portal.toml"
    path.write_text(path.read_text().replace("[server]", "[server]\nwokers = 2"))
    for command in (["run"], ["plugins", "list"], ["upgrade"], ["collectivity", "list"]):
        said = ready(*command, fails=True)
        assert "Le plus proche est « workers »" in said
        assert "Traceback" not in said


def test_a_port_that_is_taken_is_said_before_anything_starts(ready):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        said = ready("run", "--port", str(other.getsockname()[1]), fails=True)
    assert "est déjà pris" in said
    assert "--port" in said


def test_an_address_of_another_machine_is_said(ready, tmp_path):
    settings = tmp_path / "instance/portal.toml"
    settings.write_text(settings.read_text().replace("[server]", '[server]\nhost = "192.0.2.1"'))
    assert "192.0.2.1 n’est pas une adresse de cette machine" in ready("run", fails=True)
