"""`portal doctor`: each check fails when what it looks at is really wrong, and says what to do."""

from __future__ import annotations

import json
import os
import socket
import sqlite3
import sys
import time
import zoneinfo
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from portal import texts
from portal.cli.main import main
from portal.content.files.models import File, FileContent
from portal.content.models import AuditEntry, JobRun, OutboxMessage
from portal.content.turns import ROUND
from portal.db import PortalState, side_write, transaction
from portal.hosting.backup import back_up
from portal.hosting.config import read_instance
from portal.hosting.doctor import databases, instances, life, machine
from portal.hosting.doctor.checking import FAIL, OK, WARN, Patient, Wrong, look, name_of
from portal.hosting.doctor.report import exit_code, findings
from portal.hosting.factory import create_app
from portal.hosting.running import stay_running
from portal.loader.discovery import scan
from portal.loader.models import Fault, Quarantine
from portal.people.models import User, UserSession
from portal.people.users import add_user
from portal.values import Role

from tests.hosting.instances import place_for, site_in

OF_INSTANCE = (*instances.CHECKS, *machine.CHECKS)
OF_COLLECTIVITY = (databases.database, *databases.CHECKS, *life.CHECKS)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
INSTANT = datetime.now(UTC)


class Place:
    """An instance that a test spoils."""

    def __init__(self, database, folder, monkeypatch):
        self.database, self.monkeypatch = database, monkeypatch
        self.folder = place_for(database, folder)
        self.folder.chmod(0o700)
        self.write(sa.insert(JobRun).values(plugin=ROUND[0], job=ROUND[1], ran_at=INSTANT, due_at=INSTANT))
        self.is_sqlite = database.kind == "sqlite"
        self.undo = ExitStack()

    def finding(self, check, **options):
        patient = Patient(read_instance(self.folder), **options)
        if check in OF_INSTANCE:
            return look(check, patient)
        (site,) = patient.sites
        try:
            return look(check, site, patient)
        finally:
            site.engine.dispose()

    def settings(self, text, *, instead_of_all=False):
        """Write settings: after those of the collectivity, or alone."""
        path = self.folder / "portal.toml"
        path.write_text(text if instead_of_all else path.read_text() + text)

    def write(self, *statements):
        site = site_in(self.folder)
        with side_write(site.engine) as conn:
            for statement in statements:
                conn.execute(sa.text(statement) if isinstance(statement, str) else statement)
        site.engine.dispose()

    def file(self):
        return self.folder / "default/portal.db"

    def back_up(self):
        site = site_in(self.folder)
        try:
            return back_up([site], to=self.folder / "backups", with_key=False, told=lambda *_: None)
        finally:
            site.engine.dispose()


@pytest.fixture
def place(database, tmp_path, monkeypatch):
    made = Place(database, tmp_path / "instance", monkeypatch)
    with made.undo:
        yield made


BREAKS = {}


def breaks(check, *, level=FAIL, only=None, **options):
    """Note how to make a check fail, on both databases or on one."""

    def keep(spoil):
        kinds = (only,) if only else ("sqlite", "postgresql")
        BREAKS[f"{name_of(check)}: {spoil.__name__}"] = (check, spoil, level, kinds, options)
        return spoil

    return keep


# -- the instance


@breaks(instances.settings)
def a_password_anybody_reads(place):
    place.settings('database = "postgresql://portal:secret@127.0.0.1:1/portal"\n', instead_of_all=True)
    (place.folder / "portal.toml").chmod(0o644)


@breaks(instances.folder_mode, level=WARN)
def a_folder_open_to_all(place):
    place.folder.chmod(0o755)


@breaks(instances.folder_owner, level=WARN)
def another_account(place):
    if os.geteuid() == 0:
        os.chown(place.folder, 12345, -1)
    else:
        place.monkeypatch.setattr(os, "geteuid", lambda: 12345)


@breaks(instances.key)
def no_key(place):
    (place.folder / "secret.key").unlink()


@breaks(instances.key)
def half_a_key(place):
    (place.folder / "secret.key").write_text("abcd")


@breaks(instances.key_mode)
def a_key_others_read(place):
    (place.folder / "secret.key").chmod(0o640)


@breaks(instances.encryption)
def listening_to_the_world(place):
    place.settings('[server]\nhost = "0.0.0.0"\n')


