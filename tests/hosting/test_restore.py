"""`portal restore`: nothing works there meanwhile, nothing is deleted, nothing newer is taken (P15)."""

from __future__ import annotations

import dataclasses
import hashlib
import shutil
import tarfile
from contextlib import ExitStack
from pathlib import Path

import obstore
import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from portal.cli.main import main
from portal.content.clock import real_now
from portal.content.files.models import FileContent
from portal.content.files.storing import path_of
from portal.content.models import AuditEntry
from portal.db import side_write, transaction
from portal.errors import PortalError
from portal.hosting import restore as restoring
from portal.hosting.archives import ArchiveWriter, read_manifest
from portal.hosting.backup import back_up
from portal.hosting.config import read_instance
from portal.hosting.factory import create_app
from portal.hosting.operating import init_instance
from portal.hosting.restore import restore
from portal.hosting.running import stay_running
from portal.loader.discovery import scan
from portal.loader.migrating import migrate
from portal.people.models import UserSession
from portal.people.sessions import open_session
from portal.people.users import add_user

from tests.content.files.fake_s3 import service
from tests.hosting.instances import all_files, names_in, place_for, site_in

SHA = hashlib.sha256(b"content").hexdigest()


def silent(_what, _done, _total):
    """Nobody watches."""


def put(archive, folder, *, replace=False, slug=None, new_key=False):
    return restore(archive, folder, slug=slug, replace=replace, new_key=new_key, told=silent)


def add(folder, name):
    site = site_in(folder)
    with create_app(site).app_context(), transaction():
        open_session(add_user(name), device="Firefox")
    site.engine.dispose()


def names(folder):
    site = site_in(folder)
    try:
        return names_in(site)
    finally:
        site.engine.dispose()


@pytest.fixture
def home(database, tmp_path):
    """Give an instance where Awa is, with her session."""
    folder = place_for(database, tmp_path / "home")
    (folder / "default/files").mkdir(parents=True)
    (folder / "default/files/one").write_text("one")
    add(folder, "Awa Diop")
    return folder


@pytest.fixture
def archive(home, tmp_path):
    """Give a backup of it."""
    return taken(home, tmp_path / "backup.tar")


def taken(folder, to):
    site = site_in(folder)
    try:
        return back_up([site], to=to, with_key=False, told=silent)
    finally:
        site.engine.dispose()


@pytest.fixture
def other(database, home, tmp_path):
    """Give another machine: settings and key are there, its database is empty."""
    folder = place_for(database, tmp_path / "other", empty=True)
    shutil.copy(home / "secret.key", folder)
    return folder


def retold(archive, to, **changes):
    """Write the same archive with another manifest, sound in itself."""
    manifest = read_manifest(archive)
    with tarfile.open(archive) as tar:
        tar.extractall(to.parent / "loose", filter="data")
    with to.open("wb") as file:
        writer = ArchiveWriter(file, total=0, told=silent)
        for name in manifest["members"]:
            writer.add(name, to.parent / "loose" / name)
        writer.close({**{key: manifest[key] for key in manifest if key not in {"before", "members"}}, **changes})
    return to


def test_a_portal_at_work_is_not_restored_into(archive, home):
    with stay_running(home), pytest.raises(PortalError, match="arrêtez-le d'abord"):
        put(archive, home, replace=True)
    assert names(home) == {"Awa Diop"}


def test_a_database_somebody_has_open_is_not_taken_away(archive, home, monkeypatch):
    site = site_in(home)
    with site.engine.connect() as conn:
        conn.execute(sa.text("SELECT 1 FROM portal_state"))
        with pytest.raises(PortalError, match="se sert de la base"):
            put(archive, home, replace=True)
    site.engine.dispose()
    assert names(home) == {"Awa Diop"}
    assert (home / "default/files/one").exists()


def test_nothing_starts_while_an_instance_is_being_restored(archive, home, monkeypatch):
    def told(_what, _done, _total):
        return None

    seen = []

    def settle(site, held):
        with pytest.raises(PortalError, match="restauration est en cours"):
            stay_running(home)
        seen.append(site.slug)
        return ()

    monkeypatch.setattr(restoring, "_settle", settle)
    restore(archive, home, slug=None, replace=True, new_key=False, told=told)
    assert seen == ["default"]


def test_what_is_there_is_kept_unless_one_says_replace(archive, home):
    add(home, "Bea Lo")
    with pytest.raises(PortalError, match="--replace"):
        put(archive, home)
    assert names(home) == {"Awa Diop", "Bea Lo"}


def test_what_was_there_is_set_aside_whole_and_never_deleted(archive, home):
    add(home, "Bea Lo")
    (home / "default/files/two").write_text("two")
    (done,) = put(archive, home, replace=True)
    assert names(home) == {"Awa Diop"}
    assert set(all_files(home / "default/files")) == {"one"}
    former = Path(done.aside[-1])
    assert set(all_files(former / "files")) == {"one", "two"}
    assert "Bea Lo" in former_names(home, done)


