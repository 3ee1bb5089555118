"""`portal backup`: while people work, whole or not at all, and a flipped bit is found (P15)."""

from __future__ import annotations

import errno
import json
import sqlite3
import tarfile
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from portal.cli.main import main
from portal.db import side_write
from portal.errors import PortalError
from portal.hosting import backup, copying
from portal.hosting.archives import MANIFEST, SEAL, damaged, read_manifest
from portal.hosting.backup import back_up
from portal.hosting.restore import restore

from tests.hosting.instances import all_files, all_rows, crowd_at, lose, names_in, place_for, site_in


def silent(_what, _done, _total):
    """Nobody watches."""


@pytest.fixture
def home(database, tmp_path):
    """Give the folder of an instance whose collectivity has a file and a template."""
    folder = place_for(database, tmp_path / "home")
    (folder / "default/files/ab").mkdir(parents=True)
    (folder / "default/files/ab/abcd").write_bytes(bytes(range(256)) * 300)
    (folder / "templates").mkdir()
    (folder / "templates/note.html").write_text("Bonjour")
    return folder


@pytest.fixture
def portal():
    """Run `portal …`; give its status and its words."""

    def run(*words):
        done = CliRunner().invoke(main, [str(word) for word in words])
        return done.exit_code, done.output

    return run


def take(folder, **options):
    """Back up one instance, and close what was opened for it."""
    site = site_in(folder)
    try:
        return back_up(
            [site],
            to=options.pop("to", folder / "backups"),
            told=options.pop("told", silent),
            **{"with_key": False, **options},
        )
    finally:
        site.engine.dispose()


def members(archive):
    with tarfile.open(archive) as tar:
        return tar.getnames()


def test_noon_under_load_the_machine_lost_another_has_everything_acknowledged_before(database, tmp_path, monkeypatch):
    """Issue 3 §5.4, P13, P15."""
    monkeypatch.setattr(copying, "PAGES_PER_STEP", 5)
    site = site_in(place_for(database, tmp_path / "home"))
    with crowd_at(site) as crowd:
        crowd.wait_for_more(30)
        # each step of the copy waits until somebody else has written: nobody is held back by it
        steps = iter(range(10))
        archive = back_up(
            [site],
            to=tmp_path / "elsewhere",
            with_key=True,
            told=lambda what, _d, _t: crowd.wait_for_more() if what == "default" and next(steps, None) else None,
        )
        crowd.wait_for_more(10)
    noon = datetime.fromisoformat(read_manifest(archive)["collectivities"]["default"]["at"])
    wanted = crowd.before(noon)
    lose(site)
    other = place_for(database, tmp_path / "other", empty=True)
    (other / "secret.key").unlink()
    (done,) = restore(archive, other, slug=None, replace=False, new_key=False, told=silent)
    there = site_in(other)
    found = names_in(there)
    there.engine.dispose()
    assert len(wanted) >= 30
    assert wanted <= found
    assert len(found) < len(crowd.acknowledged)  # a snapshot: what came later is not half there
    files = all_files(other / "default/files")
    assert found <= {Path(name).name for name in files}
    assert all(Path(name).name == digest for name, digest in files.items())
    assert done.files == len(files)


def test_rows_and_files_come_back_equal_by_hash(database, home, tmp_path):
    site = site_in(home)
    before = all_rows(site), all_files(home / "default/files"), all_files(home / "templates")
    archive = take(home, with_key=True)
    lose_to = tmp_path / "kept.tar"
    archive.rename(lose_to)
    lose(site)
    other = place_for(database, tmp_path / "other", empty=True)
    (other / "secret.key").unlink()
    restore(lose_to, other, slug=None, replace=False, new_key=False, told=silent)
    there = site_in(other)
    rows = all_rows(there)
    there.engine.dispose()
    changed = {name for name in rows if rows[name] != before[0][name]}
    # the restore itself is written in the audit, and the upgrade notes when it looked at the tables
    assert changed <= {"audit", "audit_head", "audit_person", "inventory_plugins"}
    assert set(before[0]["audit"]) <= set(rows["audit"])
    assert (all_files(other / "default/files"), all_files(other / "templates")) == before[1:]


def test_an_archive_says_what_it_holds_and_keeps_the_key_out(home):
    archive = take(home)
    manifest = read_manifest(archive)
    held = manifest["collectivities"]["default"]
    assert archive.stat().st_mode & 0o777 == 0o600
    assert "secret.key" not in members(archive)
    assert (home / "secret.key").read_text().strip().encode() not in archive.read_bytes()
    assert held["revisions"]["portal"].startswith("portal_")
    assert held["rows"]["portal_state"] == 1
    assert held["files"] == 1
    assert held["files_apart"] == ""
    assert set(manifest["members"]) == set(members(archive)) - {MANIFEST, SEAL}
    assert manifest["portal"]
    assert datetime.fromisoformat(held["at"]).tzinfo


def test_the_key_is_in_only_when_asked_for(home):
    assert "secret.key" in members(take(home, with_key=True))