@breaks(instances.encryption)
def a_public_name_in_clear(place):
    place.settings('hosts = ["portail.example"]\n', instead_of_all=True)


@breaks(instances.encryption)
def encryption_by_nobody(place):
    place.settings("[server]\nhttps = true\n")


@breaks(instances.encryption, level=WARN)
def a_proxy_in_clear(place):
    place.settings("[server]\nproxies = 1\n")


@breaks(instances.hosts)
def an_address_for_a_name(place):
    place.settings('hosts = ["https://portail.example"]\n', instead_of_all=True)


@breaks(instances.hosts)
def no_public_name_behind_a_proxy(place):
    place.settings("[server]\nproxies = 1\nhttps = true\n")


@breaks(instances.port)
def a_port_of_somebody_else(place):
    taken = place.undo.enter_context(socket.socket())
    taken.bind(("127.0.0.1", 0))
    place.settings(f"[server]\nport = {taken.getsockname()[1]}\n")


@breaks(instances.mail)
def no_mail_server(place):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number = probe.getsockname()[1]
    place.settings(f'[mail]\nhost = "127.0.0.1"\nport = {number}\nsecurity = "none"\nfrom = "a@ville.example"\n')


@breaks(instances.running, level=WARN)
def nobody_at_work(place):
    """Nothing runs in a new folder."""


@breaks(instances.plugins, level=WARN)
def a_plugin_nobody_can_read(place):
    packages = place.folder.parent / "packages"
    (packages / "spoilt-1.0.dist-info").mkdir(parents=True)
    (packages / "spoilt-1.0.dist-info/METADATA").write_text("Metadata-Version: 2.1\nName: spoilt\nVersion: 1.0\n")
    (packages / "spoilt-1.0.dist-info/entry_points.txt").write_text("[portal.plugins]\nspoilt = spoilt\n")
    (packages / "spoilt").mkdir()
    (packages / "spoilt/__init__.py").touch()
    (packages / "spoilt/plugin.toml").write_text("not = [toml")
    place.monkeypatch.syspath_prepend(str(packages))
    place.undo.callback(scan.cache_clear)
    scan.cache_clear()


@breaks(instances.safe_mode, level=WARN)
def a_variable_somebody_forgot(place):
    place.monkeypatch.setenv("PORTAL_SAFE_MODE", "1")


@breaks(instances.unfinished_restore)
def a_restore_cut_short(place):
    (place.folder / "restore.unfinished").touch()


@breaks(instances.backup_age)
def no_backup(place):
    """Nobody made one."""


@breaks(instances.backup_age, level=WARN)
def a_backup_of_the_day_before(place):
    past = time.time() - 30 * 3600
    os.utime(place.back_up(), (past, past))


@breaks(instances.backup_age)
def a_backup_of_last_month(place):
    past = time.time() - 30 * 86400
    os.utime(place.back_up(), (past, past))


@breaks(instances.backup_sound)
def a_backup_cut_short(place):
    archive = place.back_up()
    archive.write_bytes(archive.read_bytes()[:3000])


@breaks(instances.backup_sound, is_full=True)
def a_backup_with_a_flipped_bit(place):
    archive = place.back_up()
    data = bytearray(archive.read_bytes())
    data[515] ^= 1
    archive.write_bytes(data)


@breaks(instances.backup_sound, level=WARN)
def a_backup_without_the_newest_collectivity(place):
    place.back_up()
    place.settings('[[collectivity]]\nslug = "sud"\nname = "Sud"\nhosts = ["sud.localhost"]\n', instead_of_all=True)


# -- the machine


@breaks(machine.python_version)
def an_old_python(place):
    place.monkeypatch.setattr(machine, "OLDEST_PYTHON", (4, 0))


@breaks(machine.python_version, level=WARN)
def a_python_nobody_tried(place):
    place.monkeypatch.setattr(machine, "NEWEST_PYTHON", (3, 0))


@breaks(machine.sqlite_version)
def an_old_sqlite(place):
    place.monkeypatch.setattr(machine, "OLDEST_SQLITE", (4, 0, 0))


@breaks(machine.timezones)
def no_time_zones(place):
    place.undo.callback(zoneinfo.reset_tzpath, to=zoneinfo.TZPATH)
    zoneinfo.reset_tzpath(to=[])
    place.monkeypatch.setitem(sys.modules, "tzdata", None)


@breaks(machine.clock)
def a_clock_of_1970(place):
    place.monkeypatch.setattr(machine.time, "time", lambda: 12345.0)


