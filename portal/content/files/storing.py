"""Where contents stand: a folder, or any S3-compatible store. Content-addressed: a path is a SHA-256, never a name.

Order of things: a content is noted in `file_contents` on a connection of its own, then put, then the request that wants
it takes the write lock and adds its row. What no row wants a day later is swept. So a crash leaves something to sweep,
never a row without content; and a sweep cannot take what somebody is just sending again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, cast
from urllib.parse import urlsplit

import obstore
import sqlalchemy as sa
from flask import current_app
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, S3Store
from sqlalchemy.dialects import postgresql, sqlite

from portal.content.clock import real_now
from portal.content.files.models import File, FileContent
from portal.content.files.places import FilePlace
from portal.content.secrets import secret_of
from portal.db import db, engine, is_postgresql, side_write
from portal.errors import ConfigError, NotFound, Unavailable
from portal.texts import CORE, texts

_ = texts(CORE)
CHUNK_BYTES = 1_000_000
GRACE = timedelta(days=1)
SWEPT_AT_ONCE = 50
TRIES = {"max_retries": 2, "retry_timeout": timedelta(seconds=15)}


def open_store(place: FilePlace, *, folder: Path) -> ObjectStore:
    """Open the store of a collectivity.

    :param folder: of the collectivity
    :raises ConfigError: an address or a secret that does not do
    """
    parts = urlsplit(place.url)
    if parts.scheme in {"", "file"}:
        path = Path(parts.path) if place.url else folder / "files"
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        return LocalStore(path.resolve())
    if parts.scheme != "s3" or not parts.netloc:
        raise ConfigError(f"files.url : « {place.url} » n’est ni un dossier (file:///…) ni un magasin (s3://…).")
    return S3Store(
        parts.netloc,
        prefix=parts.path.strip("/") or None,
        endpoint=_checked(place.endpoint),
        region=place.region or "us-east-1",
        access_key_id=secret_of(place.key_id),
        secret_access_key=secret_of(place.secret),
        virtual_hosted_style_request=False,
        disable_bulk_delete=True,  # not every compatible service has it
        client_options=_client(place),  # type: ignore[arg-type]
        retry_config=TRIES,  # type: ignore[arg-type]
    )


def _checked(endpoint: str) -> str:
    parts = urlsplit(endpoint)
    if parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in {"localhost", "127.0.0.1", "::1"}):
        return endpoint
    raise ConfigError(f"files.endpoint : « {endpoint} » doit commencer par https://.")


def _client(place: FilePlace) -> dict[str, object]:
    options: dict[str, object] = {"timeout": "60s", "connect_timeout": "5s"}
    if place.endpoint.startswith("http://"):
        options["allow_http"] = True
    if place.ca:
        options["root_certificate"] = Path(place.ca).read_bytes()
    return options


def current_store() -> ObjectStore:
    """Give the store of the collectivity at work."""
    opened = cast("Callable[[], ObjectStore]", current_app.config["FILES"])
    with _answering():
        return opened()


@contextmanager
def _answering() -> Iterator[None]:
    """Say in a sentence that the store does not answer; what it says itself is for the log.

    :raises Unavailable: it does not
    """
    try:
        yield
    except FileNotFoundError:
        raise
    except (BaseError, ConfigError, OSError) as error:
        raise Unavailable(_("Files cannot be reached now. Nothing was lost: try again in a minute.")) from error


def path_of(sha256: str) -> str:
    """Give where a content stands in the store."""
    return f"{sha256[:2]}/{sha256}"


def put_content(content: IO[bytes]) -> tuple[str, int]:
    """Hash a content and put it in the store, before any write lock; give its SHA-256 and its size.

    :raises Unavailable: the store does not answer
    """
    sha256, size = _measured(content)
    _note(sha256, size)
    with _answering():
        obstore.put(current_store(), path_of(sha256), content, chunk_size=8 * CHUNK_BYTES)
    return sha256, size


def _measured(content: IO[bytes]) -> tuple[str, int]:
    content.seek(0)
    digest, size = hashlib.sha256(), 0
    while chunk := content.read(CHUNK_BYTES):
        digest.update(chunk)
        size += len(chunk)
    content.seek(0)
    return digest.hexdigest(), size


def _note(sha256: str, size: int) -> None:
    """Write that a content is wanted again, and wait for a sweep that is just taking it."""
    insert = postgresql.insert if is_postgresql(engine()) else sqlite.insert
    first = insert(FileContent).values(sha256=sha256, size=size, stored_at=real_now())
    again = first.on_conflict_do_update(index_elements=["sha256"], set_={"stored_at": first.excluded.stored_at})
    with side_write(engine()) as conn:
        conn.execute(again)


def read_content(sha256: str, part: tuple[int, int] | None = None) -> Iterator[bytes]:
    """Give a content piece by piece.

    :param part: from this byte to before that one; else all of it
    :raises NotFound: it is not in the store
    :raises Unavailable: the store does not answer
    """
    try:
        with _answering():
            found = obstore.get(current_store(), path_of(sha256), options={"range": part} if part else None)
    except FileNotFoundError as error:
        raise NotFound(_("This file is no longer here.")) from error
    return (bytes(piece) for piece in found.stream(min_chunk_size=CHUNK_BYTES))


def sweep_contents(at: datetime) -> bool:
    """Delete contents that no file has and nobody sent since a day; tell whether there may be more.

    The row goes first and its lock is held while the object goes: who sends the same content waits, then puts it anew.
    """
    wanted = sa.select(File.id).where(File.sha256 == FileContent.sha256).exists()
    left = sa.select(FileContent.sha256).where(FileContent.stored_at < real_now() - GRACE, ~wanted)
    found = list(db.session.scalars(left.limit(SWEPT_AT_ONCE)))
    for sha256 in found:
        db.session.execute(sa.delete(FileContent).where(FileContent.sha256 == sha256))
        try:
            with _answering():
                obstore.delete(current_store(), path_of(sha256))
        except FileNotFoundError:
            continue
    return len(found) == SWEPT_AT_ONCE
