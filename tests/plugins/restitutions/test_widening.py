"""Those who are filmed agreed to be shown to some: a video that is opened to others asks them anew (C33 SPEC 7)."""

from __future__ import annotations

import re
from itertools import product

import pytest
import sqlalchemy as sa

from portal.api import Subject, add_member, create_group, files_of, now, session
from portal.people.sessions import viewer_of

from plugins.restitutions.models import Consent
from plugins.restitutions.services.consents import add_consent, agree
from plugins.restitutions.values.readers import Readers
from tests.plugins.restitutions.factories import START, again, make_film, received
from tests.plugins.restitutions.widening import DAY, TEXTS, mine, seen_in, stands
from tests.reading import words

PLUGINS = ["labs", "restitutions"]
pytestmark = pytest.mark.usefixtures("day")
ASKED = "Vous apparaissez dans « Capitalisation » : êtes-vous d’accord pour que d’autres aussi la voient ?"
ANEW = "avait dit oui pour un autre public"
EVERYBODY = "Les 4 agents d’ici, responsables compris."


LEVELS = ("self", "lab", "network", "intranet", "public")
COVERED = {(one, other) for one, other in product(LEVELS, LEVELS) if LEVELS.index(other) <= LEVELS.index(one)}


@pytest.mark.parametrize(("agreed", "opened"), list(product((*LEVELS, "circle"), (*LEVELS, "circle"))))
def test_readers_hold_the_same_and_those_among_them(agreed, opened):
    """C33 SPEC 7: a circle holds nothing but itself and its author, and is within every agent; the public holds all."""
    given, wanted = (Readers(level, 3 if level in {"lab", "circle"} else None) for level in (agreed, opened))
    circles = {("circle", "circle"), ("circle", "self"), ("intranet", "circle"), ("public", "circle")}
    assert given.is_wide_enough_for(wanted) is ((agreed, opened) in COVERED | circles)
    if agreed == opened == "lab":
        assert not given.is_wide_enough_for(Readers("lab", 4))


def test_a_film_that_is_opened_to_others_waits_for_those_who_agreed_to_fewer(
    film_of_the_lab, open_to, sign_in, lea, ben, reading
):
    """C33 SPEC 7: nobody else finds it, not even those it was open to; the others neither."""
    number, *_consents = film_of_the_lab
    url = f"/restitutions/{number}"
    assert sign_in(ben).get(url).status_code == 200
    open_to(number, "intranet")
    assert stands(reading, number) == ("to_clear", "intranet")
    assert sign_in(lea).get(url).status_code == 404
    assert "Capitalisation" not in sign_in(lea).get("/restitutions/").text


def test_narrowed_again_it_is_found_without_asking_anybody(film_of_the_lab, open_to, sign_in, karim, reading):
    """C33 SPEC 7: what they agreed to covers it again by itself, and nothing is asked any more."""
    number, one, _other = film_of_the_lab
    open_to(number, "intranet")
    assert ASKED in words(sign_in(karim).get("/"))
    open_to(number, "lab")
    assert stands(reading, number) == ("published", "lab")
    assert "Vous apparaissez" not in words(sign_in(karim).get("/"))
    assert "Retirer votre accord ?" in words(sign_in(karim).get(mine(one)))
    with reading():
        unread = session.scalar(sa.text("SELECT count(*) FROM notices WHERE must_act AND read_at IS NULL"))
    assert unread == 0


@pytest.mark.parametrize(("first", "then"), [("lab", "self"), ("network", "lab"), ("intranet", "network")])
def test_fewer_readers_than_they_agreed_to_ask_nobody(film_of_the_lab, open_to, writing, reading, first, then):
    """C33 SPEC 7."""
    number, *consents = film_of_the_lab
    open_to(number, first)
    with writing():
        for consent in consents:
            agree(None, session.get_one(Consent, consent), at=START)
    assert stands(reading, number) == ("published", first)
    open_to(number, then)
    assert stands(reading, number) == ("published", then)