@breaks(machine.clock_of_disk, level=WARN)
def a_disk_of_another_hour(place):
    there = time.time() + 3600
    place.monkeypatch.setattr(machine.time, "time", lambda: there)


@breaks(machine.disk)
def a_full_disk(place):
    place.monkeypatch.setattr(machine, "ROOM_FAIL_BYTES", 1 << 62)


@breaks(machine.disk, level=WARN)
def a_disk_soon_full(place):
    place.monkeypatch.setattr(machine, "ROOM_WARN_BYTES", 1 << 62)


@breaks(machine.scratch, level=WARN)
def no_room_for_what_arrives(place):
    place.monkeypatch.setattr(machine, "SCRATCH_BYTES", 1 << 62)


@breaks(machine.open_files, level=WARN)
def too_few_files(place):
    place.settings("[server]\nthreads = 100000000\n")


@breaks(machine.assets)
def nothing_for_browsers(place):
    place.monkeypatch.setattr(machine, "STATIC", place.folder)


@breaks(machine.assets, level=WARN)
def no_script(place):
    (place.folder / "icon.svg").touch()
    place.monkeypatch.setattr(machine, "STATIC", place.folder)


@breaks(machine.catalogue)
def no_french(place):
    place.undo.callback(texts.add_catalogue, texts.CORE, texts._folders[texts.CORE])
    texts.add_catalogue(texts.CORE, place.folder)


# -- the database


@breaks(databases.database)
def a_database_that_is_not_there(place):
    if place.is_sqlite:
        place.file().unlink()
    else:
        place.settings('database = "postgresql://portal@127.0.0.1:1/portal"\n', instead_of_all=True)


@breaks(databases.tables)
def tables_of_another_version(place):
    place.write("UPDATE alembic_version_portal SET version_num = 'portal_0001'")


@breaks(databases.tables)
def tables_of_a_newer_code(place):
    place.write("UPDATE alembic_version_portal SET version_num = 'portal_9999'")


@breaks(databases.tables_of_plugins)
def tables_of_a_plugin_left_behind(place):
    place.write(
        "CREATE TABLE alembic_version_labs (version_num VARCHAR(32) NOT NULL)",
        "INSERT INTO alembic_version_labs VALUES ('labs_0001')",
    )


@breaks(databases.durability)
def writes_that_do_not_wait_for_the_disk(place):
    if place.is_sqlite:  # no shared memory there, so no WAL: as on a network disk
        with closing(sqlite3.connect(place.file())) as conn:
            conn.execute("PRAGMA journal_mode=DELETE")
        place.settings(f'database = "sqlite:///{place.file()}?vfs=unix-dotfile"\n', instead_of_all=True)
    # the PostgreSQL of the tests forgets safety for speed


@breaks(databases.references)
def rows_that_point_at_nothing(place):
    if place.is_sqlite:
        with closing(sqlite3.connect(place.file())) as conn:
            conn.execute("INSERT INTO memberships VALUES (77, 77, 0, '2026-01-01 00:00:00')")
            conn.commit()
    else:
        place.write(
            "ALTER TABLE memberships ADD CONSTRAINT loose FOREIGN KEY (user_id) REFERENCES users (id) NOT VALID"
        )


@breaks(databases.integrity)
def a_damaged_file_or_index(place):
    if not place.is_sqlite:
        place.write("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'ix_users_name'::regclass")
        return
    with closing(sqlite3.connect(place.file())) as conn:
        root = conn.execute("SELECT rootpage FROM sqlite_master WHERE name = 'ix_users_name'").fetchone()[0]
        size = conn.execute("PRAGMA page_size").fetchone()[0]
    with place.file().open("r+b") as file:
        file.seek((root - 1) * size)
        file.write(b"\xff" * 100)


@breaks(databases.encoding)
def a_database_of_another_alphabet(place):
    if place.is_sqlite:
        other = place.folder / "default/other.db"
        with closing(sqlite3.connect(other)) as conn:
            conn.execute("PRAGMA encoding = 'UTF-16'")
            conn.execute("CREATE TABLE something (id)")
        place.settings(f'database = "sqlite:///{other}"\n', instead_of_all=True)
        return
    admin = sa.create_engine(place.database.cluster.url(), isolation_level="AUTOCOMMIT")
    with admin.connect() as conn:
        conn.execute(sa.text("DROP DATABASE IF EXISTS odd"))
        conn.execute(sa.text("CREATE DATABASE odd ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0"))
    admin.dispose()
    place.settings(f'database = "{place.database.cluster.url("odd")}"\n', instead_of_all=True)


