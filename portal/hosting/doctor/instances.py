"""Checks of the instance: its folder, its key, what the operator set, who answers, its backups."""

from __future__ import annotations

import http.client
import os
import smtplib
import socket
import stat
import time
from pathlib import Path

from sqlalchemy.engine import make_url

from portal.content.smtp import postman
from portal.errors import PortalError
from portal.hosting.archives import damaged, read_manifest
from portal.hosting.backup import archives_in, backup_folder
from portal.hosting.config import FILE, KEY_FILE, LOOPBACK
from portal.hosting.doctor.checking import FAIL, WARN, Patient, Wrong
from portal.hosting.running import UNFINISHED, is_running
from portal.loader.discovery import scan
from portal.loader.manifest import say

BACKUP_WARN_HOURS, BACKUP_FAIL_HOURS = 26, 24 * 7


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def settings(patient: Patient) -> str:
    """Check that `portal.toml` was read; it is nobody's business if it holds a password."""
    path = patient.instance.folder / FILE
    secret = any(make_url(site.url).password for site in patient.sites)
    if secret and _mode(path) & 0o007:
        raise Wrong(f"{path} contient un mot de passe, et tout le monde peut le lire.", f"chmod 640 {path}")
    return "Les réglages se lisent."


def folder_mode(patient: Patient) -> str:
    """Check that nobody else of the machine looks into the instance."""
    folder = patient.instance.folder
    if _mode(folder) & 0o007:
        raise Wrong(f"Tout compte de la machine peut entrer dans {folder}.", f"chmod 750 {folder}", level=WARN)
    return "Le dossier de l'instance est fermé aux autres comptes."


def folder_owner(patient: Patient) -> str:
    """Check that the account that looks is the one that owns: otherwise files appear that the portal cannot write."""
    owner = patient.instance.folder.stat().st_uid
    if owner != os.geteuid():
        raise Wrong(
            "Ce contrôle n'est pas lancé par le compte qui possède l'instance.",
            f"Relancez-le avec ce compte : sudo -u '#{owner}' portal doctor",
            level=WARN,
        )
    return "L'instance appartient au compte qui la regarde."


def key(patient: Patient) -> str:
    """Check that the key is there and whole."""
    try:
        size = len(patient.instance.secret())
    except PortalError as error:
        raise Wrong(str(error), f"Reposez {KEY_FILE} depuis sa copie, ou lancez portal init.") from error
    if size < 32:
        raise Wrong(f"La clé est trop courte ({size} octets).", "Une clé en a 32 ; reposez la bonne.")
    return "La clé est là."


def key_mode(patient: Patient) -> str:
    """Check that the key is readable by its owner alone."""
    path = patient.instance.folder / KEY_FILE
    if _mode(path) & 0o077:
        raise Wrong(f"D'autres comptes peuvent lire {path} (mode {_mode(path):o}).", f"chmod 600 {path}")
    return "La clé n'est lisible que de son propriétaire."


def encryption(patient: Patient) -> str:
    """Check that what goes out of the machine is encrypted by a proxy that the portal trusts, and cookies know it."""
    server = patient.instance.server
    public = [host for site in patient.sites for host in site.collectivity.hosts if not _is_local(host)]
    if server.host not in {"127.0.0.1", "::1", "localhost"} and not server.https:
        raise Wrong(
            f"Le portail écoute sur {server.host} sans chiffrement.",
            'host = "127.0.0.1", derrière un mandataire HTTPS.',
        )
    if public and not server.https:
        raise Wrong(f"{public[0]} répondrait sans chiffrement.", "https = true et proxies = 1 dans [server].")
    if server.https and not server.proxies:
        raise Wrong("https = true, mais aucun mandataire n'est de confiance.", "proxies = 1 dans [server].")
    if server.proxies and not server.https:
        raise Wrong(
            "Un mandataire est annoncé, mais pas https.", "https = true dans [server], s'il chiffre.", level=WARN
        )
    return "Chiffrement, mandataire et noms d'hôte vont ensemble."


def hosts(patient: Patient) -> str:
    """Check that behind a proxy, the public name is said; names are written as browsers send them."""
    names = [host for site in patient.sites for host in site.collectivity.hosts]
    odd = [host for host in names if host != host.lower() or "/" in host or (":" in host and not host.startswith("["))]
    if odd:
        raise Wrong(f"« {odd[0]} » n'est pas un nom d'hôte nu.", "Sans http://, sans port, en minuscules.")
    if patient.instance.server.proxies and all(_is_local(host) for host in names):
        raise Wrong(
            "Derrière un mandataire, mais aucun nom public.", 'hosts = ["portail.exemple.fr"] dans portal.toml.'
        )
    return f"Répond à : {', '.join(names[:5])}."


def _is_local(host: str) -> bool:
    return host in LOOPBACK or host.endswith(".localhost")


