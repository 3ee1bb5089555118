"""The board of commitments, its exports, its walls, its page for everybody, its picture (C07)."""

from __future__ import annotations

import csv
import io
import re
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from portal.api import Subject, session

from plugins.copils.models.commitment import Commitment
from tests.plugins.copils.factories import (
    START,
    make_commitment,
    make_copil,
    make_function,
    make_question,
)
from tests.plugins.labs.pages import hrefs, order_of, words

PLUGINS = ["copils"]


@pytest.fixture
def people(make_user):
    """Give who asks, who holds the function, who facilitates and announces."""
    return make_user("Awa Diop"), make_user("Ben Roux"), make_user("Zoé Martin", role="admin")


@pytest.fixture
def make(clock, writing, people):
    """Make commitments of a function, on one question of a copil for the intranet or for everybody."""
    awa, ben, zoe = people
    clock.set(START)
    made = {}

    def one(text, *, function="Moyens généraux", audience="intranet", **columns):
        with writing():
            if audience not in made:
                made[audience] = make_question(awa, make_copil(zoe, [], audience=audience), f"Pour {audience} ?")
            number = make_function(function) if function in made else make_function(function, ben)
            made[function] = True
            return make_commitment(made[audience], number, by=zoe, holder=ben, text=text, audience=audience, **columns)

    return one


def kept(people, days=3):
    at = START - timedelta(days=days)
    awa, ben, _zoe = people
    return {
        "proposed_at": at - timedelta(days=1),
        "proposed_by_id": ben.id,
        "proof": "Fait.",
        "confirmed_at": at,
        "confirmed_by_id": awa.id,
    }


@pytest.fixture
def filled(make, people):
    make("Une salle ouverte", due_on=date(2026, 9, 1))
    make("Un référent", function="DRH", due_on=date(2026, 10, 1))
    make("Le mur du hall", due_on=date(2026, 9, 20), postponed=2, pressing_on=date(2026, 8, 1))
    make("Deux heures libérées", function="DRH", due_on=date(2026, 8, 1), **kept(people))
    make("=1+1", audience="public", due_on=date(2026, 12, 1))


def test_the_board_shows_what_is_owed_by_the_day_that_presses(client, sign_in, people, filled):
    """C07 SPEC 6: what was missed stays first, whatever day was given since."""
    sign_in(people[0])
    page = client.get("/copils/")
    titles = ("Le mur du hall", "Une salle ouverte", "Un référent", "=1+1", "Deux heures libérées")
    assert order_of(page, *titles) == ["Le mur du hall", "Une salle ouverte", "Un référent", "=1+1"]
    assert "en retard de 37 jours" in words(page)
    assert "reporté 2 fois" in words(page)
    assert words(page).count("une première échéance est passée : 1er août 2026") == 1


def test_a_public_promise_says_who_reads_its_page_and_where_everybody_reads_it(client, sign_in, people, make):
    """Law 2: the page of a promise asks for a session; everybody reads it on a page of its own."""
    number = make("Le mur du hall", audience="public")
    closed = make("Un référent")
    sign_in(people[0])
    page = words(client.get(f"/copils/c/{number}"))
    assert "Les 3 agents d’ici, responsables compris. Et tout le monde, sur la page publique" in page
    assert "page publique" not in words(client.get(f"/copils/c/{closed}"))
    assert "/copils/public" in hrefs(client.get("/copils/"))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("state=late", ["Le mur du hall", "Une salle ouverte"]),
        ("state=kept", ["Deux heures libérées"]),
        ("state=said_done", []),
        ("q=referent", ["Un référent"]),
        ("month=2026-09", ["Le mur du hall", "Une salle ouverte"]),
        ("function=0", []),
        ("copil=99999", []),
    ],
)
def test_the_board_finds(query, expected, client, sign_in, people, filled):
    sign_in(people[0])
    titles = ("Le mur du hall", "Une salle ouverte", "Un référent", "=1+1", "Deux heures libérées")
    assert order_of(client.get(f"/copils/?{query}"), *titles) == expected


def test_the_page_of_the_copil_says_what_was_promised_there(client, sign_in, people, filled, reading):
    with reading():
        number = session.scalar(sa.select(Commitment.copil_id).where(Commitment.text == "Un référent"))
    sign_in(people[0])
    said = words(client.get(f"/copils/sessions/{number}"))
    assert "Un référent" in said
    assert "Deux heures libérées" in said
    assert "=1+1" not in said


