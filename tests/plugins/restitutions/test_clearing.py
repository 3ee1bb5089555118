"""Nothing is told of a video before those who are filmed agree, or its author says that nobody is (C33 SPEC 7)."""

from __future__ import annotations

import re
from datetime import date

import pytest
import sqlalchemy as sa

from portal.api import Subject, follow, session
from portal.people.sessions import viewer_of

from plugins.restitutions.models import Consent
from plugins.restitutions.services.consents import add_consent, agree, consent_token, take_back
from plugins.restitutions.views.offers import pack
from tests.plugins.copils.factories import make_copil, make_function
from tests.plugins.restitutions.factories import START, again, give_words, make_film, make_link, received, say_more
from tests.reading import words

PLUGINS = ["copils", "restitutions"]
pytestmark = pytest.mark.usefixtures("day")
TOLD = ("Capitalisation", "écoles", "En bref, on parle", "Le début", "restitution.mp4")


@pytest.fixture
def copil(writing, ben):
    """Announce a copil that Ben facilitates."""
    with writing():
        return Subject("copils.copil", make_copil(ben, [make_function("Direction générale")]))


@pytest.fixture
def waiting(app, writing, awa, lea, copil):
    """Send a film of the copil, with words, that waits for those filmed; Léa follows the copil."""
    with app.app_context():
        upload = received()
    with writing():
        follow(viewer_of(lea.id), copil, at=START)
        made = make_film(awa, upload, clear=False, of=copil)
        give_words(awa, made)
        say_more(awa, made, summary="En bref, on parle", chapters=[(5, "Le début")])
        return made.id


@pytest.fixture
def named(waiting, writing, awa, make_user):
    """Name Karim, a colleague, and Bo, who has no account; give the film, Karim, their two addresses."""
    karim = make_user("Karim Haddad")
    with writing():
        actor = viewer_of(awa.id)
        one = add_consent(actor, again(waiting), at=START, person_id=karim.id)
        other = add_consent(actor, again(waiting), "Bo Lang", at=START)
        return waiting, karim, f"/restitutions/consents/{one.id}/mine", f"/restitutions/consent/{consent_token(other)}"


@pytest.fixture
def karim_agreed(named, writing):
    """Let both of them agree."""
    with writing():
        for consent in session.scalars(sa.select(Consent)).all():
            agree(None, consent, at=START)


def doors(number, copil):
    """List every address by which something of a video could be told."""
    page = f"/restitutions/{number}"
    pages = [page, f"{page}?at=5", f"{page}/words", f"{page}/captions.vtt", f"{page}/sheet", f"{page}/qr.svg"]
    lists = [f"/restitutions/{end}" for end in ("", "?q=ecoles", "restitutions.csv", "restitutions.json")]
    return [*pages, *lists, f"/copils/sessions/{copil.id}", "/files/1", "/", "/news", "/accessibilite"]


def test_nobody_else_finds_what_waits_by_any_door(waiting, copil, app, writing, sign_in, post, awa, lea):
    """C33 SPEC 7: pages, sections, search, notices, news, export, pack, counts; afterwards all of them tell."""
    own = sign_in(lea)
    for door in doors(waiting, copil):
        answer = own.get(door)
        assert not [word for word in TOLD if word in answer.text], door
    with app.test_request_context():
        assert pack([copil], viewer_of(lea.id)) == []
    assert post(sign_in(awa), f"/restitutions/{waiting}/nobody").status_code == 303
    own = sign_in(lea)
    for door in (f"/restitutions/{waiting}", "/restitutions/?q=ecoles", f"/copils/sessions/{copil.id}", "/news"):
        assert "Capitalisation" in own.get(door).text, door
    with app.test_request_context():
        assert len(pack([copil], viewer_of(lea.id))) == 1


def test_what_waits_has_no_captions_that_the_statement_would_count(writing, awa, client):
    with writing():
        make_link(awa, captions="no", clear=False)
    assert "sous-titres" not in words(client.get("/accessibilite"))


