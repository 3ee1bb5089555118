"""`portal backup`: while people work, one archive of databases, files and settings that can be judged and restored.

The key stays out unless asked for: a stolen backup then opens no link, screen or feed. What is erased meanwhile is not
in the archive's hands: `portal restore` replays it.
"""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import os
import platform
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import obstore
import sqlalchemy as sa

from portal.content.clock import real_now
from portal.content.files.models import FileContent
from portal.content.files.storing import path_of
from portal.errors import PortalError
from portal.hosting.archives import ArchiveWriter, Told
from portal.hosting.config import FILE, KEY_FILE, Instance
from portal.hosting.copying import copy_database, copy_name, database_file, database_kind
from portal.hosting.erasures import journal_path
from portal.hosting.site import Site
from portal.loader.discovery import PORTAL_VERSION, scan

FORMAT = 1
PATTERN = "portal-*.tar"
WORK = ".en-cours"
MARGIN_BYTES = 16 << 20


def backup_folder(instance: Instance) -> Path:
    """Give the folder where archives go unless told otherwise."""
    return instance.folder / (instance.backup.folder or "backups")  # an absolute folder stands alone


def archives_in(folder: Path) -> list[Path]:
    """List the archives of a folder, newest first: their names begin with their instant."""
    return sorted(folder.glob(PATTERN), reverse=True)


def key_mark(secret: bytes) -> str:
    """Recognise a key without telling it."""
    return hmac.new(secret, b"which key was this backup made with?", hashlib.sha256).hexdigest()[:16]


def back_up(sites: Sequence[Site], *, to: Path, with_key: bool, told: Told, with_files: bool = False) -> Path:
    """Write one archive of these collectivities of one instance, whole or not at all; give its path.

    :param to: a folder, or the file itself if it ends in `.tar`
    :param with_files: copy the contents of an S3 store too; those of a folder are always in
    :raises PortalError: a database cannot be copied, not enough room, another backup is being written there
    """
    folder = to.parent if to.suffix == ".tar" else to
    target = to if to.suffix == ".tar" else folder / f"portal-{real_now():%Y-%m-%dT%H%M%SZ}.tar"
    with _work_folder(folder) as work:
        manifest = _head(sites[0].instance, with_key=with_key)
        members = dict(_shared(sites[0].instance, with_key=with_key))
        for site in sites:
            manifest["collectivities"][site.slug], found = _collectivity(site, work, told, with_files=with_files)
            members |= found
        part = work / "archive"
        _write(part, members, manifest, told)
        if target.exists():
            raise PortalError(f"{target} existe déjà : il n'est pas remplacé.")
        part.rename(target)
        for site in sites:  # beside the archive, not in it: it must know what is erased later
            add_lines(journal_path(site), folder / journal_path(site).name)
        _sync(folder)
    return target


def add_lines(source: Path, target: Path) -> None:
    """Add to a journal of erasures the lines of another that it does not have; nothing is ever taken out of one."""
    lines = source.read_text(encoding="utf-8").splitlines() if source.exists() else []
    known = set(target.read_text(encoding="utf-8").splitlines()) if target.exists() else set()
    if new := [line for line in lines if line not in known]:
        target.touch(mode=0o600)
        with target.open("a", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in new)
            file.flush()
            os.fsync(file.fileno())


@contextmanager
def _work_folder(folder: Path) -> Iterator[Path]:
    """Give a folder on the same disk that goes with the block, also one that a killed backup left."""
    work = folder / WORK
    work.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / f"{WORK}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise PortalError(f"Une autre sauvegarde s'écrit déjà dans {folder}.") from error
        shutil.rmtree(work)
        work.mkdir(mode=0o700)
        try:
            yield work
        finally:
            shutil.rmtree(work, ignore_errors=True)


def _head(instance: Instance, *, with_key: bool) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "portal": PORTAL_VERSION,
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "plugins": {name: manifest.version for name, manifest in sorted(scan().manifests.items())},
        "key": key_mark(instance.secret()),
        "with_key": with_key,
        "collectivities": {},
    }


def _shared(instance: Instance, *, with_key: bool) -> Iterator[tuple[str, Path]]:
    for name in (FILE, KEY_FILE) if with_key else (FILE,):
        if (instance.folder / name).exists():
            yield name, instance.folder / name
    for name, path in _under(instance.folder / "templates"):
        yield f"templates/{name}", path


def _collectivity(site: Site, work: Path, told: Told, *, with_files: bool) -> tuple[dict[str, Any], dict[str, Path]]:
    """Copy the database, then list the files: one that a row names was stored before that row was committed.

    A content that no row wants stays a day (`portal.content.files.storing`): none goes while it is being copied.
    """
    at = real_now()  # before the snapshot: what was acknowledged by now is in it
    copy = work / f"{site.slug}-{copy_name(site)}"
    held = copy_database(site, copy, told=told)
    own = getattr(database_file(site), "name", "\0")
    beside = {name: path for name, path in _under(site.folder) if not path.name.startswith(own)}
    members = {copy_name(site): copy, **beside, **_stored_elsewhere(site, work, with_files=with_files)}
    is_apart = site.collectivity.files.url.startswith("s3:") and not with_files
    about = {
        "name": site.collectivity.name,
        "at": at.isoformat(),
        "database": database_kind(site),
        "files": sum(name.startswith("files/") for name in members),
        "files_apart": site.collectivity.files.url if is_apart else "",
        **asdict(held),
    }
    return about, {f"{site.slug}/{name}": path for name, path in members.items()}


def _stored_elsewhere(site: Site, work: Path, *, with_files: bool) -> dict[str, Path]:
    place = urlsplit(site.collectivity.files.url)
    if place.scheme == "s3":
        return dict(_fetched(site, work / f"{site.slug}-files")) if with_files else {}
    return {f"files/{name}": path for name, path in _under(Path(place.path))} if place.scheme else {}


def _under(folder: Path) -> Iterator[tuple[str, Path]]:
    for place, folders, names in os.walk(folder, followlinks=True):
        folders.sort()
        for name in sorted(names):
            if not name.endswith(".lock") and "#" not in name:  # a content still being received has one
                path = Path(place) / name
                yield str(path.relative_to(folder)), path


def _fetched(site: Site, folder: Path) -> Iterator[tuple[str, Path]]:
    """Copy the contents of a store, one by one; one that is not there yet is wanted by no row."""
    with site.engine.connect() as conn:
        names = [path_of(sha256) for sha256 in conn.scalars(sa.select(FileContent.sha256))]
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileNotFoundError), path.open("wb") as file:
            file.writelines(obstore.get(site.files, name).stream())
            yield f"files/{name}", path


def _write(part: Path, members: dict[str, Path], manifest: dict[str, Any], told: Told) -> None:
    total = sum(path.stat().st_size for path in members.values())
    room = shutil.disk_usage(part.parent).free
    if room < total + MARGIN_BYTES:
        raise PortalError(f"Il manque de la place dans {part.parent.parent} : {total >> 20} Mio à écrire.")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        archive = ArchiveWriter(file, total=total, told=told)
        for name, path in members.items():
            archive.add(name, path)
        archive.close({**manifest, "written_at": datetime.now(UTC).isoformat()})
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def rotate(folder: Path, *, keep: int) -> list[Path]:
    """Delete all archives of a folder but the newest; list those that went. Zero keeps all."""
    gone = archives_in(folder)[keep:] if keep else []
    for path in gone:
        path.unlink()
    return gone