def test_before_the_click_its_author_reads_how_many_are_asked_anew(film_of_the_lab, open_to, sign_in, post, awa):
    """C33 SPEC 7: beside each answer that asks somebody, and no other; and after the click."""
    number, *_consents = film_of_the_lab
    own, url = sign_in(awa), f"/restitutions/{number}/change"
    notes = re.findall(r'name="audience" value="(\w+)".*?<small>(.*?)</small>', own.get(url).text, re.S)
    assert [level for level, _note in notes] == ["intranet", "network", "lab", "self"]
    assert [level for level, note in notes if "2 personnes filmées avaient dit oui" in note] == ["intranet", "network"]
    assert post(own, url, {**TEXTS, "audience": "intranet"}).status_code == 303
    page = words(own.get(f"/restitutions/{number}"))
    assert "C’est gardé. 2 personnes filmées avaient dit oui pour un autre public" in page
    notes = re.findall(r'name="audience" value="(\w+)".*?<small>(.*?)</small>', own.get(url).text, re.S)
    assert [level for level, note in notes if "dit oui" in note] == [
        "network"
    ]  # of those it says, they are asked already


def test_what_asks_nobody_says_nothing_of_asking(film, sign_in, post, awa):
    number = film()
    own, url = sign_in(awa), f"/restitutions/{number}/change"
    assert "dit oui" not in own.get(url).text
    assert post(own, url, {**TEXTS, "audience": "network"}).status_code == 303
    assert "dit oui" not in own.get(f"/restitutions/{number}").text


def test_a_colleague_reads_what_they_agreed_to_and_what_is_asked(film_of_the_lab, open_to, sign_in, karim, lea, post):
    """C33 SPEC 7: on « Aujourd'hui », in their news, and on the page where they answer."""
    number, one, _other = film_of_the_lab
    open_to(number, "intranet")
    own = sign_in(karim)
    for page in ("/", "/news"):
        assert ASKED in words(own.get(page))
    page = own.get(mine(one))
    assert "Le 29 janvier 2018, vous avez dit oui pour que la voient : « Labo des quais », 3 personnes." in words(page)
    assert f"Awa Diop veut maintenant que la voient : {EVERYBODY}" in words(page)
    assert own.get(f"/restitutions/{number}").status_code == 200  # to see it again
    answered = post(own, mine(one), {"answer": "yes", "seen": seen_in(page)})
    assert f"Vous êtes d’accord pour que la voient : {EVERYBODY}" in words(answered)
    assert "Vous apparaissez" not in words(own.get("/"))
    assert sign_in(lea).get(f"/restitutions/{number}").status_code == 404  # Bo has not


def test_somebody_without_account_reads_the_same_and_lets_it_be_found(
    film_of_the_lab, open_to, writing, client, sign_in, lea, address
):
    """C33 SPEC 7."""
    number, one, other = film_of_the_lab
    open_to(number, "intranet")
    with writing():
        agree(None, session.get_one(Consent, one), at=START)
    client.delete_cookie("session")
    url = address(other)
    page = words(client.get(url))
    assert "Le 26 janvier 2018, vous avez dit oui pour que la voient : « Labo des quais », 3 personnes." in page
    assert f"Awa Diop veut maintenant que la voient : {EVERYBODY}" in page
    assert client.post(url, data={"answer": "yes"}).status_code == 200
    assert sign_in(lea).get(f"/restitutions/{number}").status_code == 200


def test_what_was_signed_on_paper_is_signed_anew(film_of_the_lab, open_to, writing, sign_in, post, awa, lea):
    """C33 SPEC 7: the sheet says for whom; its author notes the day once more."""
    number, one, other = film_of_the_lab
    own, url = sign_in(awa), f"/restitutions/{number}/filmed"
    assert "« Labo des quais », 3 personnes." in words(own.get(f"/restitutions/consents/{other}/sheet"))
    open_to(number, "intranet")
    with writing():
        agree(None, session.get_one(Consent, one), at=START)
    page = words(own.get(url))
    assert "Bo Lang accord à redonner" in page
    assert "D’accord pour que la voient : « Labo des quais », 3 personnes." in page
    sheet = words(own.get(f"/restitutions/consents/{other}/sheet"))
    assert "Pour que la voient : « Labo des quais »" in sheet
    assert f"veut maintenant que la voient : {EVERYBODY}" in sheet
    assert post(own, url, {"name": "Bo Lang"}).status_code == 303
    assert sign_in(lea).get(f"/restitutions/{number}").status_code == 404
    assert post(sign_in(awa), url, {"name": "Bo Lang", "given_on": "2018-01-29"}).status_code == 303
    assert "D’accord pour que la voient : Les 4 agents d’ici" in words(sign_in(awa).get(url))
    assert sign_in(lea).get(f"/restitutions/{number}").status_code == 200