def test_a_board_without_any_commitment_says_where_they_come_from(client, sign_in, people):
    sign_in(people[0])
    page = client.get("/copils/")
    assert "Rien n’a encore été promis" in words(page)
    assert "/copils/sessions/" in hrefs(page)


@pytest.mark.parametrize("query", ["", "state=all", "state=kept", "q=salle"])
def test_the_exports_hold_exactly_the_rows_of_the_list(query, client, sign_in, people, filled):
    """C07 SPEC 13."""
    sign_in(people[0])
    page = client.get(f"/copils/?{query}")
    rows = client.get(f"/copils/commitments.json?{query}").get_json()
    texts = [row["text"] for row in rows]
    assert order_of(page, *texts) == texts
    assert len(texts) == client.get(f"/copils/?{query}").get_data(as_text=True).count('class="row-title"')
    written = client.get(f"/copils/commitments.csv?{query}").get_data(as_text=True).removeprefix("\ufeff")
    table = list(csv.reader(io.StringIO(written), delimiter=";"))
    assert [line[0].removeprefix("'") for line in table[1:]] == texts


def test_the_export_says_all_of_a_commitment_and_computes_nothing(client, sign_in, people, filled):
    """C07 SPEC 13."""
    sign_in(people[0])
    rows = {row["text"]: row for row in client.get("/copils/commitments.json?state=all").get_json()}
    done = rows["Deux heures libérées"]
    assert (done["function"], done["holder"], done["state"]) == ("DRH", "Ben Roux", "tenu")
    assert (done["said_done_on"], done["confirmed_on"]) == ("2026-09-03", "2026-09-04")
    assert done["copil"] == "Copil inversé d’octobre"
    assert re.fullmatch(r"http://localhost/copils/c/\d+", done["address"])
    assert set(done) == {
        "text",
        "question",
        "function",
        "holder",
        "due_on",
        "first_due_on",
        "postponed",
        "state",
        "said_done_on",
        "confirmed_on",
        "copil",
        "address",
    }
    assert "\r\n'=1+1;" in client.get("/copils/commitments.csv").get_data(as_text=True)


def test_everybody_reads_what_is_public_and_no_name(client, filled):
    """C07 SPEC 5: without account, functions alone."""
    page = client.get("/copils/public")
    assert page.status_code == 200
    said = words(page)
    assert "=1+1" in said
    assert "Moyens généraux" in said
    assert "Une salle ouverte" not in said
    assert "Ben Roux" not in page.get_data(as_text=True)
    assert client.get("/copils/").status_code == 401
    assert client.get("/copils/commitments.json").status_code == 401


def test_the_public_page_shows_no_more_to_who_is_signed_in(client, sign_in, people, filled):
    sign_in(people[0])
    assert "Une salle ouverte" not in words(client.get("/copils/public"))


def test_the_wall_has_three_columns_and_no_name(client, sign_in, people, filled):
    sign_in(people[0])
    page = client.get("/copils/hall")
    said = words(page)
    columns = order_of(page, "En retard 2", "En cours 2", "Tenu 1")
    assert columns == ["En retard 2", "En cours 2", "Tenu 1"]
    assert "Moyens généraux · en retard de 37 jours · reporté 2 fois" in said
    assert "Ben Roux" not in page.get_data(as_text=True).split("<main", 1)[1]


def test_the_wall_shows_eight_and_counts_the_others(client, sign_in, people, make):
    for place in range(11):
        make(f"Promesse {place}.", due_on=date(2026, 10, 1))
    sign_in(people[0])
    page = client.get("/copils/hall")
    assert "En cours 11" in words(page)
    assert "et 3 autres" in words(page)
    assert page.get_data(as_text=True).count("board-item") == 8


def test_what_nobody_confirmed_stays_on_the_wall_for_a_year_in_its_words(client, sign_in, people, make):
    """C07 SPEC 8: neither kept nor forgotten."""
    said = {"proposed_by_id": people[1].id, "proof": "Fait.", "due_on": date(2026, 8, 1)}
    make("Personne n’a dit oui", proposed_at=START - timedelta(days=40), **said)
    make("Il y a longtemps", proposed_at=START - timedelta(days=366), **said)
    sign_in(people[0])
    page = words(client.get("/copils/hall"))
    assert "En cours 1" in page and "Personne n’a dit oui" in page
    assert "fait (non confirmé)" in page
    assert "Il y a longtemps" not in page


