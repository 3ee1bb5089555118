"""Checks of what happens in one collectivity: workers, mail waiting, faults, people who may administer, audit."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import obstore
import sqlalchemy as sa
from obstore.exceptions import BaseError
from sqlalchemy.orm import Session

from portal.content.audit import broken_links
from portal.content.clock import real_now
from portal.content.files.models import File
from portal.content.files.storing import path_of
from portal.content.models import AuditEntry, AuditHead, JobRun, OutboxMessage
from portal.content.turns import LAST_ROUND
from portal.db import PortalState
from portal.errors import PortalError
from portal.hosting.doctor.checking import FAIL, WARN, Patient, Wrong, scalar
from portal.hosting.site import Site
from portal.loader.hooks import CORE_PLUGIN
from portal.loader.models import Fault, Quarantine
from portal.people.models import User, UserSession
from portal.people.sessions import ABSOLUTE
from portal.values import Role

AUDIT_LINKS = 1000
RETENTION_WARN_DAYS = 3
FILES_LOOKED_AT = 100
OUTBOX_WARN_MINUTES, OUTBOX_FAIL_MINUTES = 30, 24 * 60
ROUND_WARN_MINUTES = 10
COUNT = sa.func.count()


def _rows(site: Site, statement: sa.Executable) -> list[Any]:
    with site.engine.connect() as conn:
        return list(conn.execute(statement).all())


def domain_clock(site: Site, patient: Patient) -> str:
    """Check that only a demonstration lives on another day."""
    offset = scalar(site, sa.select(PortalState.clock_offset_seconds))
    if offset and not patient.instance.demo:
        raise Wrong(
            f"L'horloge de la collectivité est décalée de {timedelta(seconds=abs(offset))}.",
            "UPDATE portal_state SET clock_offset_seconds = 0, revision = revision + 1",
        )
    return "La collectivité vit à l'heure." if not offset else "La démonstration vit à son heure."


def administrator(site: Site, _patient: Patient) -> str:
    """Check that somebody may administer."""
    active = sa.select(COUNT).select_from(User).where(User.role == Role.ADMIN, User.disabled_at.is_(None))
    count = scalar(site, active)
    if not count:
        raise Wrong("Plus personne ne peut administrer.", f"portal rescue --collectivity {site.slug}")
    return f"{count} personne(s) administrent."


def outbox(site: Site, _patient: Patient) -> str:
    """Check that what had to leave has left."""
    waiting = sa.select(COUNT, sa.func.min(OutboxMessage.created_at)).where(
        OutboxMessage.done_at.is_(None), OutboxMessage.stopped_at.is_(None)
    )
    ((count, oldest),) = _rows(site, waiting)
    minutes = _minutes_since(oldest)
    if minutes > OUTBOX_WARN_MINUTES:
        level = FAIL if minutes > OUTBOX_FAIL_MINUTES else WARN
        remedy = "Voyez si portal work tourne, et ce que disent ses journaux."
        raise Wrong(f"{count} envois attendent, le plus ancien depuis {minutes:.0f} min.", remedy, level=level)
    return f"{count} envois en attente."


def refused(site: Site, _patient: Patient) -> str:
    """Check that the mail server refused nobody for good."""
    stopped = sa.select(COUNT).select_from(OutboxMessage).where(OutboxMessage.stopped_at.is_not(None))
    if count := scalar(site, stopped):
        raise Wrong(f"{count} courriels ont été refusés pour de bon.", "portal mail list dit pour qui.", level=WARN)
    return "Aucun courriel refusé."


def worker(site: Site, _patient: Patient) -> str:
    """Check that a worker came by lately: without one, nothing is sent and no state passes."""
    last = scalar(site, LAST_ROUND)
    if last is None or _minutes_since(last) > ROUND_WARN_MINUTES:
        when = f"pas passé ici depuis {_minutes_since(last):.0f} min" if last else "encore jamais passé ici"
        raise Wrong(f"Le travail de fond n'est {when}.", "Lancez portal run, ou portal work.")
    return "Le travail de fond passe."


def _minutes_since(instant: datetime | None) -> float:
    return (real_now() - instant).total_seconds() / 60 if instant else 0


def quarantines(site: Site, _patient: Patient) -> str:
    """Check that no plugin is set aside."""
    aside = sa.select(Quarantine.plugin, Quarantine.reference, Quarantine.host).order_by(Quarantine.at)
    for name, reference, host in _rows(site, aside):
        raise Wrong(
            f"L'extension « {name} » est en quarantaine sur {host} (référence {reference}).",
            "Administrer → Extensions dit pourquoi ; corrigez, rechargez, puis « Réessayer ».",
            level=WARN,
        )
    return "Aucune extension en quarantaine."


def faults(site: Site, _patient: Patient) -> str:
    """Check that nothing broke since yesterday."""
    recent = sa.select(Fault.plugin, COUNT, sa.func.max(Fault.reference)).where(
        Fault.at > real_now() - timedelta(days=1)
    )
    for name, count, reference in _rows(site, recent.group_by(Fault.plugin).order_by(COUNT.desc())):
        raise Wrong(
            f"« {name} » a failli {count} fois depuis 24 h (référence {reference}).",
            "Administrer → Extensions montre la trace, à envoyer à qui l'écrit.",
            level=WARN,
        )
    return "Aucune faute depuis 24 h."


def audit(site: Site, patient: Patient) -> str:
    """Check that the chain of the audit holds: the last entries, or all of them when one has the time (P16)."""
    with Session(site.engine) as session:
        head = session.scalars(sa.select(AuditHead)).one()
        newest = session.scalar(sa.select(sa.func.max(AuditEntry.id))) or 0
        start = 0 if patient.is_full else max(0, newest - AUDIT_LINKS)
        before = session.get(AuditEntry, start) if start else None
        chain = sa.select(AuditEntry).where(AuditEntry.id > start).order_by(AuditEntry.id)
        broken = broken_links(session.scalars(chain.execution_options(yield_per=1000)), after=before)
        last = session.get(AuditEntry, newest)
        if broken or newest != head.last_id or (last and last.hash != head.hash):
            where = f"à l'acte {broken[0]}" if broken else "à son dernier acte"
            raise Wrong(
                f"La chaîne du journal est rompue {where}.", "Gardez la base telle quelle, et cherchez qui l'a écrite."
            )
    return f"La chaîne du journal tient ({newest - start} actes vérifiés sur {newest})."


def sessions(site: Site, _patient: Patient) -> str:
    """Check that ended sessions are swept."""
    longest = max(ABSOLUTE.values()) + timedelta(days=1)
    old = sa.select(COUNT).select_from(UserSession).where(UserSession.created_at < real_now() - longest)
    if count := scalar(site, old):
        raise Wrong(
            f"{count} sessions finies depuis longtemps sont encore là.", "Voyez si portal work tourne.", level=WARN
        )
    return "Les sessions finies sont balayées."


def retention(site: Site, _patient: Patient) -> str:
    """Check that what was kept long enough has been erased lately (P17)."""
    last = scalar(site, sa.select(JobRun.ran_at).where(JobRun.plugin == CORE_PLUGIN, JobRun.job == "retention"))
    days = _minutes_since(last) / (24 * 60)
    if days > RETENTION_WARN_DAYS:
        raise Wrong(
            f"Les durées de conservation ne sont plus appliquées depuis {days:.0f} jours.",
            "portal privacy retention --dry-run dit ce qui attend ; voyez si portal work tourne.",
            level=WARN,
        )
    return "Les durées de conservation sont appliquées." if last else "Les durées ne sont pas encore passées ici."


def files(site: Site, patient: Patient) -> str:
    """Check that what people sent is still in the store: the newest files, or all of them."""
    wanted = sa.select(File.sha256).order_by(File.id.desc()).limit(None if patient.is_full else FILES_LOOKED_AT)
    names = {path_of(sha256) for (sha256,) in _rows(site, wanted)}
    try:
        absent = [name for name in names if not _is_stored(site, name)]
    except (PortalError, BaseError, OSError) as error:
        raise Wrong(
            f"Le magasin des fichiers ne répond pas ({type(error).__name__}).", "Voyez [files] dans portal.toml."
        ) from error
    if absent:
        raise Wrong(f"{len(absent)} fichiers sur {len(names)} manquent au magasin.", "Reprenez-les d'une sauvegarde.")
    return f"Fichiers en place ({len(names)} regardés)."


def _is_stored(site: Site, name: str) -> bool:
    try:
        obstore.head(site.files, name)
    except FileNotFoundError:
        return False
    return True


CHECKS = (domain_clock, administrator, worker, outbox, refused, quarantines, faults, audit, sessions, retention, files)
