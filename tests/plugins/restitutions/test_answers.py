"""What waits for those who agreed to fewer is theirs and its author’s; what is answered is kept as its page said."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa

from portal.api import create_group, session
from portal.people.sessions import viewer_of

from plugins.restitutions.models import Consent
from plugins.restitutions.services.consents import add_consent, agree
from plugins.restitutions.values.readers import Readers
from tests.plugins.restitutions.factories import START, again
from tests.plugins.restitutions.widening import TEXTS, mine, seen_in, stands
from tests.reading import words

PLUGINS = ["labs", "restitutions"]
pytestmark = pytest.mark.usefixtures("day")


def test_who_animates_finds_what_is_first_asked_and_not_what_is_asked_anew(
    film_of_the_lab, open_to, lab, writing, sign_in, ben, karim, awa
):
    """C33 SPEC 7: those filmed agreed to others than they; nobody but these and its author has it, and all read so."""
    number, one, other = film_of_the_lab
    url, session_url = f"/restitutions/{number}", f"/labs/e/{lab[0].id}"
    first, anew = (
        "La personne qui l’a ajoutée, celles qui animent",
        "La personne qui l’a ajoutée, celles qui sont filmées.",
    )
    with writing():
        for consent in session.scalars(sa.select(Consent)):
            consent.given_on = None
    open_to(number, "intranet")
    assert f"elle est visible par : {first}" in words(sign_in(ben).get(url))
    assert "Capitalisation" in sign_in(ben).get(session_url).text
    assert f"elle est visible par : {first}" in words(sign_in(karim).get(mine(one)))
    open_to(number, "self")
    with writing():
        agree(None, session.get_one(Consent, other), at=START)
    open_to(number, "intranet")
    own = sign_in(ben)
    for door in (url, f"{url}/words", f"{url}/captions.vtt", "/files/1", session_url):
        answer = own.get(door)
        assert answer.status_code == (200 if door == session_url else 404), door
        assert "Capitalisation" not in answer.text
    assert "Capitalisation" in sign_in(awa).get(session_url).text
    for who, page in ((karim, url), (karim, mine(one)), (awa, f"/restitutions/consents/{other}/sheet")):
        assert f"elle est visible par : {anew}" in words(sign_in(who).get(page))


def test_of_a_session_that_nobody_speaks_for_its_readers_are_kept(
    film_of_the_lab, open_to, writing, sign_in, post, awa, karim, lab, reading
):
    """C33 SPEC 7: a mistake in a title is corrected without offering it to every agent; nobody new may read it."""
    number, one, _other = film_of_the_lab
    with writing():
        again(number).session_id = 999
    own, url = sign_in(awa), f"/restitutions/{number}/change"
    assert chosen_in(own.get(url)) == (["lab", "self"], ["lab"])
    assert post(own, url, {**TEXTS, "audience": "intranet"}).status_code == 422
    assert post(own, url, {**TEXTS, "audience": "lab", "title": "Capitaliser"}).status_code == 303
    with reading():
        assert (again(number).status, again(number).readers) == ("published", Readers("lab", lab[1]))
    open_to(number, "intranet")
    assert post(sign_in(karim), mine(one), {"answer": "not wider"}).status_code == 200
    assert stands(reading, number)[1] == "self"


def test_of_a_session_of_another_group_by_now_the_former_one_is_kept(film_of_the_lab, lab, writing, sign_in, awa):
    """C33 SPEC 7: the answers speak of one group, and of no other under the same word."""
    number, *_consents = film_of_the_lab
    with writing():
        other = create_group("lab", "Autre labo")
        change_readers = "UPDATE labs_ephemeral SET audience = :audience, reader_group_id = :other"
        session.execute(sa.text(change_readers), {"other": other, "audience": "circle"})
    assert chosen_in(sign_in(awa).get(f"/restitutions/{number}/change")) == (["lab", "self"], ["lab"])


def chosen_in(answer):
    fields = re.findall(r'<input[^>]*name="audience"[^>]*>', answer.text)
    values = [(re.search(r'value="(\w+)"', field).group(1), "checked" in field) for field in fields]
    return [value for value, _checked in values], [value for value, checked in values if checked]


@pytest.mark.parametrize("sent", [{}, {"answer": ""}, {"answer": "no"}])
def test_nothing_is_destroyed_but_by_the_page_that_says_what_goes(film_of_the_lab, client, reading, address, sent):
    """C33 SPEC 7: of whoever agreed too; a no that comes from elsewhere leads to that page."""
    number, _one, other = film_of_the_lab
    client.delete_cookie("session")
    page = client.post(address(other), data=sent)
    assert "Retirer votre accord ?" in words(page)
    assert stands(reading, number)[0] == "published"
    assert client.post(address(other), data=dict(fields_in(page))).status_code == 200
    assert stands(reading, number)[0] == "withdrawn"


def test_a_first_no_that_comes_from_elsewhere_is_asked_once_more(film, writing, client, awa, reading, address):
    """C33 SPEC 7."""
    number = film(clear=False)
    with writing():
        one = add_consent(viewer_of(awa.id), again(number), "Bo Lang", at=START).id
    url = address(one)
    client.delete_cookie("session")
    assert "Dire non, et faire retirer la vidéo ?" in words(client.post(url, data={"answer": "no"}))
    assert stands(reading, number)[0] == "to_clear"


def fields_in(answer):
    return re.findall(r'<input type="hidden" name="(answer|sure)" value="(\w+)">', answer.text)


def test_a_yes_of_before_is_not_taken_for_a_not_wider(film_of_the_lab, open_to, sign_in, post, karim, reading):
    """C33 SPEC 7: each answer is acknowledged in its own words, and a late one as such."""
    number, one, _other = film_of_the_lab
    open_to(number, "intranet")
    own = sign_in(karim)
    seen = seen_in(own.get(mine(one)))
    assert "le portail prévient Awa Diop" in words(post(own, mine(one), {"answer": "not wider"}))
    late = post(own, mine(one), {"answer": "yes", "seen": seen})
    assert late.status_code == 409
    assert "Votre réponse n’est pas gardée" in words(late)
    assert "Votre réponse est notée" not in words(late)
    assert "le portail prévient" not in words(late)
    assert "« Labo des quais », 3 personnes." in words(late)
    assert stands(reading, number) == ("published", "lab")
