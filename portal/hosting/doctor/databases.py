"""Checks of the database of one collectivity: reachable, sound, up to date, as durable as promised."""

from __future__ import annotations

import stat
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import make_url

from portal.content.clock import real_now
from portal.db import is_postgresql
from portal.errors import Outdated, PortalError
from portal.hosting.copying import database_file
from portal.hosting.doctor.checking import WARN, Patient, Wrong, scalar
from portal.hosting.install import core_head
from portal.hosting.site import Site
from portal.loader.discovery import scan
from portal.loader.hooks import CORE_PLUGIN
from portal.loader.manifest import Manifest
from portal.loader.revisions import current, head, refuse_newer

UPGRADE = "portal upgrade, puis un rechargement."
DRIFT_SECONDS = 5
WAL_WARN_BYTES = 512 << 20
FULL_SYNC = 2


def database(site: Site, _patient: Patient) -> str:
    """Check that the database answers."""
    try:
        site.check_there()
        scalar(site, "SELECT 1")
    except (PortalError, sa.exc.SQLAlchemyError, OSError) as error:
        said = str(getattr(error, "orig", error)).strip().splitlines()[0]
        raise Wrong(
            f"La base ne répond pas : {said}", "Démarrez-la, ou corrigez « database » dans portal.toml."
        ) from error
    return f"La base répond ({site.engine.dialect.name})."


def tables(site: Site, _patient: Patient) -> str:
    """Check that the core's tables are those of this code."""
    here = current(site.engine, CORE_PLUGIN)
    _refuse_newer(None, here)
    if here != core_head():
        raise Wrong(f"Les tables du noyau en sont à {here}, le code à {core_head()}.", UPGRADE)
    return f"Tables du noyau à jour ({here})."


def tables_of_plugins(site: Site, _patient: Patient) -> str:
    """Check that the tables of plugins are too, also of those that are off."""
    for name, manifest in scan().manifests.items():
        here = current(site.engine, name)
        _refuse_newer(manifest, here)
        if here is not None and here != head(manifest):
            raise Wrong(f"Les tables de « {name} » en sont à {here}, le code à {head(manifest)}.", UPGRADE)
    return "Tables des extensions à jour."


def _refuse_newer(manifest: Manifest | None, here: str | None) -> None:
    try:
        refuse_newer(manifest, here)
    except Outdated as error:
        raise Wrong(str(error), "La version du portail, ou de l'extension, qui a fait ces tables.") from error


def durability(site: Site, _patient: Patient) -> str:
    """Check that what is acknowledged survives a power cut (P13)."""
    if not is_postgresql(site.engine):
        if scalar(site, "PRAGMA journal_mode") != "wal":
            raise Wrong("Ce disque ne permet pas le journal WAL (disque réseau ?).", "Un disque local, ou PostgreSQL.")
        if scalar(site, "PRAGMA synchronous") != FULL_SYNC:
            raise Wrong(
                "SQLite n'attend pas le disque (synchronous).", "Une extension l'a changé : regardez lesquelles."
            )
        return "WAL et synchronous=FULL : ce qui est dit enregistré l'est."
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        if scalar(site, f"SHOW {setting}") == "off":
            raise Wrong(f"PostgreSQL a {setting} = off : une coupure perd des écritures.", f"{setting} = on")
    return "PostgreSQL attend le disque : ce qui est dit enregistré l'est."


def references(site: Site, _patient: Patient) -> str:
    """Check that no row points at one that is not there."""
    if is_postgresql(site.engine):
        loose = "SELECT conname FROM pg_constraint WHERE NOT convalidated AND contype = 'f' LIMIT 1"
        if name := scalar(site, loose):
            raise Wrong(f"La clé étrangère {name} n'est pas vérifiée.", f"ALTER TABLE … VALIDATE CONSTRAINT {name}")
        return "Clés étrangères vérifiées."
    if not scalar(site, "PRAGMA foreign_keys"):
        raise Wrong("Les clés étrangères ne sont pas gardées.", "Une extension l'a changé : regardez lesquelles.")
    if table := scalar(site, "PRAGMA foreign_key_check"):
        raise Wrong(
            f"Des lignes de « {table} » désignent ce qui n'existe plus.", "Restaurez, ou faites corriger la base."
        )
    return "Clés étrangères gardées et vérifiées."


