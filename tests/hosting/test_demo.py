"""The demonstration is played through the pages, keeps what is typed in it, and shows what the portal promises."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from html import unescape
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from flask import Flask

from portal.cli.main import main
from portal.content.clock import now
from portal.db import db, transaction
from portal.demo.playing import move_demo, play_demo, reset_demo
from portal.errors import PortalError
from portal.hosting.config import read_instance
from portal.hosting.factory import create_app
from portal.hosting.operating import init_instance
from portal.hosting.site import site_of
from portal.people.functions import function_cards, function_choices
from portal.people.users import add_user, one_user

PARIS = ZoneInfo("Europe/Paris")
PRESENT = datetime(2018, 1, 26, 14, 40, tzinfo=PARIS)
A_SECOND = timedelta(seconds=1)  # the clock is moved by whole ones
COPIL_BEGINS = datetime(2018, 2, 22, 9, 50, tzinfo=PARIS)
PLUGINS = ("ambassadors", "copils", "directory", "labs", "programmes", "regards", "restitutions")
LINES = (  # the day as it was announced
    "10 h – 11 h Foire aux Transfos",
    "11 h – 12 h 30 Montre-moi où en est ton projet de labo ?",
    "12 h 30 – 14 h Pause déjeuner",
    "14 h – 14 h 30 La sieste des mots",
    "Atelier 1 14 h 30 – 17 h 15 Au boulot !",
    "Atelier 2 14 h 30 – 17 h 15 Au boulot !",
    "Atelier 3 14 h 30 – 17 h 15 Au boulot !",
    "17 h 15 – 17 h 30 Inattendu",
    "à partir de 17 h 30 After & carnaval",
)
WITHOUT_MAIL = {"D214", "D231"}


@pytest.fixture(scope="module")
def played(played: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the stories, played once, in a folder of these tests."""
    return shutil.copytree(played, tmp_path_factory.mktemp("demo") / "demo")


@contextmanager
def inside(folder: Path, slug: str) -> Iterator[Flask]:
    """Look into one of the two collectivities."""
    site = site_of(read_instance(folder), slug)
    assert site is not None
    app = create_app(site)
    with app.app_context():
        yield app
    site.engine.dispose()


def column(statement: str) -> list[object]:
    return list(db.session.scalars(sa.text(statement)))


def test_one_lab_is_open_two_are_told_two_are_announced(played):
    with inside(played, "interlabos"):
        rows = db.session.execute(sa.text("SELECT starts_at, ends_at, told_at, cancelled_at FROM labs_ephemeral")).all()
        at = now().replace(tzinfo=None)
    states = Counter(state(at, *(instant(value) for value in row)) for row in rows)
    assert states == {"open": 1, "told": 2, "announced": 2}


def instant(value: object) -> datetime | None:
    return datetime.fromisoformat(str(value)).replace(tzinfo=None) if value else None


def state(at, starts_at, ends_at, told_at, cancelled_at):
    assert cancelled_at is None
    if at < starts_at:
        return "announced"
    if at < ends_at:
        return "open"
    return "told" if told_at else "closed"


def test_it_is_friday_26_january_2018_there_and_the_clock_runs(played):
    with inside(played, "interlabos"):
        assert -A_SECOND < now() - PRESENT < timedelta(minutes=30)
    with inside(played, "commune"):
        assert now().year > PRESENT.year


def test_the_four_labs_say_what_may_still_change_and_one_function_is_vacant(played):
    with inside(played, "interlabos"):
        assert len(column("SELECT id FROM labs_lab")) == 4
        assert len(set(column("SELECT lab_id FROM labs_margin"))) == 4
        cards = function_cards([number for number, _name in function_choices()], at=now())
    assert [card.name for card in cards.values() if card.is_vacant] == ["Direction générale des services, Mulhouse"]


def test_some_have_no_mail_and_enter_by_a_code(played):
    with inside(played, "interlabos"):
        users = [one_user(matricule) for matricule in WITHOUT_MAIL]
        assert all(user.email is None and user.pin_hash for user in users)


def test_the_commune_has_the_core_alone(played):
    with inside(played, "commune") as app:
        assert not app.config["PLUGINS"]
        assert app.test_client().get("/labs/").status_code == 404
    with inside(played, "interlabos") as app:
        assert set(app.config["PLUGINS"]) == set(PLUGINS)


