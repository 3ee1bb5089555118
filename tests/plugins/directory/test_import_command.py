"""`portal directory import`: what the pages do, for a script."""

from __future__ import annotations

import csv
import logging

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from portal.cli.main import main
from portal.people.models import User

from tests.plugins.directory.import_files import file_of


@pytest.fixture
def portal(tmp_path, apart):
    """Run `portal …` on an instance where the directory is on."""
    before = logging.root.handlers[:]

    def run(*words, code=0):
        done = CliRunner().invoke(main, ["--instance", str(tmp_path / "instance"), *map(str, words)])
        assert done.exit_code == code, (words, done.output, done.exception)
        assert "Traceback" not in done.output
        return done.output.replace("\u00a0", " ")

    run("init", "--name", "Ville de Test", "--admin", "Ida Kerbrat")
    run("plugins", "enable", "directory")
    yield run
    logging.root.handlers[:] = before


@pytest.fixture
def send(portal, tmp_path):
    """Write a file and run `portal directory import` on it."""

    def run(content, *options, code=0):
        path = tmp_path / "agents.csv"
        path.write_bytes(content)
        return portal("directory", "import", path, *options, code=code)

    return run


def names(tmp_path):
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'instance/default/portal.db'}")
    with engine.connect() as conn:
        found = set(conn.scalars(sa.select(User.name).where(User.disabled_at.is_(None))))
    engine.dispose()
    return found


TWO = file_of(["M1", "Diop", "Awa", "", "Sports", "", "M2"], ["M2", "Lang", "Bo", "", "Sports"], ["", "Sans", "Clé"])


def test_without_apply_it_only_says_what_it_would_do(send, tmp_path):
    said = send(TWO)
    assert "personnes à ajouter : 2" in said
    assert "services à ajouter : 1" in said
    assert "ligne 4" in said
    assert "Ni matricule ni adresse" in said
    assert "Rien n'a changé" in said
    assert names(tmp_path) == {"Ida Kerbrat"}


def test_with_apply_it_does_it_and_again_changes_nothing(send, tmp_path):
    said = send(TWO, "--apply")
    assert "personnes ajoutées : 2" in said
    assert names(tmp_path) == {"Ida Kerbrat", "Awa Diop", "Bo Lang"}
    assert "rien à changer" in send(TWO, "--apply")


def test_departures_ask_for_their_number(send, tmp_path):
    send(TWO, "--apply")
    one = file_of(["M1", "Diop", "Awa", "", "Sports"])
    assert "départs possibles : 1" in send(one, "--complete")
    send(one, "--complete", "--apply")
    assert "Bo Lang" in names(tmp_path)
    assert "Rien n'a changé" in send(one, "--complete", "--apply", "--leavers", "2", code=1)
    assert "personnes parties : 1" in send(one, "--complete", "--apply", "--leavers", "1")
    assert names(tmp_path) == {"Ida Kerbrat", "Awa Diop"}


@pytest.mark.parametrize("options", [[], ["--apply"]], ids=["preview", "applied"])
def test_the_report_is_written_line_by_line(send, tmp_path, options):
    report = tmp_path / "report.csv"
    send(TWO, *options, "--report", report)
    rows = list(csv.reader(report.read_text(encoding="utf-8-sig").splitlines(), delimiter=";"))
    by_line = {row[0]: row for row in rows[1:] if row[3] != "Sports"}
    assert by_line["2"][1:4] == ["ajout", "M1", "Awa Diop"]
    assert by_line["4"][1] == "refus"
    assert (by_line["2"][9] == "fait") is bool(options)


def test_services_have_their_own_option(send):
    content = file_of(["S", "Sports", ""], ["P", "Piscine", "S"], header=["Code", "Nom", "Code parent"])
    assert "services ajoutés : 2" in send(content, "--services", "--apply")


def test_columns_may_be_said_by_hand(send, tmp_path):
    content = file_of(["M1", "Awa Diop"], header=["N° agt", "Qui"])
    said = send(content, "--apply", code=1)
    assert "Il manque une colonne" in said
    assert "--column" in said
    send(content, "--apply", "--column", "N° agt=matricule", "--column", "Qui=name")
    assert "Awa Diop" in names(tmp_path)
    assert "Ghost" in send(content, "--column", "Ghost=name", code=1)


def test_a_file_that_is_no_list_is_one_sentence(send):
    assert "classeur" in send(b"PK\x03\x04....", code=1)


def test_a_folder_of_another_collectivity_is_asked_for(portal, tmp_path):
    portal("collectivity", "add", "commune", "--host", "commune.example", "--name", "Commune")
    path = tmp_path / "agents.csv"
    path.write_bytes(TWO)
    portal("directory", "import", path, code=1)
    portal("plugins", "enable", "directory", "--collectivity", "commune")
    portal("directory", "import", path, "--apply", "--collectivity", "commune")
    assert names(tmp_path) == {"Ida Kerbrat"}
