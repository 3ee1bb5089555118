"""Commands about mail: is the server there, does it let us in, what waits."""

from __future__ import annotations

import secrets
import ssl
from pathlib import Path

import click
import sqlalchemy as sa

from portal.content.models import Notice, OutboxMessage
from portal.content.notices import MAIL
from portal.content.secrets import secret_of
from portal.content.smtp import Mail, Postman, Refused
from portal.db import db
from portal.errors import PortalError
from portal.hosting.commands import on_site
from portal.hosting.factory import create_app
from portal.hosting.site import Site
from portal.web.mails import envelope

SUBJECT = "Essai d'envoi depuis le portail"
TEXT = """Bonjour,

Si vous lisez ce message, le portail sait envoyer des courriels.
Il a été demandé par « portal mail test » ; il n'y a rien à faire.
"""
NO_SERVER = "Aucun serveur : écrivez [mail] dans portal.toml. Sans lui, les nouvelles restent dans le portail."
LISTED = 200


@click.group(help="Le courriel.")
def mail() -> None:
    """Hold the commands about mail."""


@mail.command(name="test", help="Envoie un message d'essai et dit ce qui se passe à chaque étape.")
@click.argument("address")
@on_site
def mail_test(site: Site, address: str) -> None:
    """Walk through the sending of one message, aloud."""
    settings = site.instance.mail
    if not settings.host:
        raise PortalError(NO_SERVER)
    carrier = Postman(settings, site.instance.folder)
    try:
        with create_app(site).app_context():
            _walk(carrier, settings, site.instance.folder, address)
    finally:
        carrier.leave()


def _walk(carrier: Postman, settings: Mail, folder: Path, address: str) -> None:
    _say(f"Réglages lus : {settings.host}, port {settings.number}, sécurité « {settings.security} ».")
    if settings.password:
        secret_of(settings.password, folder)
        _say("Mot de passe lu.")
    _connect(carrier, settings)
    _secure(carrier, settings)
    _sign_in(carrier, settings)
    _send(carrier, address)
    _say(f"Le serveur a accepté le message pour {address}. S'il n'arrive pas, voyez les indésirables, puis le serveur.")


def _say(text: str) -> None:
    click.echo(f"✓ {text}")


def _connect(carrier: Postman, settings: Mail) -> None:
    try:
        carrier.connect()
    except ssl.SSLError as error:
        raise PortalError(f"Le chiffrement échoue : {error}. Vérifiez « security » et « authority ».") from error
    except OSError as error:
        raise PortalError(f"Le serveur ne répond pas : {error}. Vérifiez « host », « port » et le pare-feu.") from error
    _say(f"Le serveur répond sur {settings.host}:{settings.number}.")


def _secure(carrier: Postman, settings: Mail) -> None:
    try:
        protocol = carrier.secure()
    except OSError as error:
        raise PortalError(
            f"Le chiffrement échoue : {error}. Vérifiez « security » (starttls, tls ou none) et « authority »."
        ) from error
    _say(f"Échange chiffré ({protocol})." if protocol else "Échange non chiffré, comme le demande « security = none ».")


def _sign_in(carrier: Postman, settings: Mail) -> None:
    try:
        is_known = carrier.sign_in()
    except OSError as error:
        raise PortalError(f"L'identification échoue : {error}. Vérifiez « user » et « password ».") from error
    _say(f"Identifié comme {settings.user}." if is_known else "Sans identification : aucun « user » dans les réglages.")


def _send(carrier: Postman, address: str) -> None:
    try:
        letter = envelope(address, "", subject=SUBJECT, key=secrets.token_hex(16))
        letter.set_content(TEXT)
        carrier.send(letter)
    except Refused as refusal:
        raise PortalError(f"Le serveur refuse cette adresse : {refusal.code or ''} {refusal}.") from refusal
    except OSError as error:
        raise PortalError(f"Le serveur refuse l'envoi : {error}. Vérifiez « from ».") from error


@mail.command(name="list", help="Liste les courriels qui attendent, et ceux que le serveur a refusés.")
@on_site
def mail_list(site: Site) -> None:
    """List what waits and what was given up: for whom (by number), since when, why."""
    with create_app(site).app_context():
        rows = db.session.execute(
            sa.select(OutboxMessage, Notice.person_id)
            .outerjoin(Notice, Notice.id == OutboxMessage.payload["notice"].as_integer())
            .where(OutboxMessage.kind == MAIL, OutboxMessage.done_at.is_(None))
            .order_by(OutboxMessage.id)
            .limit(LISTED)
        ).all()
    for row, person_id in rows:
        state = (
            f"refusé ({row.last_error})"
            if row.stopped_at
            else f"attend, {row.attempts} essai(s) {row.last_error or ''}"
        )
        click.echo(f"{row.created_at:%d/%m/%Y %H:%M}  personne n°{person_id}  {state}")
    click.echo(f"{len(rows)} courriel(s)." if rows else "Aucun courriel n'attend.")