def former_names(folder, done):
    site = site_in(folder)
    if len(done.aside) == 1:  # SQLite: the file went with its folder
        (file,) = Path(done.aside[0]).glob("portal.db.avant_*")
        engine = sa.create_engine(f"sqlite:///{file}")
        table = "users"
    else:
        engine, table = site.engine, f"{done.aside[0].removeprefix('schéma ')}.users"
    with engine.connect() as conn:
        found = set(conn.scalars(sa.text(f"SELECT name FROM {table}")))
    engine.dispose()
    return found


@pytest.mark.parametrize("step", ["put_back", "unpack"])
def test_a_restore_that_fails_leaves_the_instance_as_it_was(step, archive, home, monkeypatch):
    add(home, "Bea Lo")
    before = all_files(home / "default/files")
    unpack = restoring.unpack

    def fails(*words, **options):
        if step == "unpack" and words[1] == home:
            return unpack(*words, **options)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(restoring, step, fails)
    with pytest.raises(OSError, match="No space"):
        put(archive, home, replace=True)
    assert names(home) == {"Awa Diop", "Bea Lo"}
    assert all_files(home / "default/files") == before
    assert not [path for path in home.iterdir() if "avant" in path.name]
    stay_running(home).close()


def test_after_a_restore_that_failed_late_nothing_starts_until_one_has_ended(archive, home, monkeypatch):
    def fails(_site):
        raise PortalError("tables nobody knows")

    with monkeypatch.context() as patch, pytest.raises(PortalError, match="tables nobody knows"):
        patch.setattr(restoring, "upgrade", fails)
        put(archive, home, replace=True)
    with pytest.raises(PortalError, match="n'est pas finie"):
        stay_running(home)
    put(archive, home, replace=True)
    stay_running(home).close()
    assert names(home) == {"Awa Diop"}


def test_a_damaged_archive_is_refused_before_anything_is_touched(archive, other):
    with tarfile.open(archive) as tar:
        info = tar.getmember("default/files/one")
    data = bytearray(archive.read_bytes())
    data[info.offset_data] ^= 1
    archive.write_bytes(data)
    with pytest.raises(PortalError, match="default/files/one"):
        put(archive, other)
    assert not (other / "default").exists()


def test_a_backup_of_a_newer_portal_is_refused(archive, other, tmp_path):
    with pytest.raises(PortalError, match="plus récent"):
        put(retold(archive, tmp_path / "newer.tar", portal="99.0"), other)
    assert not (other / "default").exists()


def test_a_backup_with_tables_this_code_does_not_know_is_refused(archive, other, tmp_path):
    held = read_manifest(archive)["collectivities"]
    held["default"]["revisions"]["portal"] = "portal_9999"
    with pytest.raises(PortalError, match="portal_9999"):
        put(retold(archive, tmp_path / "newer.tar", collectivities=held), other)


def test_an_older_backup_is_upgraded(home, other, tmp_path):
    labs = scan().manifests["labs"]
    (tmp_path / "older/migrations").mkdir(parents=True)
    shutil.copy(labs.migrations / "labs_0001.py", tmp_path / "older/migrations")
    site = site_in(home)
    migrate(site.url, [dataclasses.replace(labs, folder=tmp_path / "older")])
    site.engine.dispose()
    (done,) = put(taken(home, tmp_path / "older.tar"), other)
    assert done.upgraded
    assert all(line.startswith("labs: labs_") and "0001" not in line for line in done.upgraded)


def test_without_the_key_it_says_where_to_put_it(archive, other):
    (other / "secret.key").unlink()
    with pytest.raises(PortalError, match=r"secret\.key, sauvegardée à part"):
        put(archive, other)


def test_another_key_is_refused(archive, other):
    (other / "secret.key").write_text("11" * 32)
    with pytest.raises(PortalError, match="pas la clé"):
        put(archive, other)


def test_a_lost_key_can_be_done_without(archive, other):
    (other / "secret.key").unlink()
    put(archive, other, new_key=True)
    assert names(other) == {"Awa Diop"}
    assert (other / "secret.key").stat().st_mode & 0o777 == 0o600


def test_sessions_of_then_are_over_and_the_audit_says_that_time_went_back(archive, other):
    put(archive, other)
    site = site_in(other)
    with site.engine.connect() as conn:
        sessions = conn.scalar(sa.select(sa.func.count()).select_from(UserSession))
        (facts,) = conn.scalars(sa.select(AuditEntry.facts).where(AuditEntry.action == "portal.restored"))
    site.engine.dispose()
    assert sessions == 0
    assert facts == {"at": read_manifest(archive)["collectivities"]["default"]["at"]}


