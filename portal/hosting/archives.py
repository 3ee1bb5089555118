"""One backup is one tar file that can be judged: each member by its hash, the whole by what stands at its end.

The last two members are `manifest.json`, which holds the hash of every other member and of all bytes before it, and
`manifest.sha256`, which holds the hash of the manifest. Any tar reads it; nothing here is needed to open it.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from portal.errors import PortalError

MANIFEST, SEAL = "manifest.json", "manifest.sha256"
CHUNK_BYTES = 1 << 20
Told = Callable[[str, int, int], None]
"""Told what is being done, how many bytes of it are done, and of how many."""


class _Hashing:
    """A file whose bytes are hashed on their way."""

    def __init__(self, file: IO[bytes], told: Callable[[int], None] = lambda _size: None) -> None:
        self.file, self.told, self.sha256 = file, told, hashlib.sha256()
        self.tell = file.tell

    def read(self, size: int = -1, /) -> bytes:
        data = self.file.read(size)
        self.sha256.update(data)
        self.told(len(data))
        return data

    def write(self, data: bytes) -> int:
        self.sha256.update(data)
        return self.file.write(data)


class ArchiveWriter:
    """An archive being written."""

    def __init__(self, file: IO[bytes], *, total: int, told: Told) -> None:
        self.out, self.total, self.done, self.told = _Hashing(file), total, 0, told
        self.tar = tarfile.TarFile(fileobj=self.out, mode="w", format=tarfile.PAX_FORMAT)  # type: ignore[arg-type]
        self.members: dict[str, dict[str, Any]] = {}

    def add(self, name: str, path: Path) -> None:
        """Put a file in."""
        with path.open("rb") as file:
            info = self.tar.gettarinfo(arcname=name, fileobj=file)
            info.type, info.mode, info.uid, info.gid, info.uname, info.gname = tarfile.REGTYPE, 0o600, 0, 0, "", ""
            self._add(info, file)

    def add_text(self, name: str, text: str) -> None:
        """Put words in."""
        info, data = tarfile.TarInfo(name), text.encode()
        info.size, info.mode = len(data), 0o600
        self._add(info, io.BytesIO(data))

    def _add(self, info: tarfile.TarInfo, file: IO[bytes]) -> None:
        content = _Hashing(file, self._count)
        self.tar.addfile(info, content)
        self.members[info.name] = {"bytes": info.size, "sha256": content.sha256.hexdigest()}

    def _count(self, size: int) -> None:
        self.done += size
        self.told("archive", self.done, self.total)

    def close(self, manifest: dict[str, Any]) -> None:
        """Write what proves the rest, and end."""
        before = {"bytes": self.out.tell(), "sha256": self.out.sha256.hexdigest()}
        text = json.dumps({**manifest, "before": before, "members": self.members}, indent=1, ensure_ascii=False)
        self.add_text(MANIFEST, text)
        self.add_text(SEAL, f"{self.members[MANIFEST]['sha256']}  {MANIFEST}\n")
        self.tar.close()


def read_manifest(path: Path) -> dict[str, Any]:
    """Give the manifest of an archive.

    :raises PortalError: no archive, cut, or the manifest is not what was written
    """
    try:
        with tarfile.open(path, "r:") as tar:
            found = {member.name: member for member in tar}
            texts = {name: _bytes(tar, found[name]) for name in (MANIFEST, SEAL) if name in found}
    except (tarfile.TarError, OSError) as error:
        raise PortalError(f"{path} : ce n'est pas une sauvegarde, ou elle est abîmée ({error}).") from error
    if len(texts) < 2:
        last = next(reversed(found), "le début")
        raise PortalError(f"{path} : archive coupée ou abîmée juste après {last}.")
    if texts[SEAL].split()[:1] != [hashlib.sha256(texts[MANIFEST]).hexdigest().encode()]:
        raise PortalError(f"{path} : {MANIFEST} ou {SEAL} est abîmé.")
    manifest: dict[str, Any] = json.loads(texts[MANIFEST])
    return manifest


def _bytes(tar: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    content = tar.extractfile(member)
    return content.read() if content else b""


def damaged(path: Path, *, told: Told) -> list[str]:
    """List what is no longer as it was written in an archive; one reading if all is well.

    :raises PortalError: the manifest cannot be trusted
    """
    manifest = read_manifest(path)
    wanted = manifest["before"]
    if _hash_of_start(path, wanted["bytes"], told) == wanted["sha256"]:
        return []
    with tarfile.open(path, "r:") as tar:
        sums = {member.name: _hash(tar, member) for member in tar}
    faults = [name for name, member in manifest["members"].items() if sums.get(name) != member["sha256"]]
    return faults or ["un en-tête, ou ce qui sépare deux membres"]


def _hash_of_start(path: Path, size: int, told: Told) -> str:
    digest, done = hashlib.sha256(), 0
    with path.open("rb") as file:
        while data := file.read(min(CHUNK_BYTES, size - done)):
            digest.update(data)
            done += len(data)
            told("vérification", done, size)
    return digest.hexdigest()


def _hash(tar: tarfile.TarFile, member: tarfile.TarInfo) -> str:
    content = tar.extractfile(member)
    return hashlib.file_digest(content, "sha256").hexdigest() if content else ""  # type: ignore[arg-type]


def unpack(path: Path, target: Path, *, place: Callable[[str], str]) -> list[str]:
    """Write members under `target`, readable by their owner alone, and list where each went.

    :param place: says where a member goes; empty leaves it out
    :raises PortalError: a member would leave the folder
    """
    written = []
    with tarfile.open(path, "r:") as tar:
        for member in tar:
            name = place(member.name)
            content = tar.extractfile(member) if name else None
            if content is None:
                continue
            goal = target / name
            if not goal.resolve().is_relative_to(target.resolve()):
                raise PortalError(f"{path} : le membre {member.name} sortirait du dossier.")
            goal.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with os.fdopen(os.open(goal, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                shutil.copyfileobj(content, file, CHUNK_BYTES)
            written.append(name)
    return written
