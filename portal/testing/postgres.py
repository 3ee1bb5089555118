"""A throw-away PostgreSQL server for tests, because what runs on SQLite alone has not been tried.

Needs the programs of the PostgreSQL server (``initdb``, ``pg_ctl``), not a running service: a cluster is made
in a temporary folder, speaks on a socket inside it only, forgets safety for speed unless told otherwise, and goes with
the tests. Never point it at data one would miss.
"""

import os
import pwd
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import psycopg
from psycopg import sql

PROGRAM_FOLDERS = "usr/lib/postgresql/*/bin"
START_SECONDS = 60
MEMORY = Path("/dev/shm")  # noqa: S108 what is made in it has a name that nobody can guess
MEMORY_BYTES = 4_000_000_000  # room for a large world on both databases, for each process that runs tests
UNPRIVILEGED = ("postgres", "nobody")
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "max_wal_size": "256MB",
    "timezone": "UTC",
    "lc_messages": "C",
}


SAFE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}


class PostgresUnavailable(RuntimeError):
    """The server's programs are missing, or would not start; the message says what to do."""


@dataclass(frozen=True)
class Cluster:
    """A running server; every test that writes takes a database of its own."""

    sockets: Path
    settings: Mapping[str, str] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=lambda: count(1), repr=False)

    def url(self, database: str = "postgres") -> str:
        """Return the SQLAlchemy URL of a database of this server."""
        return f"postgresql+psycopg://portal@/{database}?host={self.sockets}"

    def new_database(self, template: str | None = None) -> str:
        """Create an empty database, or a copy of the one at the URL ``template``; return its SQLAlchemy URL."""
        name = f"portal_{next(self._numbers)}"
        model = sql.Identifier(_name_in(template) if template else "template0")
        self._order(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), model))
        return self.url(name)

    def drop_database(self, url: str) -> None:
        """Drop a database made by :meth:`new_database`, cutting whoever is still connected."""
        self._order(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(_name_in(url))))

    def stop(self) -> None:
        """Stop the server as a failing machine would: nobody is waited for."""
        programs, owner = server_programs(), _owner()
        _run([programs / "pg_ctl", "-D", self.sockets / "data", "-m", "immediate", "-w", "stop"], self.sockets, owner)

    def start(self) -> None:
        """Start a stopped server again, with the databases it has."""
        _serve(server_programs(), self.sockets, _owner(), self.settings)

    def processes(self) -> list[int]:
        """List the processes of the running server, the first one that starts the others."""
        first = (self.sockets / "data/postmaster.pid").read_text().split("\n", 1)[0]
        others = Path(f"/proc/{first}/task/{first}/children").read_text().split()
        return [int(first), *map(int, others)]

    def _order(self, statement: sql.Composed) -> None:
        with psycopg.connect(host=str(self.sockets), user="portal", dbname="postgres", autocommit=True) as talk:
            talk.execute(statement)


def _name_in(url: str) -> str:
    return url.partition("@/")[2].partition("?")[0]


@contextmanager
def postgresql_cluster(*, within: Path | None = None, settings: Mapping[str, str] | None = None) -> Iterator[Cluster]:
    """Start a server for the length of a ``with`` block.

    PostgreSQL refuses to run as root: then it runs as ``postgres`` or ``nobody``.

    :param within: where its folder is made, by default in memory, else /tmp; its socket takes a short path only
    :param settings: of its own, over `SETTINGS`; `SAFE` are those of a careful server
    :raises PostgresUnavailable: the programs are absent, or the server did not start
    """
    programs = server_programs()
    owner = _owner()
    place = within or memory() or "/tmp"  # noqa: S108 a socket's path must be short
    folder = Path(tempfile.mkdtemp(prefix="portal-pg-", dir=place))
    try:
        if owner:
            os.chown(folder, owner.pw_uid, owner.pw_gid)
        cluster = Cluster(folder, settings or {})
        _make(programs, folder, owner)
        cluster.start()
        try:
            yield cluster
        finally:
            cluster.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def memory() -> Path | None:
    """Return a folder in memory, if there is room: on a disk each test waits for its commits and for its database."""
    is_there = MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > MEMORY_BYTES
    return MEMORY if is_there else None


def server_programs() -> Path:
    """Return the folder of the server's programs, the newest version if several.

    :raises PostgresUnavailable: there is none, neither in PATH nor where Debian puts them
    """
    found = shutil.which("initdb")
    if found and shutil.which("pg_ctl"):
        return Path(found).resolve().parent
    folders = [path.parent for path in Path("/").glob(f"{PROGRAM_FOLDERS}/initdb")]
    if not folders:
        raise PostgresUnavailable("PostgreSQL's server is not installed (on Debian: apt install postgresql)")
    return max(folders, key=lambda folder: [int(number) for number in re.findall(r"\d+", str(folder))])


def _owner() -> pwd.struct_passwd | None:
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    for name in UNPRIVILEGED:
        if name in known:
            return known[name]
    raise PostgresUnavailable("PostgreSQL refuses to run as root, and nobody else is there to run it")


def _make(programs: Path, folder: Path, owner: pwd.struct_passwd | None) -> None:
    tongue = ["--encoding=UTF8", "--locale=C.UTF-8"]
    safety = ["--auth=trust", "--no-sync", "--no-instructions"]
    _run([programs / "initdb", "-D", folder / "data", "-U", "portal", *tongue, *safety], folder, owner)


def _serve(programs: Path, folder: Path, owner: pwd.struct_passwd | None, settings: Mapping[str, str]) -> None:
    said = " ".join(f"-c {name}='{value}'" for name, value in {**SETTINGS, **settings}.items())
    server: list[Path | str] = ["-D", folder / "data", "-l", folder / "log", "-o", f"-k {folder} {said}"]
    _run([programs / "pg_ctl", *server, "-w", "-t", str(START_SECONDS), "start"], folder, owner)


def _run(command: Sequence[Path | str], folder: Path, owner: pwd.struct_passwd | None) -> None:
    identity = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": ()} if owner else {}
    with (folder / "output").open("w+") as output:
        # Not a pipe: the server inherits it and would keep it open.
        done = subprocess.run(  # type: ignore[call-overload]
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
            **identity,
        )
        if done.returncode:
            output.seek(0)
            log = folder / "log"
            said = output.read() + (log.read_text(errors="replace") if log.exists() else "")
            raise PostgresUnavailable(f"{Path(command[0]).name} failed:\n{said[-2000:]}")