def test_what_was_kept_a_year_ago_has_left_the_wall(client, sign_in, people, make):
    make("Il y a longtemps", **kept(people, days=366))
    sign_in(people[0])
    assert "Il y a longtemps" not in words(client.get("/copils/hall"))


def test_the_wall_of_the_hall_opens_without_session_and_closes(
    client, sign_in, people, filled, post, new_client, audit_of
):
    awa, _ben, zoe = people
    sign_in(awa)
    assert post(client, "/copils/hall/door").status_code == 403
    sign_in(zoe)
    for _twice in range(2):
        assert post(client, "/copils/hall/door").status_code == 303
    address = re.search(r"<code>http://localhost(/copils/wall/[^<]+)</code>", client.get("/copils/hall/door").text)[1]
    stranger = new_client()
    page = stranger.get(address)
    assert "Une salle ouverte" in words(page)
    assert "Ben Roux" not in page.text
    assert "Zoé Martin" not in page.text
    assert not [href for href in hrefs(page) if "/copils/c/" in href]
    assert stranger.post(address).status_code == 405
    post(client, "/copils/hall/door/close")
    gone = stranger.get(address)  # from a sheet that was printed before
    assert gone.status_code == 404 and "Une salle ouverte" not in gone.text
    assert "/copils/public" in hrefs(gone) and "Lire ce qui a été promis à tous" in words(gone)
    assert audit_of(Subject("copils.board", 1)) == ["copils.hall_opened", "copils.hall_closed"]


def test_the_sheet_leads_to_the_wall_while_it_is_open_and_else_to_the_public_page(
    client, sign_in, people, filled, post
):
    """C07 SPEC 13: a person without an account comes back by the code."""
    sign_in(people[2])
    page = client.get("/copils/sheet")
    assert "http://localhost/copils/public" in words(page)
    assert "Une salle ouverte" in words(page)
    assert "Ben Roux" not in page.text
    post(client, "/copils/hall/door")
    assert "http://localhost/copils/wall/" in words(client.get("/copils/sheet"))


def test_the_picture_draws_each_commitment_in_its_month_and_says_the_same_in_a_table(client, sign_in, people, filled):
    sign_in(people[0])
    page = client.get("/copils/picture/2026")
    drawn, table = page.text[page.text.index('<svg class="copils-picture') :].split("<table", 1)
    assert drawn.index("DRH") < drawn.index("Moyens généraux")
    marks = re.findall(r'href="(/copils/c/\d+)"', drawn)
    assert len(marks) == len(set(marks)) == 5
    assert sorted(set(marks)) == sorted(re.findall(r'href="(/copils/c/\d+)"', table))
    assert "1er" in words(page)
    assert "Rien de ce que vous pouvez lire n’est dû en 2025." in words(client.get("/copils/picture/2025"))


def test_a_month_with_more_than_four_leads_to_the_list(client, sign_in, people, make):
    for place in range(5):
        make(f"Promesse {place}", due_on=date(2026, 10, 1 + place))
    sign_in(people[0])
    page = client.get("/copils/picture/2026")
    (href,) = {href for href in hrefs(page) if "month=" in href}
    assert words(client.get(href)).count("Promesse") == 5
    assert "/copils/c/" not in page.text.split('<svg class="copils-picture', 1)[1].split("</svg>", 1)[0]


def test_the_board_asks_as_many_statements_for_many_as_for_few(client, sign_in, people, make, writing):
    def count():
        statements = []

        def seen(_connection, _cursor, statement, *_rest):
            statements.append(statement)

        with writing():
            engine = session.get_bind()
        sa.event.listen(engine, "before_cursor_execute", seen)
        try:
            assert client.get("/copils/").status_code == 200
        finally:
            sa.event.remove(engine, "before_cursor_execute", seen)
        return len(statements)

    sign_in(people[0])
    make("Une salle", due_on=date(2026, 10, 1))
    few = count()
    for place in range(20):
        make(f"Promesse {place}", function=f"Fonction {place}", due_on=date(2026, 10, 1))
    assert count() == few