def test_a_second_run_keeps_what_was_typed_and_a_reset_does_not(played, tmp_path):
    folder = tmp_path / "demo"
    shutil.copytree(played, folder)
    with inside(folder, "interlabos"), transaction():
        add_user("Zoé Tard-Venue", matricule="Z1")
    lines = list(play_demo(folder, port=8000))
    assert "La soirée se joue…" not in lines
    with inside(folder, "interlabos"):
        assert one_user("Z1").name == "Zoé Tard-Venue"
    reset_demo(folder)
    assert not folder.exists()


def test_its_hour_is_moved_forward_by_the_command_and_never_back(played, tmp_path, monkeypatch):
    shutil.copytree(played, tmp_path / "demo")
    monkeypatch.setenv("PORTAL_INSTANCE", str(tmp_path))
    said = CliRunner().invoke(main, ["demo", "--no-serve", "--at", "2018-02-22T09:50"]).output
    assert "La démonstration est au 22/02/2018, 09 h 50." in said
    with inside(tmp_path / "demo", "interlabos"):
        assert -A_SECOND < now() - COPIL_BEGINS < timedelta(minutes=5)
    with inside(tmp_path / "demo", "commune"):
        assert now().year > PRESENT.year
    back = CliRunner().invoke(main, ["demo", "--no-serve", "--at", "2018-02-01 09:50"])
    assert back.exit_code == 1 and "--reset" in back.output


def test_the_hour_of_an_instance_that_people_work_in_is_not_moved(tmp_path):
    init_instance(tmp_path)
    with pytest.raises(PortalError, match="pas une démonstration"):
        move_demo(tmp_path, COPIL_BEGINS)
    with inside(tmp_path, "default"):
        assert column("SELECT clock_offset_seconds FROM portal_state") == [0]


def test_one_address_is_printed_per_person(played):
    lines = list(play_demo(played, port=8021))
    addresses = [line.partition("\n")[2].strip() for line in lines if "/link/" in line]
    assert len(addresses) == len(set(addresses)) == 19
    assert all(":8021/link/" in address for address in addresses)


def test_forty_people_have_a_card_or_a_paper_one(played):
    with inside(played, "interlabos"):
        assert column("SELECT count(*) FROM ambassadors_card") == [39]
        (waits_for,) = column("SELECT person_id FROM ambassadors_draft")
        assert waits_for == one_user("D231").id


def test_anybody_reads_the_day_to_the_minute_and_its_end_is_open(played):
    with inside(played, "interlabos") as app:
        assert column("SELECT count(*) FROM programmes_sign_up") == [13]
        said = app.test_client().get("/programmes/public/1").text
    words = " ".join(unescape(re.sub(r"<[^>]+>", " ", said.partition("<main")[2])).split())
    places = [words.index(line) for line in LINES]
    assert places == sorted(places)


def test_each_lab_has_a_stand_and_a_board_two_of_which_are_revealed(played):
    with inside(played, "interlabos"):
        assert column("SELECT count(*) FROM programmes_stand") == [4]
        on_labs = "SELECT count(*) FROM regards_board WHERE subject_kind = 'labs.lab'"
        assert column(on_labs) + column(f"{on_labs} AND revealed_at IS NOT NULL") == [4, 2]
        assert column("SELECT count(*) FROM regards_card WHERE handed_in_at IS NULL") == [1]  # still being written
        assert column("SELECT count(*) FROM regards_card WHERE origin = 'visitor'") == [2]
        assert column("SELECT count(*) FROM regards_line WHERE reply IS NOT NULL") == [2]
        became = column("SELECT became_kind FROM regards_line WHERE became_kind IS NOT NULL ORDER BY became_kind")
    assert became == ["copils.question", "labs.ephemeral"]


def test_no_link_of_the_source_is_published_and_the_torn_one_is_not_guessed(played):
    with inside(played, "interlabos"):
        rows = db.session.execute(sa.text("SELECT status, key FROM restitutions_restitution ORDER BY id")).all()
    assert [tuple(row) for row in rows] == [
        ("to_confirm", "we-Obs2KR28"),
        ("to_confirm", "cAGqrG5Moc0"),
        ("to_check", ""),
        ("published", ""),  # a film that stands here
        ("to_clear", ""),  # and one that waits for somebody who is filmed
    ]