@pytest.mark.parametrize("member", ["default/files/ab/abcd", "portal.toml", MANIFEST, SEAL, "database"])
def test_a_flipped_bit_is_found_and_its_member_named(home, portal, member):
    archive = take(home)
    if member == "database":
        (member,) = [name for name in members(archive) if name.startswith("default/portal.")]
    with tarfile.open(archive) as tar:
        info = tar.getmember(member)
    flip(archive, info.offset_data + info.size // 2)
    status, said = portal("backup", "verify", archive)
    assert status == 1
    assert member in said


@pytest.mark.parametrize("where", ["header", "padding"])
def test_a_bit_flipped_between_members_is_found(home, portal, where):
    archive = take(home)
    with tarfile.open(archive) as tar:
        info = tar.getmember("portal.toml")
    flip(archive, info.offset + 20 if where == "header" else info.offset_data + info.size + 3)
    status, said = portal("backup", "verify", archive)
    assert status == 1
    assert "abîmé" in said


def flip(path, offset):
    with path.open("r+b") as file:
        file.seek(offset)
        byte = file.read(1)[0]
        file.seek(offset)
        file.write(bytes([byte ^ 4]))


@pytest.mark.parametrize("kept", [0, 5, 600, 20_000])
def test_an_archive_cut_short_is_found(home, portal, kept):
    archive = take(home)
    with archive.open("r+b") as file:
        file.truncate(kept)
    assert portal("backup", "verify", archive)[0] == 1


def test_a_sound_archive_is_said_to_be(home, portal):
    status, said = portal("backup", "verify", take(home))
    assert status == 0
    assert "intacte" in said


def test_without_a_name_the_newest_archive_is_judged(home, portal):
    assert "pas encore de sauvegarde" in portal("--instance", home, "backup", "verify")[1]
    archive = take(home)
    status, said = portal("--instance", home, "backup", "verify")
    assert (status, archive.name in said) == (0, True)


def test_a_disk_that_fills_up_leaves_no_half_archive(home, monkeypatch):
    def full(_descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(backup.os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        take(home)
    assert [path.name for path in (home / "backups").iterdir()] == [".en-cours.lock"]


def test_too_little_room_is_said_before_anything_is_written(home, monkeypatch):
    monkeypatch.setattr(backup, "MARGIN_BYTES", 1 << 62)
    with pytest.raises(PortalError, match="manque de la place"):
        take(home)
    assert not list((home / "backups").glob("*.tar"))


def test_what_a_killed_backup_left_goes_with_the_next(home):
    left = home / "backups/.en-cours/archive"
    left.parent.mkdir(parents=True)
    left.write_text("half")
    take(home)
    assert not left.exists()


def test_two_backups_do_not_write_in_one_place_at_once(home):
    def told(_what, _done, _total):
        with pytest.raises(PortalError, match="autre sauvegarde"):
            take(home)

    assert take(home, told=told).exists()


def test_an_archive_is_never_replaced(home, tmp_path):
    take(home, to=tmp_path / "mine.tar")
    with pytest.raises(PortalError, match="existe déjà"):
        take(home, to=tmp_path / "mine.tar")
    assert damaged(tmp_path / "mine.tar", told=silent) == []


def test_the_oldest_go_and_nothing_else(home, portal):
    folder = home / "backups"
    folder.mkdir()
    for name in ("portal-2026-01-01T000000Z.tar", "portal-2026-01-02T000000Z.tar", "other.tar"):
        (folder / name).touch()
    status, said = portal("--instance", home, "backup", "--keep", 2)
    assert status == 0
    assert "portal-2026-01-01T000000Z.tar" in said
    kept = sorted(path.name for path in folder.glob("*.tar"))
    assert kept[:2] == ["other.tar", "portal-2026-01-02T000000Z.tar"]
    assert len(kept) == 3


def test_an_unknown_collectivity_is_refused_in_words(home, portal):
    status, said = portal("--instance", home, "backup", "--collectivity", "ghost")
    assert status == 1
    assert "ghost" in said
    assert not list(home.glob("backups/*.tar"))


def test_a_damaged_database_is_said_and_gives_no_archive(home, portal):
    if (home / "default/portal.db").exists():
        spoil(home / "default/portal.db")
    else:
        write_in(home, "ALTER TABLE alembic_version_portal RENAME COLUMN version_num TO spoilt")
    status, said = portal("--instance", home, "backup")
    assert status == 1
    assert "Traceback" not in said
    assert not list(home.glob("backups/*.tar"))


def spoil(path):
    with closing(sqlite3.connect(path)) as conn:
        page = conn.execute("SELECT rootpage FROM sqlite_master WHERE name = 'users'").fetchone()[0]
        size = conn.execute("PRAGMA page_size").fetchone()[0]
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * 200)


def write_in(folder, statement):
    site = site_in(folder)
    with side_write(site.engine) as conn:
        conn.execute(sa.text(statement))
    site.engine.dispose()


def test_without_the_program_of_postgresql_it_is_one_clear_sentence(home, portal, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    status, said = portal("--instance", home, "backup")
    if (home / "default/portal.db").exists():
        assert status == 0
        return
    assert status == 1
    assert "apt install postgresql-client" in said
    assert not list(home.glob("backups/*.tar"))


def test_the_manifest_is_readable_by_any_tool(home):
    with tarfile.open(take(home)) as tar:
        assert json.loads(tar.extractfile(MANIFEST).read())["format"] == 1
