"""Cards on paper: blank sheets, the typing that learns nothing, what one confirms, the directory by name (C08)."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa

from portal.api import Audience, now, session

from plugins.ambassadors.models.card import Card, Draft
from plugins.ambassadors.models.vocabulary import ROLE
from plugins.ambassadors.queries.said_times import said_time
from plugins.ambassadors.services.cards import Words
from plugins.ambassadors.services.engagement import pause
from tests.plugins.ambassadors.factories import make_card, make_lab, make_tag
from tests.plugins.labs.pages import main_of, order_of, words

PLUGINS = ["ambassadors"]
URL = "/ambassadors/typing"
NOTICES = "SELECT person_id, must_act FROM notices WHERE domain = 'ambassadors' ORDER BY id"
CSRF = re.compile(r'name="csrf_token" value="[^"]+"')


def _row(number, person, **told):
    return {f"rows-{number}-{name}": said for name, said in {"person": person, **told}.items()}


@pytest.fixture
def drafts(reading):
    """List the paper cards that wait: for whom, what is brought."""

    def read():
        with reading():
            return list(map(tuple, session.execute(sa.select(Draft.person_id, Draft.bring).order_by(Draft.id))))

    return read


@pytest.fixture
def told(app):
    """List the notices of the plugin."""

    def read():
        with app.app_context():
            return [tuple(row) for row in session.execute(sa.text(NOTICES))]

    return read


def test_ten_cards_are_typed_at_once_and_their_authors_are_told(
    client, sign_in, zoe, awa, ben, lab_id, post, drafts, told
):
    sign_in(zoe)
    assert len(re.findall(r'name="rows-\d+-person"', client.get(URL).text)) == 10
    typed = {**_row(0, "Awa Diop", bring="dessiner"), **_row(3, "Ben Roux", bring="souder"), "reader_group": lab_id}
    assert post(client, URL, typed).status_code == 303
    assert drafts() == [(awa.id, "dessiner"), (ben.id, "souder")]
    assert told() == [(awa.id, True), (ben.id, True)]
    assert "dessiner" not in client.get(URL).text


def test_what_is_wrong_stays_with_its_reason_and_the_rest_is_kept(
    client, sign_in, zoe, awa, ben, lea, lab_id, post, drafts
):
    sign_in(zoe)
    rows = [
        ("Awa Diop", {"bring": "dessiner"}),
        ("Personne Inconnue", {"bring": "chanter"}),
        ("Ben Roux", {}),
        ("", {"seek": "un vélo"}),
        ("Awa Diop", {"bring": "autre chose"}),
        ("Léa Petit", {"bring": "x" * 301}),
    ]
    typed = {"reader_group": lab_id}
    for number, (person, said) in enumerate(rows):
        typed |= _row(number, person, **said)
    answer = post(client, URL, typed)
    page = words(answer)
    assert drafts() == [(awa.id, "dessiner")]
    for said in (
        "Personne ici n’a ce nom",
        "au moins une chose",
        "de qui est la carte",
        "deux fois sur la page",
        "300 caractères",
    ):
        assert said in page
    for kept in ("Personne Inconnue", "chanter", "un vélo", "autre chose", "x" * 301):
        assert kept in answer.text
    assert 'value="dessiner"' not in answer.text
    again = {**_row(1, "Léa Petit", bring="chanter"), **_row(5, "Ben Roux", bring="coudre"), "reader_group": lab_id}
    assert post(client, URL, again).status_code == 303
    assert set(drafts()) == {(awa.id, "dessiner"), (lea.id, "chanter"), (ben.id, "coudre")}


def test_only_who_animates_a_lab_types_and_for_their_lab(client, sign_in, writing, zoe, awa, lea, lab_id, post, drafts):
    sign_in(awa)
    assert client.get(URL).status_code == 403
    with writing():
        other = make_lab("Labo Nord", members=(awa,))
    sign_in(zoe)
    assert post(client, URL, {**_row(0, "Léa Petit", bring="coudre"), "reader_group": other}).status_code == 403
    assert drafts() == []


def test_who_types_learns_nothing(client, sign_in, writing, zoe, awa, ben, lab_id, post):
    """P19: the same page whether the person has a card, confirmed an earlier one, or neither."""
    with writing():
        make_card(awa, lab_id, bring="dessiner")
    pages = []
    for name in ("Awa Diop", "Ben Roux", "Ben Roux"):
        sign_in(zoe)
        answer = post(client, URL, {**_row(0, name, bring="souder"), "reader_group": lab_id}, follow_redirects=True)
        pages.append(CSRF.sub("", main_of(answer)))
    assert pages[0] == pages[1] == pages[2]


def test_a_second_one_replaces_only_that_of_the_same_lab(
    client, sign_in, writing, make_user, zoe, awa, ben, post, clock, drafts
):
    noe = make_user("Noé Blanc")
    with writing():
        first, second = make_lab("Nord", animator=zoe), make_lab("Sud", animator=noe)
    sign_in(zoe)
    post(client, URL, {**_row(0, "Awa Diop", bring="dessiner"), "reader_group": first})
    post(client, URL, {**_row(0, "Awa Diop", bring="peindre"), "reader_group": first})
    assert drafts() == [(awa.id, "peindre")]
    sign_in(noe)
    post(client, URL, {**_row(0, "Awa Diop", bring="coudre"), "reader_group": second})
    assert drafts() == [(awa.id, "peindre")]


def test_its_author_confirms_it_with_words_ticked(
    client, sign_in, writing, zoe, awa, ben, lab_id, post, drafts, reading
):
    """C08 SPEC 1: typed by another, it is a card when its subject sends it, and nobody reads it before."""
    with writing():
        draw, time = make_tag("Dessiner"), make_tag("Garder le temps", kind=ROLE, synonyms="horloge; chrono")
    sign_in(zoe)
    post(client, URL, {**_row(0, "Awa Diop", bring="dessins, mes ruches", role="chrono"), "reader_group": lab_id})
    sign_in(ben)
    assert client.get(f"/ambassadors/people/{awa.id}").status_code == 404
    sign_in(awa)
    assert "A été saisie pour vous".lower() in words(client.get("/")).lower()
    form = client.get("/ambassadors/mine/write").text
    for tag in (draw, time):
        assert re.search(rf'value="{tag}" checked', form)
    assert re.search(r">\s*mes ruches</textarea>", form)
    sent = {"bring_text": "mes ruches", "bring_tags": draw, "reader_group": lab_id}
    sent |= {f"{kind}_audience": "lab" for kind in ("bring", "seek", "passion", "role", "free")}
    assert post(client, "/ambassadors/mine/write", sent).status_code == 303
    assert drafts() == []
    sign_in(ben)
    assert "mes ruches" in client.get(f"/ambassadors/people/{awa.id}").text


def test_who_has_a_card_keeps_it_beside_the_paper_one(client, sign_in, writing, zoe, awa, lab_id, post):
    with writing():
        make_card(awa, lab_id, bring="dessiner")
    sign_in(zoe)
    post(client, URL, {**_row(0, "Awa Diop", bring="chanter"), "reader_group": lab_id})
    sign_in(awa)
    page = client.get("/ambassadors/mine/write").text
    assert "chanter" in page
    assert re.search(r">\s*dessiner</textarea>", page)


def test_one_throws_it_away(client, sign_in, zoe, awa, lab_id, post, drafts, reading):
    sign_in(zoe)
    post(client, URL, {**_row(0, "Awa Diop", bring="chanter"), "reader_group": lab_id})
    sign_in(awa)
    assert "Ce n’est pas moi" in words(client.get("/ambassadors/mine"))
    assert post(client, "/ambassadors/mine/draft/throw-away").status_code == 303
    assert drafts() == []
    with reading():
        assert session.scalar(sa.select(sa.func.count()).select_from(Card)) == 0


def test_a_paper_card_goes_after_thirty_days(client, sign_in, zoe, awa, lab_id, post, clock, run_jobs, drafts):
    sign_in(zoe)
    post(client, URL, {**_row(0, "Awa Diop", bring="chanter"), "reader_group": lab_id})
    clock.advance(days=29)
    run_jobs()
    assert len(drafts()) == 1
    clock.advance(days=2)
    run_jobs()
    assert drafts() == []


def test_who_pauses_is_told_nothing_of_it(client, sign_in, writing, as_viewer, zoe, awa, lab_id, post, drafts, told):
    """C22 SPEC 5."""
    viewer = as_viewer(awa)
    with writing():
        pause(viewer, at=now())
    sign_in(zoe)
    post(client, URL, {**_row(0, "Awa Diop", bring="chanter"), "reader_group": lab_id})
    assert (len(drafts()), told()) == (1, [])


def test_blank_cards_are_four_on_a_sheet(client, sign_in, writing, lea):
    with writing():
        make_tag("Dessiner")
        make_tag("Garder le temps", kind=ROLE)
    sign_in(lea)
    page = client.get("/ambassadors/sheets")
    assert main_of(page).count('class="ambassadors-blank"') == 4
    assert "Dessiner" in words(page)
    assert "/ambassadors/mine/write" in page.text


def test_the_trombinoscope_is_by_name_and_shows_what_one_may_read(client, sign_in, writing, awa, ben, zoe, lea, lab_id):
    """C08 SPEC 3 and 8: a directory for paper, without any file of it."""
    with writing():
        make_card(zoe, lab_id, bring="relier")
        make_card(ben, lab_id, bring=Words("souder", audience=Audience.LAB))
        make_card(awa, lab_id, bring=Words("dessiner", (make_tag("Croquis"),), audience=Audience.INTRANET))
        make_card(lea, lab_id, bring=Words("secret", audience=Audience.SELF), passion="les haies")
    sign_in(lea)
    page = client.get("/ambassadors/trombinoscope")
    assert order_of(page, "Awa Diop", "Ben Roux", "Zoé Martin") == ["Awa Diop", "Zoé Martin"]
    assert "Croquis" in words(page)
    assert "souder" not in page.text
    assert "secret" not in page.text
    sign_in(zoe)
    page = client.get(f"/ambassadors/trombinoscope?lab={lab_id}")
    assert order_of(page, "Awa Diop", "Ben Roux") == ["Awa Diop", "Ben Roux"]
    assert "Léa Petit" not in words(page)
    assert f"/ambassadors/trombinoscope?lab={lab_id}" in words(page)


def test_the_trombinoscope_goes_on_over_pages(client, sign_in, writing, make_user, awa, lab_id):
    people = [make_user(f"Personne {number:03}") for number in range(62)]
    with writing():
        for who in people:
            make_card(who, bring="dessiner")
    sign_in(awa)
    page = client.get("/ambassadors/trombinoscope")
    assert "Personne 059" in page.text
    assert "Personne 060" not in page.text
    following = re.search(r'href="([^"]*after=[^"]*)" rel="next"', page.text).group(1).replace("&amp;", "&")
    assert "Personne 061" in client.get(following).text


def test_days_and_times_of_a_paper_card_are_ticked(client, sign_in, zoe, awa, lab_id, post):
    sign_in(zoe)
    post(client, URL, {**_row(0, "Awa Diop", free="Mardi, une heure, plutôt le matin"), "reader_group": lab_id})
    sign_in(awa)
    form = client.get("/ambassadors/mine/write").text
    assert re.findall(r'name="free_days" value="(\d+)" checked', form) == ["2"]
    assert re.findall(r'name="free_minutes"[^>]*value="(\d+)" checked', form) == ["60"]
    assert re.search(r'name="free_text"[^>]*>\s*plutôt le matin</textarea>', form)


@pytest.mark.parametrize(
    ("text", "minutes", "days", "rest"),
    [
        ("mardi, une heure", 60, 2, ""),
        ("le mardi et le jeudi", None, 2 + 8, ""),
        ("mardis matin", None, 2, "mardis matin"),
        ("du lundi au vendredi; 15 min", 15, 31, ""),
        ("1 h ou une demi-journée, samedi", 240, 32, ""),
        ("Un quart d'heure", 15, 0, ""),
        ("sauf le mardi, 1h", 60, 0, "sauf le mardi"),
        ("pas le lundi", None, 0, "pas le lundi"),
        ("une demi-heure", None, 0, "une demi-heure"),
        ("quand il pleut", None, 0, "quand il pleut"),
        ("le", None, 0, "le"),
        ("", None, 0, ""),
    ],
)
def test_what_says_when_is_read_and_nothing_else(app, text, minutes, days, rest):
    with app.test_request_context(headers={"Accept-Language": "fr"}):
        said = said_time(text)
    assert (said.minutes, said.days, said.rest) == (minutes, days, rest)


def test_a_part_of_a_name_is_not_enough(client, sign_in, zoe, make_user, lab_id, post):
    """Nobody reads a typed card again to see that it went to somebody else."""
    make_user("Gwenaëlle Le Goff")
    sign_in(zoe)
    typed = {"reader_group": lab_id, "rows-0-person": "wena", "rows-0-bring": "conter"}
    answer = post(client, "/ambassadors/typing", typed)
    assert "Est-ce Gwenaëlle Le Goff" in words(answer)
    assert 'value="conter"' in answer.text
    answer = post(client, "/ambassadors/typing", {**typed, "rows-0-person": "le goff gwenaelle"})
    assert answer.status_code == 303
