"""Lists of ephemeral labs: their order, filters, exports, counts; what is mine; what is on the first page (C01)."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from portal.api import session

from plugins.labs.models.ephemeral import Ephemeral, Participant
from plugins.labs.queries.ephemeral_states import State
from plugins.labs.queries.ephemerals import with_glance
from plugins.labs.queries.searches import Search, but_those_above
from tests.plugins.labs.ephemeral_factories import make_ephemeral, make_guest, tell
from tests.plugins.labs.factories import make_lab
from tests.plugins.labs.pages import hrefs, words

PLUGINS = ["labs"]
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.fixture
def awa(app, make_user):
    return make_user(name="Awa M.")


@pytest.fixture
def lab(app, awa, writing, clock):
    clock.set(NOON)
    with writing():
        return make_lab(members=[awa])


def _titles(page: str) -> list[str]:
    grid = page.split('<ul class="grid"')[1].split("</ul>", maxsplit=1)[0] if '<ul class="grid"' in page else ""
    return re.findall(r'<h2 class="question"><a[^>]*>([^<]+)</a>', grid)


@pytest.fixture
def several(lab, awa, writing):
    """Two open, two announced, three past."""
    with writing():
        make_ephemeral(lab, awa, question="Passé ancien", starts_in=-3000, people=[awa])
        told = make_ephemeral(lab, awa, question="Passé récent", starts_in=-300, people=[awa])
        tell(told, awa, learnt="L’École ferme tôt.")
        make_ephemeral(lab, awa, question="Vide", starts_in=-600)
        make_ephemeral(lab, awa, question="Demain soir", starts_in=1800)
        make_ephemeral(lab, awa, question="Demain matin", starts_in=1200)
        make_ephemeral(lab, awa, question="Ouvert long", starts_in=-5, minutes=120, people=[awa])
        make_ephemeral(lab, awa, question="Ouvert court", starts_in=-5, minutes=30, people=[awa])


def test_open_labs_come_first_then_announced_ones_then_the_newest(several, awa, sign_in):
    titles = _titles(sign_in(awa).get("/labs/e/").text)
    assert titles[:4] == ["Ouvert court", "Ouvert long", "Demain matin", "Demain soir"]
    assert titles[4:] == ["Passé récent", "Vide", "Passé ancien"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("q=ECOLE", ["Passé récent"]),
        ("q=passe", ["Passé récent", "Passé ancien"]),
        ("q=ancien+passé", ["Passé ancien"]),
        ("q=%25", []),
        ("state=open", ["Ouvert court", "Ouvert long"]),
        ("state=announced", ["Demain matin", "Demain soir"]),
        ("state=told", ["Passé récent"]),
        ("state=closed", ["Passé ancien"]),
        ("state=not_held", ["Vide"]),
        ("state=cancelled", []),
        ("lab=999999", []),
        ("lab=x&state=y&q=", None),
    ],
)
def test_filters_find_what_they_say(several, awa, sign_in, query, expected):
    titles = _titles(sign_in(awa).get(f"/labs/e/?{query}").text)
    assert titles == expected if expected is not None else len(titles) == 7


@pytest.mark.parametrize("query", ["", "?q=passe", "?state=told", "?state=not_held"])
def test_exports_give_the_rows_of_the_list(several, awa, sign_in, query):
    # G4: by the links of the list, which keep its filters
    client = sign_in(awa)
    page = client.get(f"/labs/e/{query}")
    shown = sorted(_titles(page.text))
    assert {f"/labs/e/labs.csv{query}", f"/labs/e/labs.json{query}"} <= set(hrefs(page))
    as_csv = client.get(f"/labs/e/labs.csv{query}").get_data(as_text=True).lstrip("\ufeff")
    rows = list(csv.reader(io.StringIO(as_csv), delimiter=";" if ";" in as_csv.splitlines()[0] else ","))
    assert sorted(row[1] for row in rows[1:]) == shown
    as_json = json.loads(client.get(f"/labs/e/labs.json{query}").text)
    listed = as_json if isinstance(as_json, list) else next(v for v in as_json.values() if isinstance(v, list))
    assert sorted(row["question"] for row in listed) == shown


def test_a_lab_that_did_not_happen_is_listed_and_enters_no_count(several, lab, awa, writing, sign_in):
    # C01 SPEC 7; one that was called off neither
    with writing():
        make_ephemeral(lab, awa, question="Annulé", starts_in=-60, cancelled_at=NOON - timedelta(hours=2), people=[awa])
        gone = session.get_one(Ephemeral, make_ephemeral(lab, awa, question="Reparti", starts_in=-600, people=[awa]))
        session.scalars(sa.select(Participant).where(Participant.ephemeral_id == gone.id)).one().left_at = NOON
    client = sign_in(awa)
    page = client.get("/labs/e/").text
    assert "Vide" in _titles(page)
    assert "6 labos éphémères, sans compter ceux qui n’ont pas eu lieu" in page
    assert "0 labo éphémère" in client.get("/labs/e/?state=not_held").text
    assert "1 labo éphémère<" in re.sub(r" · .*?</span>", "<", client.get("/labs/e/?state=told").text)


def test_one_reads_only_what_one_may_through_any_door(several, lab, awa, make_user, writing, sign_in):
    # G7, P2, P3
    chloe = make_user(name="Chloé B.")
    with writing():
        number = make_ephemeral(lab, awa, question="Sujet réservé", people=[awa])
        wide = make_ephemeral(lab, awa, question="Sujet partagé", audience="intranet", people=[awa])
    client = sign_in(chloe)
    for address in ("/", "/labs/e/", "/labs/e/labs.csv", "/labs/e/labs.json", "/labs/mine", f"/labs/{lab}"):
        text = client.get(address).text
        assert "Sujet réservé" not in text, address
        assert "Passé" not in text, address
    assert "Sujet partagé" in client.get("/labs/e/").text
    absent = client.get("/labs/e/999999")
    for door in ("", "/wall", "/qr.svg", "/tell.svg", "/poster", "/tell", "/longer", "/question", "/off"):
        hidden = client.get(f"/labs/e/{number}{door}")
        assert (hidden.status_code, hidden.text.count("Sujet")) == (absent.status_code, 0), door
    assert client.get(f"/labs/e/{wide}").status_code == 200


def test_names_are_for_members_and_participants_and_the_rest_see_how_many(lab, awa, make_user, writing, sign_in):
    # law 2
    bruno, chloe = make_user(name="Bruno D."), make_user(name="Chloé B.")
    with writing():
        number = make_ephemeral(lab, awa, audience="intranet", people=[awa, bruno], allows_guests=True)
        make_guest(number, "Inès")
    seen_by_member = sign_in(awa).get(f"/labs/e/{number}").text
    assert "Bruno D." in seen_by_member
    assert "Inès" in seen_by_member
    seen_by_agent = sign_in(chloe).get(f"/labs/e/{number}").text
    assert "3 personnes" in seen_by_agent
    assert "Bruno D." not in seen_by_agent
    assert "Inès" not in seen_by_agent


def test_the_history_does_not_say_who_came_and_went(lab, awa, make_user, writing, sign_in, post):
    # law 2: no trace of presence beyond the list of people
    chloe = make_user(name="Chloé B.")
    with writing():
        number = make_ephemeral(lab, awa, audience="intranet", people=[awa])
    for act in ("join", "leave"):
        post(sign_in(chloe), f"/labs/e/{number}/{act}")
    client = sign_in(awa)
    post(client, f"/labs/e/{number}/question", {"question": "Et pour qui ?"})
    page = client.get(f"/labs/e/{number}").text
    assert "la question a été corrigée" in page
    assert "Chloé B." not in page


def test_an_empty_list_says_why_and_what_to_do(lab, awa, make_user, sign_in):
    assert "Une question suffit pour en ouvrir un." in sign_in(awa).get("/labs/e/").text
    chloe = make_user(name="Chloé B.")
    assert "Ce sont les membres des labos qui les ouvrent." in sign_in(chloe).get("/labs/e/").text
    assert "Essayez avec moins de filtres." in sign_in(awa).get("/labs/e/?q=introuvable").text


def test_a_long_list_has_pages_in_a_stable_order(lab, awa, writing, sign_in):
    with writing():
        for index in range(60):
            make_ephemeral(lab, awa, question=f"Question {index:02}", starts_in=-1000 - index, people=[awa])
    client, address, titles = sign_in(awa), "/labs/e/", []
    for _page in range(10):
        text = client.get(address).text
        titles += _titles(text)
        following = re.search(r'href="([^"]+)"[^>]*>\s*La suite', text)
        if following is None:
            break
        address = following.group(1).replace("&amp;", "&")
    assert titles == [f"Question {index:02}" for index in range(60)]


def test_up_to_three_told_labs_that_share_words_are_shown(lab, awa, writing, sign_in):
    # C01: « ces 3 labos éphémères passés ont parlé de ça »
    with writing():
        number = make_ephemeral(lab, awa, question="Comment rouvrir la cantine du dépôt ?", people=[awa])
        for index in range(4):
            near = make_ephemeral(
                lab, awa, question=f"La cantine, saison {index} ?", starts_in=-900 + index, people=[awa]
            )
            tell(near, awa)
        best = make_ephemeral(lab, awa, question="Une cantine au dépôt ?", starts_in=-5000, people=[awa])
        tell(best, awa)
        far = make_ephemeral(lab, awa, question="Comment faire simple ?", starts_in=-800, people=[awa])
        tell(far, awa)
        make_ephemeral(lab, awa, question="Cantine non racontée ?", starts_in=-700, people=[awa])
    page = sign_in(awa).get(f"/labs/e/{number}").text.split("Ces labos ont parlé de ça")[1].split("</section>")[0]
    shown = re.findall(r"<a[^>]*>([^<]+)</a>", page)
    assert shown == ["Une cantine au dépôt ?", "La cantine, saison 3 ?", "La cantine, saison 2 ?"]


def test_another_open_lab_on_the_same_subject_is_pointed_out(lab, awa, writing, sign_in):
    # C01: two labs on one subject
    with writing():
        number = make_ephemeral(lab, awa, question="La cantine du dépôt ?", people=[awa])
        make_ephemeral(lab, awa, question="Où mettre la cantine ?", people=[awa])
    page = sign_in(awa).get(f"/labs/e/{number}").text
    assert "Un autre labo est ouvert sur une question proche" in page
    assert "Où mettre la cantine ?" in page


def test_my_page_gathers_what_is_mine(several, lab, awa, make_user, sign_in):
    page = sign_in(awa).get("/labs/mine").text
    joined, rest = page.split("Ouverts, et j’y suis")[1].split("À raconter")
    to_tell, opened = rest.split("Ouverts par moi")
    assert "Ouvert court" in joined
    assert "Passé ancien" in to_tell
    assert "Demain matin" in opened
    assert f'href="/labs/{lab}/leave"' in opened
    chloe = make_user(name="Chloé B.")
    empty = sign_in(chloe).get("/labs/mine").text
    assert "Vous n’avez encore été dans aucun labo éphémère." in empty
    assert "Vous n’êtes membre d’aucun labo pour l’instant." in empty


def test_what_is_open_is_on_the_first_page_with_its_one_action(lab, awa, make_user, writing, sign_in):
    bruno = make_user(name="Bruno D.")
    with writing():
        number = make_ephemeral(lab, awa, question="Ouvert ?", audience="intranet", people=[awa])
    assert "Rejoindre" in sign_in(bruno).get("/").text
    page = sign_in(awa).get("/").text
    assert "Sablier" in page
    assert f'href="/labs/e/{number}/wall"' in page
    assert "encore 1\u00a0h" in page


def test_the_number_of_queries_does_not_grow_with_the_list(lab, awa, writing, sign_in, clock):
    import sqlalchemy as sa
    from sqlalchemy import event

    client = sign_in(awa)

    def count() -> int:
        statements = []

        def seen(conn, cursor, statement, *rest):
            statements.append(statement)

        with writing():
            engine = session.get_bind()
        event.listen(engine, "before_cursor_execute", seen)
        try:
            assert client.get("/labs/e/").status_code == 200
        finally:
            event.remove(engine, "before_cursor_execute", seen)
        return len(statements)

    with writing():
        make_ephemeral(lab, awa, people=[awa])
        make_ephemeral(lab, awa, starts_in=-900, people=[awa])
    few = count()
    with writing():
        for index in range(20):
            make_ephemeral(lab, awa, people=[awa])
            tell(make_ephemeral(lab, awa, starts_in=-900 - index, people=[awa]), awa)
        assert session.scalar(sa.select(sa.func.count()).select_from(Ephemeral)) == 42
    assert count() == few


def test_searches_of_one_shape_are_one_statement():
    # a page that builds its statements anew takes a third longer
    one, other = Search("une file", State.TOLD, lab_id=1), Search("deux badges", State.TOLD, lab_id=2)
    assert one.statement is other.statement
    assert with_glance(but_those_above(one.statement)) is with_glance(but_those_above(other.statement))
    shapes = [Search(), Search("file"), Search("une file"), Search(state=State.TOLD), Search(lab_id=1)]
    assert len({id(search.statement) for search in shapes}) == len(shapes)


def test_a_search_without_end_reads_its_first_words(several, awa, sign_in):
    client = sign_in(awa)
    known, endless = "+".join(["passe"] * 8), "+".join(["mot"] * 1100)
    assert _titles(client.get(f"/labs/e/?q={known}+{endless}").text) == ["Passé récent", "Passé ancien"]
    for url in ("/labs/e/", "/labs/", "/labs/projects"):
        for text in (endless, "x" * 60_000):
            assert client.get(f"{url}?q={text}").status_code == 200


def test_the_first_page_and_the_page_of_a_lab_say_the_same_time_left(lab, awa, writing, sign_in):
    with writing():
        number = make_ephemeral(lab, awa, question="Long ?", starts_in=-10, minutes=120, people=[awa])
    client = sign_in(awa)
    for url in ("/", f"/labs/e/{number}"):
        assert "encore 1 h 50" in words(client.get(url))
