"""What the tests of consents for some readers share: a film of a lab, to which two people agreed (C33 SPEC 7)."""

from __future__ import annotations

import re
from datetime import date

import pytest
import sqlalchemy as sa

from portal.api import Subject, session
from portal.people.sessions import viewer_of

from plugins.restitutions.models import Consent
from plugins.restitutions.services.consents import add_consent, agree, consent_token
from plugins.restitutions.services.publishing import Said, change
from tests.plugins.labs.ephemeral_factories import make_ephemeral
from tests.plugins.labs.factories import make_lab
from tests.plugins.restitutions.factories import START, again, give_words, make_film, received

DAY = date(2018, 1, 26)
TEXTS = {"title": "Capitalisation", "captions": "yes", "transcript": "yes", "language": "fr"}


@pytest.fixture
def karim(make_user):
    return make_user("Karim Haddad")


@pytest.fixture
def lab(writing, awa, ben, karim):
    """Make a lab with its session of an hour, open to all; Awa, Ben and Karim are of it. Give session and group."""
    with writing():
        number = make_lab("Labo des quais", members=[awa, karim], animator=ben)
        group = session.scalar(sa.text("SELECT group_id FROM labs_lab"))
        return Subject("labs.ephemeral", make_ephemeral(number, ben, audience="intranet")), group


@pytest.fixture
def film_of_the_lab(app, writing, awa, karim, lea, lab):
    """Send a film for the lab, to which Karim and Bo, who has no account, agreed; give the numbers of all three."""
    of, group = lab
    with app.app_context():
        upload = received()
    with writing():
        made = make_film(awa, upload, clear=False, of=of, audience="lab", reader_group_id=group)
        give_words(awa, made)
        actor = viewer_of(awa.id)
        one = add_consent(actor, made, at=START, person_id=karim.id)
        agree(viewer_of(karim.id), one, at=START)
        other = add_consent(actor, made, "Bo Lang", DAY, at=START)
        return made.id, one.id, other.id


@pytest.fixture
def open_to(writing, awa, lab):
    """Open a film to others, as its author."""

    def act(number, audience):
        with writing():
            said = Said(**TEXTS, audience=audience, reader_group_id=lab[1] if audience == "lab" else None)
            change(viewer_of(awa.id), again(number), said, [], at=START)

    return act


@pytest.fixture
def address(reading):
    """Give the address of somebody who has no account."""

    def find(consent_id):
        with reading():
            return f"/restitutions/consent/{consent_token(session.get_one(Consent, consent_id))}"

    return find


def stands(reading, number):
    with reading():
        found = again(number)
        return found.status, found.audience


def mine(consent_id):
    return f"/restitutions/consents/{consent_id}/mine"


def seen_in(answer):
    return re.search(r'name="seen"[^>]* value="([^"]+)"', answer.text).group(1)
