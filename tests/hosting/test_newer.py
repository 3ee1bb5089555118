"""A database that a newer portal has upgraded: one sentence that stays true, wherever one asks, and nothing changes."""

from __future__ import annotations

import logging

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from werkzeug.test import Client

from portal.cli.main import main
from portal.db import side_write
from portal.engines import close_all
from portal.loader.discovery import scan
from portal.loader.migrating import migrate

from tests.hosting.instances import all_rows, place_for, site_in
from tests.hosting.servers import served
from tests.houses import opened

PAGE = (
    "Les données de ce portail viennent d’une version plus récente que celle qui répond ici : rien n’est perdu, ses "
    "administrateurs doivent installer cette version."
)
SENTENCE = (
    "Les tables de « {} » en sont à {}, inconnue ici : elles viennent d'un code plus récent. Mettez le code à jour "
    "d'abord."
)
NOTED = ("inventory_plugins",)  # when the core was last looked at


def move_on(site, plugin):
    """Do what an upgrade by a newer code leaves behind."""
    with side_write(site.engine) as conn:
        conn.execute(sa.text(f"UPDATE alembic_version_{plugin} SET version_num = '{plugin}_9999'"))
        conn.execute(sa.text("UPDATE portal_state SET revision = revision + 1"))


@pytest.fixture
def folder(database, tmp_path):
    return place_for(database, tmp_path / "instance")


@pytest.fixture
def site(folder):
    made = site_in(folder)
    yield made
    made.engine.dispose()


@pytest.fixture
def portal(folder):
    """Run `portal …` on the instance."""
    before = logging.root.handlers[:]

    def run(*words):
        said = CliRunner().invoke(main, ["--instance", str(folder), *words])
        close_all()  # as the end of a process does
        return said

    yield run
    logging.root.handlers[:] = before


@pytest.mark.parametrize("warm", [False, True], ids=["cold", "warm"])
def test_its_pages_say_that_a_newer_version_must_be_installed(site, warm):
    with opened(site.instance) as house:
        client = Client(house.dispatcher)
        if warm:
            assert client.get("/healthz", base_url="http://localhost").status_code == 200
        move_on(site, "portal")
        before = all_rows(site)
        for path in ("/", "/healthz", "/labs/"):
            answer = client.get(path, base_url="http://localhost")
            assert (answer.status_code, answer.text) == (503, PAGE + "\n")
        assert all_rows(site) == before


@pytest.mark.parametrize("words", [("upgrade",), ("init",), ("rescue",), ("doctor",)], ids=" ".join)
def test_commands_say_it_and_change_nothing(site, portal, words):
    move_on(site, "portal")
    before = all_rows(site)
    said = portal(*words)
    assert said.exit_code != 0
    assert SENTENCE.format("portal", "portal_9999") in said.output
    assert "Traceback" not in said.output
    assert all_rows(site) == before


def test_a_server_that_starts_on_it_says_it_in_its_log_and_on_its_pages(site, folder):
    move_on(site, "portal")
    before = all_rows(site)
    with served(folder) as server:
        assert server.ask("/") == (503, PAGE + "\n")
    assert SENTENCE.format("portal", "portal_9999") in server.log()
    assert all_rows(site) == before


def test_tables_of_a_newer_plugin_are_left_alone_and_the_others_upgraded(site, portal):
    migrate(site.url, [scan().manifests["labs"]])
    move_on(site, "labs")
    before = all_rows(site, without=NOTED)
    for words in (("upgrade",), ("doctor",)):
        assert SENTENCE.format("labs", "labs_9999") in portal(*words).output
    assert all_rows(site, without=NOTED) == before
