"""One person: all that is held about them is handed over, and goes when they are erased (P17, G3, G6)."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import make_url

from portal.content.audit import entry_hash
from portal.content.clock import now
from portal.content.files.keeping import keep_file, receive
from portal.content.files.models import FileContent
from portal.content.files.storing import sweep_contents
from portal.content.models import AuditEntry, AuditHead, AuditPerson
from portal.content.notices import mark_read, notify
from portal.content.privacy.holdings import holdings
from portal.db import db, is_postgresql, transaction
from portal.errors import Conflict
from portal.hosting.erasures import journal_path, keep_journal, read_journal, rewrite, settle_erasure
from portal.hosting.factory import create_app
from portal.loader.inventory.sheets import read_inventory
from portal.loader.models import PluginState
from portal.people.erasing import erase_person, forget_again
from portal.people.models import User
from portal.people.persons import subject_of
from portal.texts import CORE, texts
from portal.values import Subject, Viewer
from portal.web.takeout import takeout

from tests.architecture.repository import ROOT
from tests.content.privacy.canaries import LONG_AGO, Canaries, every_text
from tests.plugins.labs.factories import make_lab, make_project

_ = texts(CORE)
PLUGINS = [path.parent.name for path in sorted(ROOT.glob("plugins/*/plugin.toml"))]
NAME = "Zéphyrine Canari-Absalom"


def audit_entries(number):
    """Write entries nobody stands behind yet: the canaries of the side table need one each."""
    head = db.session.get_one(AuditHead, 1)
    for _ in range(number):
        values = {
            "id": head.last_id + 1,
            "at": LONG_AGO,
            "recorded_at": LONG_AGO,
            "action": "portal.user_added",
            "subject_kind": "portal.user",
            "subject_id": 1,
            "facts": {},
            "commitment": "0" * 64,
            "previous_hash": head.hash,
        }
        values["hash"] = entry_hash(values)
        db.session.execute(sa.insert(AuditEntry).values(**values))
        head.last_id, head.hash = values["id"], values["hash"]
        db.session.flush()


@pytest.fixture
def people(make_user):
    make_user("Odile F.", role="admin")
    return make_user(NAME, email="z@exemple.fr"), make_user("Bruno Voisin-Témoin")


@pytest.fixture
def canaries(writing, people):
    """Give the markers of two people: the one who is erased, and a neighbour."""
    with writing():
        audit_entries(2)
        inventory = read_inventory(db.session)
        return [
            Canaries(inventory, person.id, name=person.name, stem=stem).fill()
            for person, stem in zip(people, ("cui", "piou"), strict=True)
        ]


@pytest.fixture
def bare(site, canaries):
    """Give the app where no plugin is on: what is off is exported and erased all the same."""
    with site.engine.execution_options(tx="write").begin() as conn:
        conn.execute(sa.update(PluginState).values(is_on=False))
    app = create_app(site)
    assert app.config["PLUGINS"] == ()
    return app


def unpacked(archive):
    with archive, zipfile.ZipFile(archive) as found:
        return {name: found.read(name).decode() for name in found.namelist()}


def test_the_archive_tells_everything_of_the_person_and_nothing_of_others(bare, canaries, people):
    mine, others = canaries
    with bare.app_context():
        files = unpacked(takeout(people[0].id))
    for name in ("donnees.json", "donnees.html"):
        assert not [marker for marker in mine.told() if marker not in files[name]]
        assert not [marker for marker in others.markers.values() if marker in files[name]]
    assert NAME in files["donnees.html"]
    told = json.loads(files["donnees.json"])
    assert told["users"]["rows"][0]["password_hash"] == "…"
    assert {held["plugin"] for held in told.values() if isinstance(held, dict) and "plugin" in held} == {
        *PLUGINS,
        "portal",
    }
    assert len(mine.told()) > 60


def test_of_a_row_that_speaks_of_two_each_is_told_their_own(app, people, writing):
    """G3: who opened a project wrote its title, who leads it what was learnt."""
    opener, lead = people
    with writing():
        words = {"title": "Titre-de-Zéphyrine", "learnt": "Appris-de-Bruno"}
        make_project(make_lab(members=people), lead, author_id=opener.id, **words)
    with app.app_context():
        told = [unpacked(takeout(person.id))["donnees.html"] for person in people]
    assert [word in archive for archive in told for word in words.values()] == [True, False, False, True]


def test_erased_nothing_of_the_person_is_in_any_row_but_the_memory_of_the_collectivity(bare, site, canaries, people):
    mine, others = canaries
    with bare.app_context(), transaction():
        erase_person(people[0].id, actor=None, at=now())
    with site.engine.connect() as conn:
        left = every_text(conn)
    still = {marker for marker in mine.markers.values() if marker in left}
    assert still - mine.of_strangers() == mine.kept() - mine.of_strangers()
    for mark in (NAME, "Zéphyrine", "z@exemple.fr"):
        assert mark not in left
    gone = {marker for marker in others.markers.values() if marker not in left}
    assert gone == set()


@pytest.fixture
def sent(bare, people):
    """Give what is in a file of the person."""
    words = "Lettre-de-Zéphyrine"
    with bare.app_context():
        upload = receive(io.BytesIO(words.encode()), name="lettre.txt")
        with transaction():
            keep_file(subject_of(people[0].id), upload, actor=None, at=now())
    return words


def test_erased_no_byte_of_the_person_is_left_in_the_files(bare, site, stored, canaries, people, sent):
    mine, _others = canaries
    marks = [*(set(mine.markers.values()) - mine.kept()), NAME, sent]
    settle_erasure(site)
    before = stored()
    assert all(mark.encode() in before for mark in marks)
    with site.engine.execution_options(tx="write").begin() as conn:
        conn.exec_driver_sql("ANALYZE")  # notes the values it finds
    with bare.app_context(), transaction():
        erase_person(people[0].id, actor=None, at=now())
    settle_erasure(site)
    if is_postgresql(site.engine):
        assert [(table, why) for table, why in rewrite(site.engine) if why] == []
    with bare.app_context(), transaction():  # two days later
        db.session.execute(sa.update(FileContent).values(stored_at=LONG_AGO))
        sweep_contents(now())
    left, strangers = stored(), mine.of_strangers()
    assert [mark for mark in marks if mark.encode() in left and mark not in strangers] == []


@pytest.fixture
def stored(site, database, file_place, instance_folder):
    """Read all bytes of the database, its indexes included, of what people sent, and of what the portal notes."""

    def read():
        address = make_url(site.url)
        if address.get_backend_name() == "sqlite":
            files = [path for path in (Path(address.database), Path(f"{address.database}-wal")) if path.exists()]
        else:
            with site.engine.connect() as conn:
                conn.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("CHECKPOINT")
                number = conn.scalar(sa.text("SELECT oid FROM pg_database WHERE datname = current_database()"))
            files = [*(database.cluster.sockets / f"data/base/{number}").iterdir()]
        sent = Path(file_place.url.removeprefix("file://"))
        files += [path for folder in (sent, instance_folder) for path in folder.rglob("*") if path.is_file()]
        return b"".join(path.read_bytes() for path in files)

    return read


def test_sums_do_not_change(bare, site, canaries, people):
    # G6
    kept = ("labs_ephemeral", "labs_participant", "labs_project", "labs_vote", "labs_ballot", "audit", "users")

    def rows():
        with site.engine.connect() as conn:
            return {table: conn.scalar(sa.text(f"SELECT count(*) FROM {table}")) for table in kept}

    before = rows()
    with bare.app_context(), transaction():
        erase_person(people[0].id, actor=None, at=now())
    after = rows()
    before["audit"] = after["audit"]
    assert after == before


def test_nobody_knows_any_more_what_the_person_did(writing, reading, people, as_viewer):
    with writing():
        from_her = as_viewer(people[0])
    with writing():
        erase_person(people[0].id, actor=None, at=now())
    assert from_her.person_id == people[0].id
    with reading():
        assert db.session.scalars(sa.select(AuditPerson).where(AuditPerson.actor_id == people[0].id)).all() == []


def test_one_who_left_already_is_erased_and_twice_is_once(writing, reading, people):
    for _turn in range(2):
        with writing():
            erase_person(people[0].id, actor=None, at=now())
    with reading():
        user = db.session.get_one(User, people[0].id)
        assert (user.name, user.email, user.matricule) == ("A person who left", None, None)


def test_the_last_administrator_is_not_erased(writing, people):
    with writing(), pytest.raises(Conflict):
        erase_person(1, actor=None, at=now())


def test_a_restored_database_forgets_again_and_nobody_else(site, writing, reading, people):
    with writing():
        erase_person(people[0].id, actor=None, at=now())
    keep_journal(site)
    keep_journal(site)
    lines = read_journal(site)
    assert [line.user_id for line in lines] == [people[0].id]
    assert NAME not in journal_path(site).read_text()
    journal_path(site).unlink()
    with writing():  # the backup was older: she is there again, and so is somebody else with another's number
        db.session.execute(sa.text("DELETE FROM erasures"))
        back = db.session.get_one(User, people[0].id)
        back.name, back.disabled_at = NAME, None
    stranger = type(lines[0])(people[1].id, LONG_AGO, LONG_AGO)
    with writing():
        assert forget_again([*lines, stranger], at=now()) == [people[0].id]
    with reading():
        assert db.session.get_one(User, people[0].id).disabled_at is not None
        assert db.session.get_one(User, people[1].id).name == "Bruno Voisin-Témoin"


def test_who_did_something_is_not_told_when_others_read_of_it(app, writing, make_user):
    awa, bruno = make_user("Awa M."), make_user("Bruno D.")
    with writing():
        subject = Subject("portal.user", awa.id)
        notify([bruno.id], subject, _.later("%(actor)s"), at=now(), actor=Viewer(person_id=awa.id))
        mark_read(bruno.id, at=now())
    with app.app_context():
        told = {
            person: row
            for person in (awa.id, bruno.id)
            for held in holdings(read_inventory(db.session), person)
            for row in held.rows
            if held.table == "notices"
        }
    assert "read_at" not in told[awa.id]
    assert told[bruno.id]["read_at"]
