"""Mails: copies of notices, for who must act, put into words when they leave and sent by `portal work` (G9).

Nothing is sent under the write lock, and nothing is lost while the server is away: messages wait in the outbox. Plain
text, no picture, no address that tells who opened it. A mail says only what its reader may read when it leaves.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import urlsplit

from flask import current_app, render_template

from portal.content.clock import real_now
from portal.content.models import Notice, OutboxMessage
from portal.content.notices import MAIL
from portal.content.outbox import claim, finish, hold_back, postpone
from portal.content.smtp import Mail, NotNow, Postman, Refused, postman
from portal.db import db
from portal.errors import ConfigError
from portal.people.readers import Reader, reader_of
from portal.texts import speaking
from portal.web.answers import absolute_url
from portal.web.dates import local
from portal.web.news import NewsItem, news_items

log = logging.getLogger(__name__)
MAX_AGE = timedelta(days=5)
MAILS_A_ROUND = 200
SATURDAY = 5


def deliver_mails(*, goes_on: Callable[[], bool] = lambda: True) -> int:
    """Send the mails that are due, a round of them; give how many went.

    :param goes_on: asked before each one: a worker that must stop stops between two
    """
    mail: Mail | None = current_app.config["MAIL"]
    if mail is None:
        return 0
    sent = 0
    with postman(mail, current_app.config["FOLDER"]) as carrier:
        for _number in range(MAILS_A_ROUND):
            message_id = claim(current_app.config["ENGINE"], kinds=(MAIL,)) if goes_on() else None
            if message_id is None:
                break
            try:
                sent += _deliver(message_id, mail, carrier)
            except (OSError, ConfigError) as error:  # smtplib's errors are OSErrors: the server does not let us in
                _wait_for_server(message_id, error)
                break
    return sent


def _deliver(message_id: int, mail: Mail, carrier: Postman) -> bool:
    message = db.session.get_one(OutboxMessage, message_id)
    key, payload, age = message.key, message.payload, real_now() - message.created_at
    opening = real_now() if payload["urgent"] else next_opening(real_now(), mail)
    if opening > real_now():
        db.session.rollback()
        postpone(message_id, "", until=opening)
        return False
    try:
        letter = compose(payload["notice"], key=key)
        db.session.rollback()  # the server may take its time: nothing is held meanwhile
        if letter is None or age > MAX_AGE:
            finish(message_id, refusal="too late" if letter else None)
            return False
        carrier.send(letter)
    except Refused as refusal:
        log.warning("mail refused for good: message %s, answer %s", message_id, refusal.code)
        finish(message_id, refusal=f"refused {refusal.code or 'address'}")
        return False
    except NotNow as refusal:
        postpone(message_id, f"not now {refusal.code}")
        return False
    except (OSError, ConfigError):
        raise
    except Exception as error:  # one mail that cannot be written keeps no other back
        log.exception("outbox message %s failed", message_id)
        postpone(message_id, type(error).__name__)
        return False
    finish(message_id)
    return True


def _wait_for_server(message_id: int, error: Exception) -> None:
    """Let all mails wait together, so that each is not another vain call; the one that failed comes back last."""
    code = getattr(error, "smtp_code", "")
    log.warning("mail server away", exc_info=error)
    until = postpone(message_id, f"{type(error).__name__} {code}".strip())
    hold_back(MAIL, until=until - timedelta(seconds=1))


def next_opening(at: datetime, mail: Mail) -> datetime:
    """Give `at` if people work then, else the next working morning, in the collectivity's zone (G9).

    Bank holidays are not known.
    """
    moment = local(at)
    if moment.weekday() < SATURDAY and mail.opens_at <= moment.hour < mail.closes_at:
        return at
    if moment.hour >= mail.opens_at:
        moment += timedelta(days=1)
    while moment.weekday() >= SATURDAY:
        moment += timedelta(days=1)
    return moment.replace(hour=mail.opens_at, minute=0, second=0, microsecond=0)


def compose(notice_id: int, *, key: str) -> EmailMessage | None:
    """Write the copy of a notice; None if nobody is to get it: read already, left, no address, no longer theirs.

    :raises Refused: the address is none
    """
    notice = db.session.get(Notice, notice_id)
    reader = reader_of(notice.person_id) if notice is not None and notice.read_at is None else None
    if notice is None or reader is None or reader.mail is None:
        return None
    with speaking(reader.language):
        items = news_items([notice], reader.viewer)
        return _written(items[0], reader, address=reader.mail, key=key) if items else None


def _written(item: NewsItem, reader: Reader, *, address: str, key: str) -> EmailMessage:
    text = render_template(
        "mail/notice.txt",
        item=item,
        name=reader.person.name,
        news_url=absolute_url("core.my_news"),
        account_url=absolute_url("core.my_account"),
    )
    letter = envelope(address, reader.person.name, subject=item.text, key=key)
    letter.set_content(text)
    letter["Auto-Submitted"] = "auto-generated"
    letter["Content-Language"] = reader.language
    return letter


def envelope(address: str, name: str, *, subject: str, key: str) -> EmailMessage:
    """Write the head of a mail. Its Message-ID follows from the key: a second copy is known for what it is.

    :raises Refused: the address is none
    """
    mail: Mail = current_app.config["MAIL"]
    letter = EmailMessage()
    try:
        letter["To"] = Address(_line(name), addr_spec=address)
        letter["From"] = Address(_line(current_app.config["COLLECTIVITY_NAME"]), addr_spec=mail.sender)
    except (ValueError, MessageError) as error:
        raise Refused(0, "address") from error
    letter["Subject"] = _line(subject)
    letter["Date"] = format_datetime(real_now())
    letter["Message-ID"] = f"<{key[:32]}@{urlsplit(current_app.config['BASE_URL']).hostname}>"
    return letter


def _line(text: str) -> str:
    return " ".join(text.split())