def test_a_signature_that_is_sent_twice_is_not_signed_anew(film_of_the_lab, open_to, sign_in, post, awa, reading):
    """C33 SPEC 7: a page that was opened before says other readers; a day that was noted is no new one."""
    number, _one, other = film_of_the_lab
    own, url = sign_in(awa), f"/restitutions/{number}/filmed"
    signed = {"name": "Bo Lang", "given_on": "2018-01-28", "seen": seen_in(own.get(url))}
    open_to(number, "intranet")
    late = post(own, url, signed)
    assert "entre-temps, on a changé qui pourra voir la vidéo" in words(late)
    for answer in (late, own.get(url)):
        same = post(own, url, {**signed, "given_on": "2018-01-26", "seen": seen_in(answer)})
        assert "Ce jour-là, cette personne a dit oui pour un autre public" in words(same)
    with reading():
        assert session.get_one(Consent, other).agreed_audience == "lab"
    assert post(own, url, {**signed, "seen": seen_in(late)}).status_code == 303
    with reading():
        assert session.get_one(Consent, other).agreed_audience == "intranet"


def test_a_first_signature_counts_for_those_that_its_page_said(film, open_to, sign_in, post, awa, reading):
    """C33 SPEC 7."""
    number = film(clear=False, audience="self")
    own, url = sign_in(awa), f"/restitutions/{number}/filmed"
    signed = {"name": "Bo Lang", "given_on": "2018-01-28", "seen": seen_in(own.get(url))}
    open_to(number, "intranet")
    assert post(own, url, signed).status_code == 422
    with reading():
        assert not session.scalars(sa.select(Consent)).all()


def test_its_author_reads_who_is_still_to_agree_and_for_whom_others_did(
    film_of_the_lab, open_to, writing, sign_in, awa
):
    """C33 SPEC 7."""
    number, one, _other = film_of_the_lab
    open_to(number, "intranet")
    own = sign_in(awa)
    assert "2 personnes filmées n’ont pas encore répondu" in words(own.get(f"/restitutions/{number}"))
    assert "Parmi elles, 2 avaient dit oui pour un autre public" in words(own.get(f"/restitutions/{number}"))
    with writing():
        agree(None, session.get_one(Consent, one), at=START)
    page = words(own.get(f"/restitutions/{number}/filmed"))
    assert "Cette personne avait dit oui pour un autre public" in words(sign_in(awa).get(f"/restitutions/{number}"))
    assert re.search(r"Karim Haddad d’accord .*D’accord pour que la voient : Les 4 agents d’ici", page)
    assert "Bo Lang accord à redonner" in page


def test_not_more_widely_gives_it_back_to_those_agreed_to_and_destroys_nothing(
    film_of_the_lab, open_to, sign_in, post, karim, awa, ben, lea, reading, audit_of
):
    """C33 SPEC 7: for whoever agreed to fewer, the mild no; its author is told."""
    number, one, _other = film_of_the_lab
    open_to(number, "intranet")
    own = sign_in(karim)
    page = words(own.get(mine(one)))
    assert "Rien n’est perdu. De nouveau visible par : « Labo des quais », 3 personnes." in page
    for _twice in range(2):
        answered = words(post(own, mine(one), {"answer": "not wider"}))
        assert "Elle n’est pas ouverte plus largement : le portail prévient Awa Diop." in answered
        assert "« Labo des quais », 3 personnes." in answered
    assert stands(reading, number) == ("published", "lab")
    with reading():
        assert again(number).reader_group_id is not None
        assert files_of(again(number).subject)
    assert "écoles" in sign_in(ben).get(f"/restitutions/{number}/words").text
    assert sign_in(lea).get(f"/restitutions/{number}").status_code == 404
    assert "« Capitalisation » n’est pas ouverte plus largement" in words(sign_in(awa).get("/news"))
    assert "« pas plus largement »" in words(sign_in(awa).get(f"/restitutions/{number}/filmed"))
    acts = audit_of(Subject("restitutions.restitution", number))
    assert acts.count("restitutions.kept_to_fewer") == 1
    assert "autres lecteurs" not in words(sign_in(ben).get(f"/restitutions/{number}"))