def test_its_author_who_animates_the_session_and_who_is_filmed_see_it(named, copil, sign_in, awa, ben, lea):
    """C33 SPEC 7."""
    number, karim, _mine, _address = named
    url = f"/restitutions/{number}"
    for who in (awa, ben, karim):
        page = sign_in(who).get(url)
        assert "attend l’accord des personnes filmées" in words(page)
        assert "<video" in page.text
    assert sign_in(lea).get(url).status_code == 404
    assert "attend l’accord" in words(sign_in(ben).get(f"/copils/sessions/{copil.id}"))
    assert "Bo Lang" not in sign_in(karim).get(url).text
    assert "Karim Haddad" not in sign_in(ben).get(url).text.partition("<main")[2]


def test_who_animates_sees_nothing_of_what_is_its_authors_alone(waiting, writing, sign_in, ben):
    """P19: the audience counts for them too."""
    with writing():
        again(waiting).audience = "self"
    assert sign_in(ben).get(f"/restitutions/{waiting}").status_code == 404


def test_it_is_found_once_everybody_who_is_named_agreed(named, sign_in, post, client, awa, lea):
    """C33 SPEC 7: a colleague on « Aujourd'hui », somebody without account at an address of their own."""
    number, karim, mine, address = named
    url, own = f"/restitutions/{number}", sign_in(karim)
    for page in ("/", "/news"):
        assert "Vous apparaissez dans « Capitalisation » : êtes-vous d’accord ?" in words(own.get(page))
    assert mine in own.get("/").text
    assert post(own, mine, {"answer": "yes"}).status_code == 200
    assert "Vous apparaissez" not in words(own.get("/"))
    assert sign_in(lea).get(url).status_code == 404
    client.delete_cookie("session")
    assert "Êtes-vous d’accord pour apparaître ?" in words(client.get(address))
    assert client.post(address, data={"answer": "yes"}).status_code == 200
    assert "vous êtes d’accord depuis le 29 janvier 2018" in words(client.get(address))
    assert sign_in(lea).get(url).status_code == 200
    assert "Nouvelle restitution : « Capitalisation »" in words(sign_in(lea).get("/news"))
    assert "Nouvelle restitution : « Capitalisation »" in words(sign_in(awa).get("/news"))


@pytest.mark.parametrize("answer", ["", "maybe"])
def test_what_is_no_answer_changes_nothing(answer, named, client, reading):
    number, _karim, _mine, address = named
    client.delete_cookie("session")
    assert client.post(address, data={"answer": answer}).status_code == 200
    with reading():
        assert again(number).status == "to_clear"
        assert not session.scalars(sa.select(Consent.id).where(Consent.given_on.is_not(None))).all()


def test_who_is_asked_reads_to_whom_it_would_be_open(named, writing, sign_in, client):
    number, karim, mine, address = named
    assert "elle sera visible par : Les 4 agents d’ici" in words(sign_in(karim).get(mine))
    with writing():
        again(number).audience = "self"
    client.delete_cookie("session")
    page = words(client.get(address))
    assert "elle sera visible par : Awa Diop, et personne d’autre." in page
    assert "La question vous sera posée de nouveau avant que d’autres la voient." in page


def test_what_is_published_is_for_its_audience_alone(named, writing, sign_in, karim_agreed):
    """G7: to be filmed opens nothing once everybody has answered; one says no at one's own address all the same."""
    number, karim, mine, _address = named
    own = sign_in(karim)
    assert own.get(f"/restitutions/{number}").status_code == 200
    with writing():
        again(number).audience = "self"
    assert own.get(f"/restitutions/{number}").status_code == 404
    assert "Retirer votre accord ?" in words(own.get(mine))


def test_who_is_named_before_the_address_is_confirmed_is_led_nowhere_closed(link, writing, awa, lea, sign_in):
    number = link("https:/ /youtu.be/ we-Obs 2KR28")
    with writing():
        consent = add_consent(viewer_of(awa.id), again(number), at=START, person_id=lea.id).id
    page = sign_in(lea).get(f"/restitutions/consents/{consent}/mine")
    assert "Demandez d’abord à Awa Diop" in words(page)
    assert f"/restitutions/{number}" not in page.text


def test_one_who_says_no_before_is_enough(named, sign_in, post, awa, reading):
    """C33 SPEC 7."""
    number, karim, mine, _address = named
    own = sign_in(karim)
    assert "Si vous dites non" in words(own.get(mine))
    assert post(own, mine, {"answer": "no", "sure": "1"}).status_code == 200
    assert "a dit non" in words(own.get(mine))
    with reading():
        assert again(number).status == "withdrawn"
    assert "« Capitalisation » a été retirée" in words(sign_in(awa).get("/news"))