def port(patient: Patient) -> str:
    """Check that the port is free, or it is the portal that has it."""
    server = patient.instance.server
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((server.host, server.port))
        except OSError as error:
            if not _is_portal(server.host, server.port):
                raise Wrong(
                    f"Le port {server.port} est pris, et pas par le portail ({error.strerror}).",
                    "Dites-en un autre dans [server], ou arrêtez ce qui l'occupe.",
                ) from error
            return f"Le portail répond sur le port {server.port}."
    return f"Le port {server.port} est libre."


def _is_portal(host: str, number: int) -> bool:
    door = http.client.HTTPConnection(host, number, timeout=5)
    try:
        door.request("GET", "/healthz", headers={"Host": "doctor"})
        return b"process" in door.getresponse().read(200)
    except (OSError, http.client.HTTPException):
        return False
    finally:
        door.close()


def mail(patient: Patient) -> str:
    """Check that the mail server answers and lets the portal in."""
    settings = patient.instance.mail
    if not settings.host:
        return "Aucun serveur de courriel n'est réglé : le portail n'envoie rien."
    with postman(settings, patient.instance.folder) as carrier:
        try:
            carrier.connect()
            carrier.secure()
            carrier.sign_in()
        except (PortalError, smtplib.SMTPException, OSError) as error:
            raise Wrong(
                f"Le serveur de courriel {settings.host} ne veut pas ou ne répond pas ({type(error).__name__}).",
                "portal mail test dit à quelle étape cela s'arrête ; ce qui doit partir attend.",
            ) from error
    return f"{settings.host} prend les courriels."


def running(patient: Patient) -> str:
    """Check that something serves the instance."""
    if not is_running(patient.instance.folder):
        raise Wrong("Le portail ne tourne pas.", "portal run, ou systemctl start portal", level=WARN)
    return "Le portail tourne."


def plugins(_patient: Patient) -> str:
    """Check that every installed plugin can be read."""
    for name, fault in scan().faults.items():
        raise Wrong(
            f"L'extension « {name} » est invalide : {fault}", "Corrigez-la, ou désinstallez son paquet.", level=WARN
        )
    return f"Extensions installées : {', '.join(say(item.name) for item in scan().manifests.values()) or 'aucune'}."


def safe_mode(_patient: Patient) -> str:
    """Check that plugins are not all left out by a variable somebody forgot."""
    if os.environ.get("PORTAL_SAFE_MODE") == "1":
        raise Wrong(
            "PORTAL_SAFE_MODE=1 : aucune extension n'est servie.", "Retirez la variable, puis relancez.", level=WARN
        )
    return "Pas de démarrage de secours."


def unfinished_restore(patient: Patient) -> str:
    """Check that no restore was cut short: nothing starts after one."""
    if (patient.instance.folder / UNFINISHED).exists():
        raise Wrong("Une restauration a été coupée : rien ne démarre.", "Relancez-la : portal restore … --replace")
    return "Aucune restauration coupée."


def backup_age(patient: Patient) -> str:
    """Check that somebody, or something, backs the instance up every day."""
    folder = backup_folder(patient.instance)
    found = archives_in(folder)
    if not found:
        raise Wrong(f"Aucune sauvegarde dans {folder}.", "portal backup, puis chaque nuit : portal-backup.timer")
    hours = (time.time() - found[0].stat().st_mtime) / 3600
    if hours > BACKUP_WARN_HOURS:
        raise Wrong(
            f"La dernière sauvegarde a {hours:.0f} heures.",
            "Voyez pourquoi : systemctl status portal-backup",
            level=FAIL if hours > BACKUP_FAIL_HOURS else WARN,
        )
    return f"Dernière sauvegarde il y a {hours:.0f} h, {len(found)} gardées."


def backup_sound(patient: Patient) -> str:
    """Check that the newest archive can be read; read whole when one has the time."""
    found = archives_in(backup_folder(patient.instance))
    if not found:
        return "Aucune sauvegarde à juger."
    try:
        held = set(read_manifest(found[0])["collectivities"])
        faults = damaged(found[0], told=lambda _what, _done, _total: None) if patient.is_full else []
    except PortalError as error:
        raise Wrong(str(error), "Refaites une sauvegarde, gardez les précédentes.") from error
    if faults:
        raise Wrong(f"{found[0].name} est abîmée : {faults[0]}.", "Refaites-la, et regardez le disque.")
    absent = sorted({site.slug for site in patient.sites} - held)
    if absent:
        raise Wrong(f"La dernière sauvegarde ne contient pas {', '.join(absent)}.", "portal backup", level=WARN)
    return f"{found[0].name} se lit" + (" en entier." if patient.is_full else ".")


CHECKS = (
    settings, folder_mode, folder_owner, key, key_mode, encryption, hosts, port, mail, running, plugins, safe_mode,
    unfinished_restore, backup_age, backup_sound,
)  # fmt: skip
