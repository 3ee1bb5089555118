"""Joining an open lab and taking it back, as an agent or as a guest (C01)."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import sqlalchemy as sa

from portal.api import Forbidden, Invalid, TooMany, Viewer, record, session, setting, texts

from plugins.labs.models.ephemeral import (
    MAX_FIRST_NAME,
    MAX_SERVICE,
    Ephemeral,
    Guest,
    Participant,
)
from plugins.labs.queries.ephemerals import guests_since, participation_of
from plugins.labs.services.facts import hold
from plugins.labs.services.running import must_run

_ = texts("labs")

KEY = re.compile(r"[A-Za-z0-9_-]{22,43}")


def join_ephemeral(actor: Viewer, ephemeral: Ephemeral, *, at: datetime) -> None:
    """Be in an open lab; joining twice changes nothing.

    :raises Conflict: it is not open
    :raises Forbidden: nobody is signed in
    """
    if actor.person_id is None:
        raise Forbidden(_("Sign in to join, or enter as a guest by the code."))
    hold(ephemeral)
    must_run(ephemeral, at=at)
    found = participation_of(ephemeral, actor)
    if found is not None and found.left_at is None:
        return
    if found is None:
        session.add(Participant(ephemeral_id=ephemeral.id, person_id=actor.person_id, joined_at=at))
    else:
        found.joined_at, found.left_at = at, None
    session.flush()
    record("labs.ephemeral_joined", ephemeral.subject, actor=actor, at=at)


def leave_ephemeral(actor: Viewer, ephemeral: Ephemeral, *, at: datetime) -> None:
    """Take one's coming back while the lab is open; doing it twice changes nothing.

    :raises Conflict: it is not open: who was there stays
    """
    hold(ephemeral)
    must_run(ephemeral, at=at)
    found = participation_of(ephemeral, actor)
    if found is None or found.left_at is not None:
        return
    found.left_at = at
    session.flush()
    record("labs.ephemeral_left", ephemeral.subject, actor=actor, at=at)


def enter_as_guest(ephemeral: Ephemeral, *, key: str, first_name: str, service: str, at: datetime) -> Guest:
    """Let somebody without an account in: first name and service, nothing else; the same key twice is one guest.

    Rule: C01 SPEC 8.

    :param key: drawn with the form
    :raises Forbidden: the opener allowed no guests
    :raises Conflict: it is not open
    :raises TooMany: as many came within the hour as the collectivity allows
    """
    hold(ephemeral)
    must_run(ephemeral, at=at)
    if not ephemeral.allows_guests:
        raise Forbidden(_("Whoever opened this lab has not opened it to guests."))
    if not KEY.fullmatch(key):
        raise Invalid(_("Scan the code again: this form is incomplete."))
    again: Guest | None = session.scalar(sa.select(Guest).where(Guest.key == key, Guest.ephemeral_id == ephemeral.id))
    if again is not None and again.left_at is None:
        return again
    most = setting("labs", "guests_an_hour")
    if guests_since(ephemeral, at - timedelta(hours=1)) >= most:
        raise TooMany(
            _.plural(
                "One person has entered within the hour: that is the most. Wait a little, or ask a participant.",
                "%(num)s people have entered within the hour: that is the most. Wait a little, or ask a participant.",
                most,
            )
        )
    return _add_guest(ephemeral, key, _name(first_name), _service(service), at)


def _name(text: str) -> str:
    if not text.strip() or len(text.strip()) > MAX_FIRST_NAME:
        raise Invalid(_("Write your first name."), field="first_name")
    return " ".join(text.split())


def _service(text: str) -> str:
    if not text.strip() or len(text.strip()) > MAX_SERVICE:
        raise Invalid(_("Write your service."), field="service")
    return " ".join(text.split())


def _add_guest(ephemeral: Ephemeral, key: str, first_name: str, service: str, at: datetime) -> Guest:
    if session.scalar(sa.select(Guest.id).where(Guest.key == key)) is not None:
        raise Invalid(_("Scan the code again: this form has been used."))
    guest = Guest(ephemeral_id=ephemeral.id, key=key, first_name=first_name, service=service, joined_at=at)
    session.add(guest)
    session.flush()
    record("labs.guest_entered", ephemeral.subject, actor=None, at=at)
    return guest


def take_guest_back(ephemeral: Ephemeral, guest: Guest, *, at: datetime) -> None:
    """« It was not me »: empty what a guest wrote at once; doing it twice changes nothing.

    The row stays, so that entering and leaving over and over meets the limit of the hour.
    """
    hold(ephemeral)
    must_run(ephemeral, at=at)
    if guest.left_at is not None:
        return
    guest.left_at, guest.purged_at, guest.first_name, guest.service = at, at, "", ""
    session.flush()
    record("labs.guest_left", ephemeral.subject, actor=None, at=at)