def test_nobody_answers_for_a_colleague(named, sign_in, post, awa, ben, reading):
    number, _karim, mine, _address = named
    for who in (awa, ben):
        own = sign_in(who)
        assert own.get(mine).status_code == 404
        assert post(own, mine, {"answer": "yes"}).status_code == 404
    page = sign_in(awa).get(f"/restitutions/{number}/filmed").text
    assert len(re.findall(r"/consents/\d+/sheet", page)) == 1  # of Bo alone
    sent = {"person": "Ben Roux", "given_on": "2018-01-26"}
    assert post(sign_in(awa), f"/restitutions/{number}/filmed", sent).status_code == 422


def test_naming_somebody_new_lets_nobody_find_it_until_they_agree(film, writing, sign_in, post, awa, lea, reading):
    """C33 SPEC 7: what was published waits again; who has signed already is waited for by nobody."""
    url = f"/restitutions/{film()}"
    assert sign_in(lea).get(url).status_code == 200
    own = sign_in(awa)
    assert post(own, f"{url}/filmed", {"name": "Zoé M.", "given_on": "2018-01-26"}).status_code == 303
    assert sign_in(lea).get(url).status_code == 200
    assert post(sign_in(awa), f"{url}/filmed", {"name": "Bo Lang"}).status_code == 303
    assert sign_in(lea).get(url).status_code == 404
    with writing():
        agree(None, session.scalars(sa.select(Consent).where(Consent.name == "Bo Lang")).one(), at=START)
    assert sign_in(lea).get(url).status_code == 200
    with reading():
        assert again(1).nobody_at is None


def test_that_nobody_is_filmed_is_taken_back_in_one_click(film, sign_in, post, awa, lea):
    """C33 SPEC 7."""
    url = f"/restitutions/{film()}"
    own = sign_in(awa)
    assert "Finalement, quelqu’un y est reconnaissable" in words(own.get(url))
    for _twice in range(2):
        assert post(own, f"{url}/somebody").status_code == 303
    assert sign_in(lea).get(url).status_code == 404
    assert "Qui apparaît dans « Capitalisation » ?" in words(sign_in(awa).get("/"))
    for _twice in range(2):
        assert post(sign_in(awa), f"{url}/nobody").status_code == 303
    assert sign_in(lea).get(url).status_code == 200


def test_nobody_is_filmed_is_not_said_over_the_head_of_who_is_named(named, sign_in, post, awa, lea):
    number, *_others = named
    answer = post(sign_in(awa), f"/restitutions/{number}/nobody")
    assert answer.status_code == 409
    assert "Une personne y est nommée" in words(answer)
    assert post(sign_in(lea), f"/restitutions/{number}/nobody").status_code == 404


def test_one_person_is_named_at_a_time_and_once(waiting, sign_in, post, awa, ben, reading):
    own, url = sign_in(awa), f"/restitutions/{waiting}/filmed"
    for sent in ({}, {"name": "Bo", "person": "Ben Roux"}, {"person": "Personne d’ici"}):
        assert post(own, url, sent).status_code == 422
    for sent in ({"person": "Ben Roux"}, {"person": "Ben Roux"}, {"name": "Bo"}, {"name": "Bo"}):
        assert post(own, url, sent).status_code == 303
    with reading():
        assert len(session.scalars(sa.select(Consent.id)).all()) == 2


def test_who_films_themselves_agrees_by_naming_themselves(waiting, sign_in, post, awa, lea):
    assert post(sign_in(awa), f"/restitutions/{waiting}/filmed", {"person": "Awa Diop"}).status_code == 303
    assert sign_in(lea).get(f"/restitutions/{waiting}").status_code == 200


def test_a_sheet_that_comes_back_signed_is_noted_for_who_is_named(waiting, sign_in, post, client, awa, lea, reading):
    own, url = sign_in(awa), f"/restitutions/{waiting}/filmed"
    assert post(own, url, {"name": "Bo Lang"}).status_code == 303
    with reading():
        address = consent_token(session.scalars(sa.select(Consent)).one())
    for signed in ("2018-01-26", "2018-01-27"):  # the second changes nothing
        assert post(own, url, {"name": "Bo Lang", "given_on": signed}).status_code == 303
    assert "accord donné le 26 janvier 2018" in words(own.get(url))
    assert sign_in(lea).get(f"/restitutions/{waiting}").status_code == 200
    client.delete_cookie("session")
    assert "Retirer votre accord ?" in words(client.get(f"/restitutions/consent/{address}"))