def integrity(site: Site, patient: Patient) -> str:
    """Check that the file, or the indexes, are not damaged."""
    if is_postgresql(site.engine):
        broken = "SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid LIMIT 1"
        if name := scalar(site, broken):
            raise Wrong(f"L'index {name} est invalide.", f"REINDEX INDEX {name}")
        return "Index valides."
    said = scalar(site, f"PRAGMA {'integrity_check' if patient.is_full else 'quick_check'}(1)")
    if said != "ok":
        raise Wrong(f"La base est abîmée : {said}", "Arrêtez, gardez le fichier, restaurez la dernière sauvegarde.")
    return "Le fichier de la base est sain."


def encoding(site: Site, _patient: Patient) -> str:
    """Check that every character can be kept."""
    said = scalar(site, "SHOW server_encoding" if is_postgresql(site.engine) else "PRAGMA encoding")
    if said.replace("-", "").upper() != "UTF8":
        raise Wrong(f"La base est en {said}.", "Recréez-la : createdb --encoding=UTF8 --template=template0 …")
    return "La base est en UTF-8."


def connections(site: Site, patient: Patient) -> str:
    """Check that PostgreSQL has enough connections for all workers of all collectivities on that server."""
    if not is_postgresql(site.engine):
        return "Sans objet pour SQLite."
    server, place = patient.instance.server, _server_of(site)
    together = min(server.keep_apps, sum(_server_of(other) == place for other in patient.sites))
    need = server.workers * together * server.threads + 2 * together  # and the worker's
    free = int(scalar(site, "SHOW max_connections")) - int(scalar(site, "SHOW superuser_reserved_connections"))
    if need > free:
        raise Wrong(
            f"{need} connexions peuvent être demandées ; le serveur en donne {free}.",
            f"max_connections = {need + 10} dans postgresql.conf, ou moins de workers, de threads ou de keep_apps.",
        )
    return f"{need} connexions au plus, sur {free}."


def _server_of(site: Site) -> tuple[Any, ...]:
    address = make_url(site.url)
    return address.get_backend_name(), address.host or address.query.get("host"), address.port


def clock_of_database(site: Site, _patient: Patient) -> str:
    """Check that the database server and this machine agree on the time."""
    if is_postgresql(site.engine):
        drift = abs((scalar(site, sa.select(sa.func.clock_timestamp())) - real_now()).total_seconds())
        if drift > DRIFT_SECONDS:
            raise Wrong(
                f"La base et la machine diffèrent de {drift:.0f} s.", "Mettez les deux à l'heure (NTP).", level=WARN
            )
    return "La base et la machine sont à la même heure."


def clock_went_back(site: Site, _patient: Patient) -> str:
    """Check that nothing was recorded in the future: the clock has not gone back."""
    text = scalar(site, "SELECT max(recorded_at) FROM audit")
    last = datetime.fromisoformat(text) if isinstance(text, str) else text
    if last is None:
        return "Le journal est vide."
    ahead = (last.replace(tzinfo=last.tzinfo or real_now().tzinfo) - real_now()).total_seconds()
    if ahead > DRIFT_SECONDS:
        raise Wrong(
            f"Le dernier acte du journal est dans {ahead / 60:.0f} min : l'horloge a reculé.", "Réglez l'heure (NTP)."
        )
    return "L'horloge n'a pas reculé."


def database_mode(site: Site, _patient: Patient) -> str:
    """Check that nobody else of the machine reads the file."""
    file = database_file(site)
    if file is not None and stat.S_IMODE(file.stat().st_mode) & 0o077:
        raise Wrong(f"D'autres comptes peuvent lire {file}.", f"chmod 600 {file}")
    return "La base n'est lisible que du portail."


def write_ahead_log(site: Site, _patient: Patient) -> str:
    """Check that the journal of SQLite is folded back in: no reader holds it open for ever."""
    file = database_file(site)
    log = Path(f"{file}-wal")
    if file is not None and log.exists() and log.stat().st_size > WAL_WARN_BYTES:
        raise Wrong(
            f"Le journal de la base fait {log.stat().st_size >> 20} Mio.",
            "Un processus le retient : relancez le portail.",
            level=WARN,
        )
    return "Le journal de la base est court."


CHECKS = (
    tables, tables_of_plugins, durability, references, integrity, encoding, connections, clock_of_database,
    clock_went_back, database_mode, write_ahead_log,
)  # fmt: skip
