"""The post: one connection to the mail server the operator named, and what its answers mean.

Sends one message at a time and says exactly what became of it. Never used under the write lock: a server may be slow.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from portal.content.secrets import is_reference, secret_of
from portal.errors import ConfigError, PortalError

TIMEOUT_SECONDS = 20
SECURITIES = ("starttls", "tls", "none")
PORTS = {"starttls": 587, "tls": 465, "none": 25}


@dataclass(frozen=True, slots=True)
class Mail:
    """The mail server of the instance; without `host` the portal sends no mail.

    :ivar security: *starttls* (the default), *tls* or *none*
    :ivar port: 0 for the usual one of the security
    :ivar password: a reference, `env:NAME` or `file:PATH`; never the password itself
    :ivar sender: `from` in the file: the address mails come from
    :ivar authority: file of the authority that signed the server's certificate, if it is a private one
    :ivar opens_at: first hour of the working day, in the collectivity's zone; mails that can wait do not leave before
    :ivar closes_at: first hour after the working day
    """

    host: str = ""
    port: int = 0
    security: str = "starttls"
    user: str = ""
    password: str = ""
    sender: str = ""
    authority: str = ""
    opens_at: int = 8
    closes_at: int = 18

    @property
    def number(self) -> int:
        """Give the port to connect to."""
        return self.port or PORTS[self.security]


class NotNow(PortalError):
    """The server does not take this message now, and may take others.

    :ivar code: its answer, three digits
    """

    def __init__(self, code: int) -> None:
        super().__init__()
        self.code = code


class Refused(PortalError):
    """The server will never take this message for this address: trying again is of no use.

    :ivar code: its answer, three digits; 0 when it was not even asked
    """

    def __init__(self, code: int, said: str = "") -> None:
        super().__init__(said)
        self.code = code


def check_mail(mail: Mail, where: str) -> None:
    """Refuse settings that could not work.

    :raises ConfigError: says which one
    """
    if mail.security not in SECURITIES:
        raise ConfigError(f"{where} : « security » est « starttls », « tls » ou « none ».")
    if mail.password and not is_reference(mail.password):
        raise ConfigError(
            f"{where} : « password » est une référence, « env:NOM » ou « file:CHEMIN », jamais le mot de passe."
        )
    if mail.host and "@" not in mail.sender:
        raise ConfigError(f"{where} : « from » est l'adresse d'où partent les courriels.")
    if not 0 <= mail.opens_at < mail.closes_at <= 24:
        raise ConfigError(f"{where} : « opens_at » et « closes_at » sont des heures, la première avant la seconde.")


class Postman:
    """A connection to the mail server, step by step."""

    def __init__(self, mail: Mail, folder: Path) -> None:
        self.mail, self.folder = mail, folder
        self._server: smtplib.SMTP | None = None

    @property
    def server(self) -> smtplib.SMTP:
        """Give the connection; opened, secured and signed in if it is not yet."""
        if self._server is None:
            self.connect()
            self.secure()
            self.sign_in()
        assert self._server is not None
        return self._server

    def _context(self) -> ssl.SSLContext:
        authority = str(self.folder / self.mail.authority) if self.mail.authority else None
        return ssl.create_default_context(cafile=authority)

    def connect(self) -> None:
        """Reach the server."""
        place = (self.mail.host, self.mail.number)
        if self.mail.security == "tls":
            self._server = smtplib.SMTP_SSL(*place, timeout=TIMEOUT_SECONDS, context=self._context())
        else:
            self._server = smtplib.SMTP(*place, timeout=TIMEOUT_SECONDS)

    def secure(self) -> str:
        """Encrypt the connection, if the settings say so; give the protocol, empty without one."""
        if self._server is None or self.mail.security == "none":
            return ""
        if self.mail.security == "starttls":
            self._server.starttls(context=self._context())
        return getattr(self._server.sock, "version", str)() or ""

    def sign_in(self) -> bool:
        """Say who is sending; tell whether the settings name anybody."""
        if self._server is None or not self.mail.user:
            return False
        try:
            self._server.login(self.mail.user, secret_of(self.mail.password, self.folder))
        except UnicodeEncodeError as error:  # smtplib knows ASCII passwords only
            raise ConfigError("« user » et le mot de passe du courriel s'écrivent sans accent.") from error
        return True

    def send(self, message: EmailMessage) -> None:
        """Hand one message over.

        :raises Refused: for good, this message or this address
        :raises NotNow: this message or this address may pass later
        :raises OSError: the server is away, or does not let us in (`smtplib`'s errors are some)
        """
        try:
            self.server.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            code, said = next(iter(error.recipients.values()))
            self._refuse(code, said, error)
        except smtplib.SMTPDataError as error:
            self._refuse(error.smtp_code, error.smtp_error, error)
        except (smtplib.SMTPNotSupportedError, UnicodeEncodeError) as error:
            raise Refused(0, "address") from error

    def _refuse(self, code: int, said: bytes | str, error: smtplib.SMTPException) -> None:
        if code >= 500:
            text = said.decode(errors="replace") if isinstance(said, bytes) else said
            raise Refused(code, text) from error
        raise NotNow(code) from error

    def leave(self) -> None:
        """Close the connection; a server that is gone already is no matter."""
        if self._server is None:
            return
        try:
            self._server.quit()
        except (smtplib.SMTPException, OSError):
            self._server.close()
        self._server = None


@contextmanager
def postman(mail: Mail, folder: Path) -> Iterator[Postman]:
    """Give a connection that opens when it is first needed and closes at the end."""
    carrier = Postman(mail, folder)
    try:
        yield carrier
    finally:
        carrier.leave()