def test_not_more_widely_is_said_without_an_account_too(film_of_the_lab, open_to, client, reading, address):
    """C33 SPEC 7."""
    number, _one, other = film_of_the_lab
    open_to(number, "intranet")
    client.delete_cookie("session")
    assert client.post(address(other), data={"answer": "not wider"}).status_code == 200
    assert stands(reading, number) == ("published", "lab")


def test_not_more_widely_goes_back_to_nobody_who_may_no_longer_read_its_session(
    film_of_the_lab, open_to, writing, sign_in, karim, post, reading
):
    """C33 SPEC 7: a restitution is for no more than its session; then its author alone has it."""
    number, one, _other = film_of_the_lab
    open_to(number, "intranet")
    with writing():
        other = create_group("lab", "Autre labo")
        add_member(other, karim.id, at=now())
        session.execute(
            sa.text("UPDATE labs_ephemeral SET audience = 'lab', reader_group_id = :other"), {"other": other}
        )
    own = sign_in(karim)
    assert "De nouveau visible par : Awa Diop, et personne d’autre." in words(own.get(mine(one)))
    assert post(own, mine(one), {"answer": "not wider"}).status_code == 200
    assert stands(reading, number)[1] == "self"


def test_whoever_has_agreed_to_nothing_yet_has_no_fewer_to_go_to(film, writing, sign_in, karim, awa, post, reading):
    number = film(clear=False)
    with writing():
        one = add_consent(viewer_of(awa.id), again(number), at=START, person_id=karim.id).id
    own = sign_in(karim)
    assert "pas plus largement" not in own.get(mine(one)).text
    assert post(own, mine(one), {"answer": "not wider"}).status_code == 200
    assert stands(reading, number) == ("to_clear", "intranet")


def test_the_consent_is_taken_back_altogether_all_the_same(film_of_the_lab, open_to, sign_in, post, karim, reading):
    """C33 SPEC 7: as at any time, after a page that says what goes."""
    number, one, _other = film_of_the_lab
    open_to(number, "intranet")
    own = sign_in(karim)
    asked = own.get(mine(one))
    assert f'href="{mine(one)}?no=1"' in asked.text
    page = own.get(f"{mine(one)}?no=1")
    assert "Retirer votre accord ?" in words(page)
    assert 'name="answer" value="no"' in page.text
    assert stands(reading, number)[0] == "to_clear"
    assert "La vidéo n’est plus montrée" in words(post(own, f"{mine(one)}?no=1", {"answer": "no", "sure": "1"}))
    assert stands(reading, number)[0] == "withdrawn"


def test_a_first_no_is_asked_twice_and_says_what_is_lost(film, writing, client, awa, reading, address):
    """C33 SPEC 7: it destroys what nobody else ever saw."""
    number = film(clear=False)
    with writing():
        one = add_consent(viewer_of(awa.id), again(number), "Bo Lang", at=START).id
    url = address(one)
    client.delete_cookie("session")
    asked = client.get(url)
    assert 'value="no"' not in asked.text  # a link leads to what is lost; no button says no at once
    assert f'href="{url}?no=1"' in asked.text
    assert "La vidéo est retirée pour de bon, pour Awa Diop aussi" in words(asked)
    page = words(client.get(f"{url}?no=1"))
    assert "Dire non, et faire retirer la vidéo ?" in page
    assert "La vidéo, son image, son adresse, son résumé, ses chapitres et ses paroles" in page
    assert "Pour Awa Diop aussi, qui les a apportés" in page
    assert stands(reading, number)[0] == "to_clear"
    assert client.post(f"{url}?no=1", data={"answer": "no", "sure": "1"}).status_code == 200
    assert stands(reading, number)[0] == "withdrawn"