@breaks(databases.connections, only="postgresql")
def too_few_connections(place):
    place.settings("[server]\nworkers = 500\n")


@breaks(databases.clock_of_database, only="postgresql", level=WARN)
def a_server_of_another_hour(place):
    place.monkeypatch.setattr(databases, "real_now", lambda: datetime.now(UTC) + timedelta(hours=1))


@breaks(databases.clock_went_back)
def acts_in_the_future(place):
    place.write(audit_entry(recorded_at=INSTANT + timedelta(days=1)))


def audit_entry(**values):
    facts = {"id": 1, "at": INSTANT, "recorded_at": INSTANT, "action": "portal.user_added", "facts": {}}
    about = {"subject_kind": "portal.user", "subject_id": 1, "commitment": "", "previous_hash": "0" * 64, "hash": "1"}
    return sa.insert(AuditEntry).values(**{**facts, **about, **values})


@breaks(databases.database_mode, only="sqlite")
def a_file_others_read(place):
    place.file().chmod(0o644)


@breaks(databases.write_ahead_log, only="sqlite", level=WARN)
def a_journal_that_grows(place):
    with place.file().with_name("portal.db-wal").open("wb") as file:
        file.truncate(databases.WAL_WARN_BYTES + 1)


# -- what happens there


@breaks(life.domain_clock)
def a_town_on_another_day(place):
    place.write(sa.update(PortalState).values(clock_offset_seconds=-86400))


@breaks(life.administrator)
def nobody_to_administer(place):
    """A new database has nobody."""


@breaks(life.administrator)
def an_administrator_who_left(place):
    add(place, "Ida", Role.ADMIN)
    place.write(sa.update(User).values(disabled_at=INSTANT))


def add(place, name, role=Role.AGENT):
    site = site_in(place.folder)
    with create_app(site).app_context(), transaction():
        number = add_user(name, role=role)
    site.engine.dispose()
    return number


def waiting(created_at):
    row = {
        "kind": "event",
        "plugin": "labs",
        "key": str(created_at),
        "payload": {},
        "next_try_at": INSTANT,
        "attempts": 1,
    }
    return sa.insert(OutboxMessage).values(**row, created_at=created_at)


@breaks(life.outbox, level=WARN)
def mail_that_waits(place):
    place.write(waiting(INSTANT - timedelta(hours=2)))


@breaks(life.outbox)
def mail_that_waits_since_long(place):
    place.write(waiting(LONG_AGO))


@breaks(life.refused, level=WARN)
def mail_that_was_refused(place):
    place.write(waiting(INSTANT), sa.update(OutboxMessage).values(stopped_at=INSTANT))


@breaks(life.worker)
def a_worker_that_died(place):
    place.write(sa.update(JobRun).values(ran_at=LONG_AGO))


@breaks(life.worker)
def no_worker_ever(place):
    place.write(sa.delete(JobRun))


@breaks(life.quarantines, level=WARN)
def a_plugin_set_aside(place):
    facts = {"phase": "import", "reason": "gone", "trace": "", "reference": "7c2e-91", "files": ""}
    place.write(sa.insert(Quarantine).values(plugin="labs", host="srv-1", at=INSTANT, **facts))


@breaks(life.faults, level=WARN)
def a_plugin_that_failed_today(place):
    row = {"plugin": "labs", "place": "x", "reference": "7c2e-91", "summary": "x", "trace": "x"}
    place.write(sa.insert(Fault).values(**row, at=datetime.now(UTC)))


@breaks(life.audit)
def an_act_nobody_recorded(place):
    place.write(audit_entry())


@breaks(life.audit)
def an_act_that_was_changed(place):
    add(place, "Awa")
    if place.is_sqlite:
        with closing(sqlite3.connect(place.file())) as conn:
            for (name,) in conn.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                conn.execute(f"DROP TRIGGER {name}")
            conn.execute("UPDATE audit SET action = 'portal.user_disabled'")
            conn.commit()
    else:
        place.write("ALTER TABLE audit DISABLE TRIGGER ALL", "UPDATE audit SET action = 'portal.user_disabled'")


