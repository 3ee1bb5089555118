"""Those who are filmed agree, and one of them who no longer does is enough (C33 SPEC 7)."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path
from threading import Event, Thread

import pytest
import sqlalchemy as sa

from portal.api import Subject, files_of, session
from portal.content.clock import real_now
from portal.content.files.models import File, FileContent
from portal.db import db
from portal.people.sessions import viewer_of

from plugins.restitutions.models import Consent, Cue
from plugins.restitutions.services.consents import add_consent, consent_token, sweep, take_back
from plugins.restitutions.services.publishing import Said, change, hold
from tests.plugins.restitutions.factories import FILM, LINK, START, again, give_words, say_more
from tests.plugins.restitutions.waiting import PATIENCE_SECONDS, wait_until_somebody_waits
from tests.reading import words

PLUGINS = ["restitutions"]
pytestmark = pytest.mark.usefixtures("day")
DAY = date(2018, 1, 26)


@pytest.fixture
def filmed(film, writing, awa):
    """Send a film with words, where two people are seen; give its number and their addresses."""
    number = film(title="Capitalisation")
    with writing():
        give_words(awa, again(number))
        say_more(awa, again(number), summary="En bref, on parle", chapters=[(5, "Le début")])
        actor = viewer_of(awa.id)
        consents = [add_consent(actor, again(number), name, DAY, at=START) for name in ("Bo Lang", "Zoé M.")]
        return number, [f"/restitutions/consent/{consent_token(consent)}" for consent in consents]


def doors(number, film_url):
    """List every address by which something of a video could be served."""
    page = f"/restitutions/{number}"
    pages = [page, f"{page}?at=5", f"{page}/words", f"{page}/captions.vtt", f"{page}/sheet", f"{page}/qr.svg"]
    lists = [f"/restitutions/{end}" for end in ("", "?q=ecoles", "restitutions.csv", "restitutions.json")]
    return [*pages, film_url, *lists, "/", "/news"]


TOLD = ("Capitalisation", "écoles", "En bref, on parle", "Le début", "restitution.mp4")


def film_of(number):
    (card,) = files_of(Subject("restitutions.restitution", number))
    return card.url


def test_somebody_who_is_filmed_says_no_without_an_account_and_nothing_is_served(
    filmed, client, sign_in, post, awa, lea, reading
):
    """C33 SPEC 7: at once, through any door."""
    number, (address, _other) = filmed
    with reading():
        film_url = film_of(number)
    own = sign_in(lea)
    assert any("Capitalisation" in own.get(door).text for door in doors(number, film_url))
    client.delete_cookie("session")
    asked = client.get(address)
    assert "Retirer votre accord ?" in words(asked)
    assert client.post(address, data={"answer": "no", "sure": "1"}).status_code == 200
    assert "n’est plus montrée" in words(client.get(address))
    for door in doors(number, film_url):
        answer = own.get(door)
        assert not [word for word in TOLD if word in answer.text], door
        assert FILM[:50] not in answer.data
    for door in (f"/restitutions/{number}", film_url):
        assert own.get(door, headers={"Range": "bytes=0-9"}).status_code == 404
    owner = sign_in(awa)
    assert "retirée" in words(owner.get(f"/restitutions/{number}"))
    assert owner.get(film_url).status_code == 404
    for page in ("words", "captions.vtt", "sheet"):
        assert owner.get(f"/restitutions/{number}/{page}").status_code == 409
    assert "« Capitalisation » a été retirée" in words(owner.get("/news"))


def test_nothing_of_it_is_left_in_the_tables_but_that_it_was_taken_down(filmed, writing, reading):
    number, _addresses = filmed
    with writing():
        take_back(None, session.scalars(sa.select(Consent).limit(1)).one(), at=START)
    with reading():
        found = again(number)
        assert (found.status, found.provider, found.key, found.original, found.summary) == ("withdrawn", "", "", "", "")
        assert not session.scalars(sa.select(Cue.id)).all()
        assert not session.scalars(sa.select(File.id)).all()


def test_the_content_leaves_the_disk_within_two_days(filmed, app, writing, run_jobs, file_place):
    """C33 SPEC 7: the sweep notes that nothing is left; what no file wants goes a day later."""
    number, _addresses = filmed
    with writing():
        take_back(None, session.scalars(sa.select(Consent).limit(1)).one(), at=START)
        session.execute(sa.update(FileContent).values(stored_at=real_now() - timedelta(days=1, minutes=1)))
    while run_jobs():
        pass
    with app.app_context():
        assert again(number).emptied_at is not None
        assert not db.session.scalars(sa.select(FileContent.sha256)).all()
    left = [path.read_bytes() for path in Path(file_place.url.removeprefix("file://")).rglob("*") if path.is_file()]
    assert FILM not in left


def test_a_consent_that_was_taken_back_behind_our_back_hides_all_the_same(filmed, writing, reading):
    """C33 SPEC 7: the sweep is the proof, whatever did not do its work."""
    number, _addresses = filmed
    with writing():
        session.execute(sa.update(Consent).values(withdrawn_at=START))
    with writing():
        sweep(START + timedelta(hours=1))
    with reading():
        assert again(number).status == "withdrawn"
        assert again(number).emptied_at == START + timedelta(hours=1)


def test_what_came_back_after_it_was_taken_down_is_swept_and_said(filmed, writing, reading, audit_of):
    number, _addresses = filmed
    with writing():
        take_back(None, session.scalars(sa.select(Consent).limit(1)).one(), at=START)
        session.add(Cue(restitution_id=number, starts_ms=0, ends_ms=1, words="reste", folded="reste"))
    with writing():
        sweep(START)
    with reading():
        assert not session.scalars(sa.select(Cue.id)).all()
    assert audit_of(Subject("restitutions.restitution", number))[-1] == "restitutions.emptied"


def test_who_owns_it_says_so_for_somebody_who_told_them(filmed, sign_in, post, awa, reading):
    number, _addresses = filmed
    own = sign_in(awa)
    page = own.get(f"/restitutions/{number}/filmed").text
    url = re.search(r'href="(/restitutions/consents/\d+/take-back)"', page).group(1)
    assert "Bo Lang" in own.get(url).text
    assert post(own, url).status_code == 303
    with reading():
        assert again(number).status == "withdrawn"


def test_the_sheet_carries_an_address_of_its_own(filmed, sign_in, awa):
    number, addresses = filmed
    own = sign_in(awa)
    sheets = re.findall(r'href="(/restitutions/consents/\d+/sheet)"', own.get(f"/restitutions/{number}/filmed").text)
    for sheet, address in zip(sheets, addresses, strict=True):
        assert address in own.get(sheet).text


def test_who_is_filmed_is_told_to_nobody_but_who_owns_it(filmed, sign_in, lea, ben, lab_id):
    number, _addresses = filmed
    for who in (lea, ben):
        own = sign_in(who)
        assert own.get(f"/restitutions/{number}/filmed").status_code == 403
        assert own.get("/restitutions/consents/1/sheet").status_code == 404
        page = own.get(f"/restitutions/{number}").text
        assert "Bo Lang" not in page
        assert "accord" not in page.partition("Historique")[2]


def test_who_animates_a_group_hides_and_destroys_nothing(filmed, lab_id, sign_in, post, awa, ben, lea, reading):
    """What an animator does is taken back in one click; nobody but its owner destroys."""
    number, _addresses = filmed
    url = f"/restitutions/{number}"
    for act in ("withdraw", "hide", "show"):
        assert post(sign_in(lea), f"{url}/{act}").status_code == 403
    own = sign_in(ben)
    assert post(own, f"{url}/change", {}).status_code == 403
    assert post(own, f"{url}/withdraw").status_code == 403
    assert "La retirer" not in own.get(url).text
    assert "La masquer" in own.get(url).text
    for _twice in range(2):
        assert post(own, f"{url}/hide").status_code == 303
    for door in doors(number, "/files/1"):
        assert "Capitalisation" not in sign_in(lea).get(door).text, door
    owner = sign_in(awa)
    assert "Masquée le 29 janvier 2018 par Ben Roux" in words(owner.get(url))
    assert "a été masquée" in words(owner.get("/news"))
    assert "La montrer de nouveau" not in owner.get(url).text
    assert post(owner, f"{url}/show").status_code == 403
    own = sign_in(ben)
    assert "La montrer de nouveau" in own.get(url).text
    assert post(own, f"{url}/show").status_code == 303
    assert "En bref, on parle" in words(sign_in(lea).get(url))
    with reading():
        assert (again(number).status, again(number).hidden_by_id) == ("published", None)


def test_what_is_hidden_stays_so_whatever_its_owner_does(link, writing, lab_id, sign_in, post, awa, ben, lea):
    url = f"/restitutions/{link()}"
    post(sign_in(ben), f"{url}/hide")
    own = sign_in(awa)
    assert post(own, f"{url}/address", {"address": "https:/ /yo utu. be/ we- Obs 2KR 28"}).status_code == 303
    assert post(own, f"{url}/confirm").status_code == 303
    for act in ("somebody", "nobody"):
        assert post(own, f"{url}/{act}").status_code == 303
    assert "masquée" in words(own.get(url))
    assert sign_in(lea).get(url).status_code == 404
    assert post(sign_in(ben), f"{url}/show").status_code == 303
    assert sign_in(lea).get(url).status_code == 200


def test_taking_down_twice_is_once(link, writing, sign_in, post, awa, audit_of):
    url = f"/restitutions/{link(LINK)}"
    own = sign_in(awa)
    assert post(own, f"{url}/withdraw").status_code == 303
    assert post(own, f"{url}/withdraw").status_code == 409
    assert audit_of(Subject("restitutions.restitution", 1)).count("restitutions.withdrawn") == 1
    assert LINK not in own.get(url).text


def test_a_stranger_with_a_made_up_address_learns_nothing(filmed, client):
    _number, (address, _other) = filmed
    client.delete_cookie("session")
    other = f"{address[:-1]}{'A' if address[-1] != 'A' else 'B'}"
    for made_up in (other, "/restitutions/consent/1.x", "/restitutions/consent/x"):
        assert client.get(made_up).status_code == 404
        assert client.post(made_up).status_code == 404


def test_another_site_takes_no_consent_back(filmed, client):
    """P4: an act without account says where it comes from."""
    _number, (address, _other) = filmed
    client.delete_cookie("session")
    assert client.post(address, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 400


def test_a_day_to_come_is_no_day_on_which_somebody_agreed(link, sign_in, post, awa):
    url = f"/restitutions/{link()}/filmed"
    for typed, status in (("2018-01-26", 303), ("2018-02-26", 422), ("0001-01-01", 422), ("hier", 422)):
        assert post(sign_in(awa), url, {"name": f"Bo {typed}", "given_on": typed}).status_code == status


def test_a_consent_taken_back_while_its_owner_writes_is_taken_back(filmed, app, writing, awa, database):
    """C33 SPEC 7: both lock in one order, so that neither loses what they did."""
    number, _addresses = filmed
    is_held, failed = Event(), []

    def take() -> None:
        is_held.wait(PATIENCE_SECONDS)
        try:
            with writing():
                take_back(None, session.scalars(sa.select(Consent).limit(1)).one(), at=START)
        except sa.exc.DBAPIError as error:
            failed.append(error)

    taker = Thread(target=take)
    taker.start()
    with writing():
        hold(again(number))
        is_held.set()
        if database.kind == "postgresql":  # SQLite lets one write at a time
            wait_until_somebody_waits()
        say_more(awa, again(number), summary="Autre chose")
    taker.join(PATIENCE_SECONDS)
    assert not failed
    with app.app_context():
        assert again(number).status == "withdrawn"


def test_a_restitution_taken_down_closes_what_everybody_agreed_to(
    filmed, writing, sign_in, client, awa, clock, run_jobs
):
    """C33 SPEC 7: the owner reads who agreed for a year; no address of theirs opens any more; then the names go."""
    number, (_address, other) = filmed
    with writing():
        take_back(None, session.scalars(sa.select(Consent).order_by(Consent.id).limit(1)).one(), at=START)
    own = sign_in(awa)
    assert f"/restitutions/{number}/filmed" in own.get(f"/restitutions/{number}").text
    page = words(own.get(f"/restitutions/{number}/filmed"))
    assert "Bo Lang" in page
    assert "Zoé M." in page
    client.delete_cookie("session")
    assert client.get(other).status_code == 404
    clock.set(START + timedelta(days=366))
    while run_jobs():
        pass
    with writing():
        assert not session.scalars(sa.select(Consent.name)).all()
        assert again(number).title == ""


def test_nobody_says_there_are_no_words_while_there_are(filmed, writing, awa):
    """C33 SPEC 6."""
    number, _addresses = filmed
    with writing():
        said = Said(title="x", captions="no", transcript="no", audience="intranet")
        change(viewer_of(awa.id), again(number), said, [], at=START)
        assert (again(number).captions, again(number).transcript) == ("yes", "yes")
