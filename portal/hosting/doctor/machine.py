"""Checks of the machine: its programs, its clock, its room."""

from __future__ import annotations

import os
import resource
import shutil
import sqlite3
import sys
import tempfile
import time
import zoneinfo
from datetime import UTC, datetime
from pathlib import Path

from portal import texts
from portal.hosting.doctor.checking import WARN, Patient, Wrong

OLDEST_PYTHON, NEWEST_PYTHON = (3, 11), (3, 13)
OLDEST_SQLITE = (3, 35, 0)  # UPDATE … RETURNING
ROOM_FAIL_BYTES, ROOM_WARN_BYTES = 200 << 20, 1 << 30
ROOM_FAIL_SHARE, ROOM_WARN_SHARE = 0.02, 0.10
SCRATCH_BYTES = 100 << 20
DRIFT_SECONDS = 5
LAST_YEAR = 2100
FILES_PER_CONNECTION, FILES_OF_A_PROCESS = 3, 100
STATIC = Path(texts.__file__).parent / "web" / "static"


def python_version(_patient: Patient) -> str:
    """Check that Python is one the portal is tried with."""
    here = sys.version_info[:2]
    said = ".".join(map(str, here))
    if here < OLDEST_PYTHON:
        raise Wrong(
            f"Python {said} est trop ancien.", f"Il en faut un à partir de {'.'.join(map(str, OLDEST_PYTHON))}."
        )
    if here > NEWEST_PYTHON:
        raise Wrong(f"Le portail n'a pas été essayé avec Python {said}.", "Préférez une version essayée.", level=WARN)
    return f"Python {said}."


def sqlite_version(_patient: Patient) -> str:
    """Check that SQLite knows what the portal asks of it."""
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        raise Wrong(f"SQLite {sqlite3.sqlite_version} est trop ancien.", "Mettez le système à jour.")
    return f"SQLite {sqlite3.sqlite_version}."


def timezones(patient: Patient) -> str:
    """Check that the data of time zones is there: summer time is known."""
    for site in patient.sites:
        try:
            zone = zoneinfo.ZoneInfo.no_cache(site.collectivity.timezone)
        except zoneinfo.ZoneInfoNotFoundError as error:
            raise Wrong("Les fuseaux horaires manquent sur cette machine.", "apt install tzdata") from error
        datetime.now(UTC).astimezone(zone)
    return "Les fuseaux horaires sont connus."


def clock(_patient: Patient) -> str:
    """Check that the clock is not before the code was installed, nor absurd."""
    at, installed = time.time(), Path(texts.__file__).stat().st_mtime
    if at < installed - 86400 or datetime.fromtimestamp(at, UTC).year > LAST_YEAR:
        raise Wrong(
            f"L'horloge dit le {datetime.fromtimestamp(at, UTC):%d/%m/%Y}, ce qui ne se peut.",
            "Réglez l'heure et laissez un service la tenir : timedatectl set-ntp true",
        )
    return "L'horloge est plausible."


def clock_of_disk(patient: Patient) -> str:
    """Check that the disk and the machine agree on the time (a network disk may not)."""
    with tempfile.NamedTemporaryFile(dir=patient.instance.folder) as file:
        drift = abs(Path(file.name).stat().st_mtime - time.time())
    if drift > DRIFT_SECONDS:
        raise Wrong(
            f"Le disque et la machine diffèrent de {drift:.0f} s.", "Mettez les deux à l'heure (NTP).", level=WARN
        )
    return "Le disque et la machine sont à la même heure."


def disk(patient: Patient) -> str:
    """Check that there is room for what people write, in bytes and in files."""
    folder = patient.instance.folder
    usage, files = shutil.disk_usage(folder), os.statvfs(folder)
    share = min(usage.free / usage.total, files.f_favail / files.f_files if files.f_files else 1)
    said = f"Il reste {usage.free >> 20} Mio, {share:.0%}, là où se trouve l'instance."
    if usage.free < ROOM_FAIL_BYTES or share < ROOM_FAIL_SHARE:
        raise Wrong(said, "Faites de la place maintenant : disque plein, plus rien ne s'écrit.")
    if usage.free < ROOM_WARN_BYTES or share < ROOM_WARN_SHARE:
        raise Wrong(said, "Faites de la place, ou agrandissez le disque.", level=WARN)
    return said


def scratch(_patient: Patient) -> str:
    """Check that what is sent to the portal has room while it arrives."""
    folder = tempfile.gettempdir()
    free = shutil.disk_usage(folder).free
    if free < SCRATCH_BYTES:
        raise Wrong(
            f"Il reste {free >> 20} Mio dans {folder}.", "Videz-le, ou dites un autre dossier par TMPDIR.", level=WARN
        )
    return f"{folder} a de la place."


def open_files(patient: Patient) -> str:
    """Check that a worker may open as many files as its collectivities need."""
    server, limit = patient.instance.server, resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    apps = min(server.keep_apps, len(patient.sites))
    need = apps * server.threads * FILES_PER_CONNECTION + FILES_OF_A_PROCESS
    if need > limit:
        raise Wrong(
            f"Un processus peut avoir besoin de {need} fichiers ouverts ; {limit} lui sont permis.",
            f"LimitNOFILE={need} dans l'unité systemd, ou moins de keep_apps ou de threads.",
            level=WARN,
        )
    return f"{limit} fichiers ouverts permis, {need} au plus nécessaires."


def assets(_patient: Patient) -> str:
    """Check that what browsers load is installed; without the script the portal works, page by page."""
    if not (STATIC / "icon.svg").is_file():
        raise Wrong("Des fichiers du portail manquent.", "Réinstallez-le : pip install --force-reinstall --no-deps .")
    if not (STATIC / "vendor" / "htmx.min.js").is_file():
        raise Wrong(
            "Le script des pages manque : tout marche, page par page.", "Réinstallez avec npm joignable.", level=WARN
        )
    return "Feuilles et scripts sont là."


def catalogue(_patient: Patient) -> str:
    """Check that the portal speaks French."""
    if texts.dgettext(texts.CORE, "Sign in") == "Sign in":
        raise Wrong("Le français manque : les pages seraient en anglais.", "Réinstallez le portail.")
    return "Le français est là."


CHECKS = (
    python_version, sqlite_version, timezones, clock, clock_of_disk, disk, scratch, open_files, assets, catalogue,
)  # fmt: skip