def test_an_answer_is_for_those_that_its_page_said(film_of_the_lab, open_to, sign_in, post, karim, reading):
    """C33 SPEC 7: opened to others meanwhile, a yes counts for nothing until they are read."""
    number, one, _other = film_of_the_lab
    open_to(number, "network")
    own = sign_in(karim)
    seen = seen_in(own.get(mine(one)))
    open_to(number, "intranet")
    answer = post(own, mine(one), {"answer": "yes", "seen": seen})
    assert answer.status_code == 409
    assert "Votre réponse n’est pas gardée" in words(answer)
    assert f"Awa Diop veut maintenant que la voient : {EVERYBODY}" in words(answer)
    with reading():
        assert session.get_one(Consent, one).agreed_audience == "lab"
    assert post(own, mine(one), {"answer": "yes", "seen": seen_in(answer)}).status_code == 200
    with reading():
        assert session.get_one(Consent, one).agreed_audience == "intranet"


def test_who_films_themselves_asks_themselves_nothing(film, writing, sign_in, post, awa, lea):
    number = film(clear=False, audience="self")
    with writing():
        add_consent(viewer_of(awa.id), again(number), at=START, person_id=awa.id)
    own, url = sign_in(awa), f"/restitutions/{number}"
    assert "dit oui" not in own.get(f"{url}/change").text
    assert post(own, f"{url}/change", {**TEXTS, "audience": "intranet"}).status_code == 303
    assert sign_in(lea).get(url).status_code == 200


def test_what_is_hidden_meanwhile_is_not_shown_again_to_those_nobody_agreed_to(
    film_of_the_lab, open_to, sign_in, post, ben, karim, reading
):
    """C33 SPEC 7: whoever hid it may no longer undo more than they did."""
    number, *_consents = film_of_the_lab
    assert post(sign_in(ben), f"/restitutions/{number}/hide").status_code == 303
    open_to(number, "intranet")
    assert stands(reading, number)[0] == "hidden"
    assert post(sign_in(ben), f"/restitutions/{number}/show").status_code == 303
    assert stands(reading, number)[0] == "to_clear"
    assert ASKED in words(sign_in(karim).get("/"))


def test_a_circle_is_named_to_its_members_alone(app, writing, sign_in, awa, ben, karim):
    """P19: whoever is filmed reads how many a circle they are not of has, and nothing else of it; on paper too."""
    with app.app_context():
        upload = received()
    with writing():
        circle = create_group("circle", "Cercle des veilleurs")
        for one in (awa, ben):
            add_member(circle, one.id, at=START)
        made = make_film(awa, upload, clear=False, audience="circle", reader_group_id=circle)
        actor = viewer_of(awa.id)
        consents = [add_consent(actor, made, at=START, person_id=one.id).id for one in (ben, karim)]
        paper = f"/restitutions/consents/{add_consent(actor, made, 'Bo Lang', at=START).id}/sheet"
    told, untold = (words(sign_in(one).get(mine(consent))) for one, consent in zip((ben, karim), consents, strict=True))
    assert "« Cercle des veilleurs », 2 personnes." in told
    for page in (untold, words(sign_in(awa).get(paper))):
        assert "elle sera visible par : 2 personnes." in page
        assert "veilleurs" not in page


@pytest.mark.parametrize("day", [None, DAY])
def test_the_sheet_says_who_reads_to_whoever_keeps_it(film, writing, sign_in, awa, day):
    """C33 SPEC 7: « vous » is the person who is filmed, not the one who prints."""
    filmed = film(audience="self")
    with writing():
        number = add_consent(viewer_of(awa.id), again(filmed), "Bo Lang", day, at=START).id
    sheet = words(sign_in(awa).get(f"/restitutions/consents/{number}/sheet"))
    assert "Awa Diop, et personne d’autre." in sheet
    assert "Vous seul" not in sheet