@breaks(life.sessions, level=WARN)
def sessions_of_last_year(place):
    row = {"token_hash": "x", "user_id": add(place, "Awa"), "kind": "browser", "device": "x", "seen_at": LONG_AGO}
    place.write(sa.insert(UserSession).values(**row, created_at=LONG_AGO))


@breaks(life.retention, level=WARN)
def a_retention_nobody_runs(place):
    place.write(sa.insert(JobRun).values(plugin="portal", job="retention", ran_at=LONG_AGO, due_at=LONG_AGO))


def a_file(place, url=""):
    row = {"owner_kind": "portal.user", "owner_id": 1, "name": "x", "content_type": "text/plain", "size": 1}
    place.write(
        sa.insert(FileContent).values(sha256="a" * 64, size=1, stored_at=INSTANT),
        sa.insert(File).values(**row, sha256="a" * 64, created_at=INSTANT),
    )
    place.settings(f'[files]\nurl = "file://{url}"\n' if url else "")


@breaks(life.files)
def a_file_that_is_gone(place):
    a_file(place)


@breaks(life.files)
def a_store_that_is_away(place):
    (place.folder / "store").write_text("a file where the folder was")
    a_file(place, url=place.folder / "store")


@pytest.mark.parametrize("name", BREAKS)
def test_what_is_wrong_is_found_with_a_remedy(name, place):
    check, spoil, level, kinds, options = BREAKS[name]
    if place.database.kind not in kinds:
        return  # nothing there can be wrong
    spoil(place)
    found = place.finding(check, **options)
    assert (found.check, found.level) == (name_of(check), level), found
    assert "n'a pas pu se faire" not in found.sentence
    assert found.remedy


def test_every_check_is_made_to_fail_here():
    assert {check for check, *_ in BREAKS.values()} == {*OF_INSTANCE, *OF_COLLECTIVITY}
    assert len({*OF_INSTANCE, *OF_COLLECTIVITY}) >= 25


def test_a_sound_instance_has_nothing_to_repair(place):
    add(place, "Ida Kerbrat", Role.ADMIN)
    place.back_up()
    if place.is_sqlite:
        place.file().chmod(0o600)
    with stay_running(place.folder):
        wrong = [item for item in findings(place.folder, is_full=True) if item.level != OK]
    expected = [] if place.is_sqlite else ["durability"]  # the PostgreSQL of the tests forgets safety for speed
    assert [item.check for item in wrong] == expected


def test_a_check_that_breaks_is_said_and_the_others_go_on(place, monkeypatch):
    def broken(_site, _patient):
        raise RuntimeError("ouch")

    monkeypatch.setattr(life, "CHECKS", (broken, *life.CHECKS))
    found = {item.check: item for item in findings(place.folder)}
    assert found["broken"].level == FAIL
    assert "ouch" in found["broken"].sentence
    assert found["sessions"].level == OK


def test_a_database_that_is_away_does_not_hide_the_rest(place):
    a_database_that_is_not_there(place)
    found = {item.check: item for item in findings(place.folder)}
    assert found["database"].level == FAIL
    assert "sessions" not in found
    assert found["key"].level == OK


def test_settings_that_cannot_be_read_are_the_only_finding(place):
    place.settings("[server]\nprot = 1\n")
    (found,) = findings(place.folder)
    assert (found.check, found.level) == ("settings", FAIL)
    assert "« port »" in found.sentence


def test_the_worst_level_is_the_exit_code():
    def look_at(level):
        def check():
            if level != OK:
                raise Wrong("x", "y", level=level)
            return "x"

        return look(check)

    for level, code in ((OK, 0), (WARN, 1), (FAIL, 2)):
        assert exit_code([look_at(OK), look_at(level)]) == code


def test_the_command_speaks_to_people_and_to_machines(place):
    run = CliRunner()
    said = run.invoke(main, ["--instance", str(place.folder), "doctor"])
    assert said.exit_code == 2
    assert "À RÉPARER default : Plus personne ne peut administrer." in said.output
    assert "→ portal rescue --collectivity default" in said.output
    told = json.loads(run.invoke(main, ["--instance", str(place.folder), "doctor", "--json"]).stdout)
    assert {tuple(sorted(item)) for item in told} == {("check", "collectivity", "level", "remedy", "sentence")}
    assert {"check": "administrator", "collectivity": "default"}.items() <= next(
        item for item in told if item["check"] == "administrator"
    ).items()