def links_of(page):
    return {act: re.search(rf'href="(/restitutions/consents/\d+/{act})"', page).group(1) for act in ("name", "remove")}


def test_a_name_is_corrected_and_taken_out_before_they_answer(waiting, writing, sign_in, post, awa, lea, audit_of):
    with writing():
        add_consent(viewer_of(awa.id), again(waiting), "Bo Lnag", at=START)
        add_consent(viewer_of(awa.id), again(waiting), "Zoé M.", date(2018, 1, 26), at=START)
    own, url = sign_in(awa), f"/restitutions/{waiting}/filmed"
    to = links_of(own.get(url).text)
    assert "Pourquoi" not in own.get(to["name"]).text
    assert post(own, to["name"], {"name": "Bo Lang"}).status_code == 303
    assert "Bo Lang" in words(own.get(url))
    for act in to.values():
        assert post(sign_in(lea), act, {"name": "x"}).status_code == 404
    own = sign_in(awa)
    assert post(own, to["remove"]).status_code == 303
    assert "Bo Lang" not in words(own.get(url)).partition("Zoé")[2]
    assert sign_in(lea).get(f"/restitutions/{waiting}").status_code == 200  # Zoé alone is named, and agreed
    acts = audit_of(Subject("restitutions.restitution", waiting))
    assert {"restitutions.name_corrected", "restitutions.name_removed"} <= set(acts)


def test_of_who_agreed_it_is_said_why_and_they_are_told(film, writing, sign_in, post, awa, ben, lea, reading):
    number = film()
    with writing():
        one = add_consent(viewer_of(awa.id), again(number), at=START, person_id=ben.id)
        agree(viewer_of(ben.id), one, at=START)
        other = add_consent(viewer_of(awa.id), again(number), "Bo Lang", date(2018, 1, 26), at=START)
        addresses = [f"/restitutions/consents/{consent.id}" for consent in (one, other)]
    own = sign_in(awa)
    assert post(own, f"{addresses[1]}/name", {"name": "Bo L."}).status_code == 422
    assert post(own, f"{addresses[1]}/name", {"name": "Bo L.", "reason": "comme il l’écrit"}).status_code == 303
    assert post(own, f"{addresses[0]}/name", {"name": "Ben", "reason": "x"}).status_code == 422
    assert post(own, f"{addresses[0]}/remove").status_code == 422
    assert post(own, f"{addresses[0]}/remove", {"reason": "coupé au montage"}).status_code == 303
    page = words(own.get(f"/restitutions/{number}/filmed"))
    assert "coupé au montage" in page
    assert "Ben Roux" in page  # a year, as proof
    assert "Vous n’êtes plus parmi les personnes filmées" in words(sign_in(ben).get("/news"))
    assert sign_in(ben).get(f"{addresses[0]}/mine").status_code == 404
    assert sign_in(lea).get(f"/restitutions/{number}").status_code == 200
    assert post(sign_in(awa), f"{addresses[1]}/remove", {"reason": "coupé"}).status_code == 303
    assert sign_in(lea).get(f"/restitutions/{number}").status_code == 404  # nobody is named: who is filmed?


def test_of_what_was_taken_down_those_filmed_are_read_and_nobody_is_named(named, writing, sign_in, post, awa):
    number, *_others = named
    with writing():
        take_back(None, session.scalars(sa.select(Consent).where(Consent.name != "")).one(), at=START)
    own, url = sign_in(awa), f"/restitutions/{number}/filmed"
    page = own.get(url)
    assert "Bo Lang" in words(page)
    assert 'name="name"' not in page.text
    assert "/remove" not in page.text
    assert post(own, url, {"name": "x"}).status_code == 409


def test_another_video_asks_anew_who_is_filmed(link, sign_in, post, awa, lea):
    url = f"/restitutions/{link()}"
    assert post(sign_in(awa), f"{url}/address", {"address": "https://vimeo.com/76979871"}).status_code == 303
    assert sign_in(lea).get(url).status_code == 404