def test_who_was_erased_since_is_forgotten_again_also_on_another_machine(home, other, tmp_path):
    """P15: the journal of erasures stands beside the archives, so it outlives the machine."""
    add(home, "Bea Lo")
    archive = taken(home, tmp_path / "kept/portal-1.tar")
    erased = CliRunner().invoke(main, ["--instance", str(home), "privacy", "erase", "n°1", "--yes"])
    assert erased.exit_code == 0, erased.output
    taken(home, tmp_path / "kept/portal-2.tar")
    shutil.rmtree(home / "default", ignore_errors=True)
    put(archive, other)
    assert "Awa Diop" not in names(other)
    assert "Bea Lo" in names(other)


def test_settings_of_the_machine_stand(archive, other):
    text = (other / "portal.toml").read_text().replace("Ville de Dunkerque", "Ville d'ici")
    (other / "portal.toml").write_text(text)
    put(archive, other)
    assert read_instance(other).collectivities[0].name == "Ville d'ici"


def test_a_machine_without_settings_takes_those_of_the_archive(tmp_path):
    init_instance(tmp_path / "home", name="Ville de Test")
    archive = taken(tmp_path / "home", tmp_path / "backup.tar")
    target = tmp_path / "new"
    target.mkdir()
    shutil.copy(tmp_path / "home/secret.key", target)
    said = CliRunner().invoke(main, ["restore", str(archive), "--into", str(target)])
    assert said.exit_code == 0, said.output
    assert read_instance(target).collectivities[0].name == "Ville de Test"
    assert (target / "portal.toml").stat().st_mode & 0o077 == 0
    assert (target / "default").stat().st_mode & 0o077 == 0


def test_a_collectivity_the_settings_do_not_name_is_said(archive, other, tmp_path):
    text = '[[collectivity]]\nslug = "sud"\nname = "Sud"\nhosts = ["sud.example"]\n'
    (other / "portal.toml").write_text(text)
    with pytest.raises(PortalError, match="ne nomme pas « default »"):
        put(archive, other)
    with pytest.raises(PortalError, match="ne contient pas « nord »"):
        put(archive, other, slug="nord")


def test_an_archive_does_not_write_outside_the_instance(archive, other, tmp_path):
    evil = tmp_path / "evil.tar"
    manifest = read_manifest(archive)
    with evil.open("wb") as file:
        writer = ArchiveWriter(file, total=0, told=silent)
        writer.add_text("default/../../outside", "ouch")
        writer.close({key: manifest[key] for key in manifest if key not in {"before", "members"}})
    with pytest.raises(PortalError, match="sortirait du dossier"):
        put(evil, other)
    assert not (tmp_path / "outside").exists()


@pytest.fixture
def apart(request, database, tmp_path, monkeypatch):
    """Give an instance whose files stand elsewhere, and a way to look at them."""
    with ExitStack() as stack:
        if request.param == "folder":
            place = f'url = "file://{tmp_path / "store"}"'
        else:
            monkeypatch.setenv("PORTAL_TEST_KEY", "portal-key")
            monkeypatch.setenv("PORTAL_TEST_SECRET", "portal-secret")
            running = stack.enter_context(service())
            place = f'url = "s3://bucket/town"\nendpoint = "{running.endpoint}"\n'
            place += 'key_id = "env:PORTAL_TEST_KEY"\nsecret = "env:PORTAL_TEST_SECRET"'
        folder = place_for(database, tmp_path / "home")
        (folder / "portal.toml").write_text((folder / "portal.toml").read_text() + f"\n[files]\n{place}\n")
        site = site_in(folder)
        with side_write(site.engine) as conn:
            conn.execute(sa.insert(FileContent).values(sha256=SHA, size=7, stored_at=real_now()))
        obstore.put(site.files, path_of(SHA), b"content")
        site.engine.dispose()
        yield folder, place


@pytest.mark.parametrize("apart", ["folder", "service"], indirect=True)
def test_files_that_stand_elsewhere_are_copied_and_put_back_there(apart, database, tmp_path):
    folder, place = apart
    site = site_in(folder)
    archive = back_up([site], to=tmp_path / "with.tar", with_key=True, with_files=True, told=silent)
    site.engine.dispose()
    obstore.delete(site.files, path_of(SHA))
    other = place_for(database, tmp_path / "other", empty=True)
    (other / "secret.key").unlink()
    (other / "portal.toml").write_text((other / "portal.toml").read_text() + f"\n[files]\n{place}\n")
    (done,) = put(archive, other)
    assert done.files == 1
    assert bytes(obstore.get(site_in(other).files, path_of(SHA)).bytes()) == b"content"
    assert not (other / "default/files").exists()


@pytest.mark.parametrize("apart", ["service"], indirect=True)
def test_files_of_a_service_are_said_to_be_backed_up_apart(apart):
    folder, _place = apart
    said = CliRunner().invoke(main, ["--instance", str(folder), "backup"])
    assert said.exit_code == 0, said.output
    assert "s3://bucket/town : à sauvegarder à part" in said.output
    (archive,) = (folder / "backups").glob("*.tar")
    assert read_manifest(archive)["collectivities"]["default"]["files_apart"] == "s3://bucket/town"
