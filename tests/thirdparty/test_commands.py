"""The commands of a plugin: under its own id, where it is on, in the collectivity that is named."""

from __future__ import annotations

import logging

import pytest
from click.testing import CliRunner

from portal.cli.main import main

COMMANDS = """

import click


@click.command(name="add", help="Épingle un avis.")
@click.argument("text")
@click.option("--twice", is_flag=True)
def add(text, twice):
    with api.transaction():
        api.session.add(Notice(lab_id=1, text=text, author_id=1, written_at=api.now()))
    if twice:
        raise api.Conflict("Cet avis est déjà là.")


@click.command(name="list")
def listed():
    for text in api.session.scalars(sa.select(Notice.text)):
        click.echo(text)


@api.hookimpl
def portal_commands():
    return [add, listed]
"""


@pytest.fixture
def portal(tmp_path, stranger):
    """Run `portal …` on an instance where the stranger has commands."""
    stranger.append("plugin.py", COMMANDS)
    before = logging.root.handlers[:]

    def run(*words, code=0):
        done = CliRunner().invoke(main, ["--instance", str(tmp_path / "instance"), *words])
        assert done.exit_code == code, (words, done.output, done.exception)
        assert "Traceback" not in done.output
        return done.output.replace("\u00a0", " ")

    run("init", "--name", "Ville de Test")
    yield run
    logging.root.handlers[:] = before


@pytest.fixture
def on(portal):
    portal("plugins", "enable", "notices")
    return portal


def test_a_command_of_a_plugin_writes_in_its_own_transaction_and_another_reads(on):
    on("notices", "add", "La salle est prise")
    assert "La salle est prise" in on("notices", "list")


def test_a_refusal_is_one_sentence_and_what_was_committed_stays(on):
    assert "Cet avis est déjà là." in on("notices", "add", "Jeudi", "--twice", code=1)
    assert "Jeudi" in on("notices", "list")


def test_the_help_of_a_plugin_lists_its_commands(on):
    said = on("notices", "--help")
    assert "Épingle un avis." in said
    assert "list" in said
    assert "portal <extension> --help" in on("--help")


def test_off_its_commands_are_not_there_and_the_way_is_said(portal):
    for words in (["notices", "list"], ["notices", "--help"]):
        assert "portal plugins enable notices" in portal(*words, code=1)


def test_an_unknown_plugin_or_command_is_a_typing_mistake(on):
    on("ghosts", "list", code=2)
    on("notices", "ghosts", code=2)


@pytest.mark.parametrize("place", [1, 2, 3], ids=["before", "between", "after"])
def test_the_collectivity_is_named_where_one_likes(on, place):
    on("collectivity", "add", "commune", "--host", "commune.example", "--name", "Commune de Test")
    assert "--collectivity" in on("notices", "list", code=1)
    on("plugins", "enable", "notices", "--collectivity", "commune")
    words = ["notices", "add", "Marché samedi"]
    on(*words[:place], "--collectivity", "commune", *words[place:])
    assert "Marché samedi" in on("notices", "list", "--collectivity=commune")
    assert "Marché samedi" not in on("notices", "list", "--collectivity", "default")


def test_a_plugin_whose_commands_are_no_commands_is_set_aside(portal, stranger):
    stranger.edit("plugin.py", "return [add, listed]", "return ['add']")
    assert "portal_commands" in portal("plugins", "enable", "notices", code=1)
