"""The map of talents and services, and the network of one: each reader sees what was opened to them (C08 SPEC 2, 3)."""

from __future__ import annotations

import gzip
import re
import subprocess
import sys

import pytest
import sqlalchemy as sa

from portal.api import Audience, change_person, now, people_facts, session

from plugins.ambassadors.models.mirror import Drawing
from plugins.ambassadors.queries.talents import MOST_TALENTS
from plugins.ambassadors.services.cards import Words
from plugins.ambassadors.services.drawings import ROUNDS
from tests.plugins.ambassadors.factories import (
    START,
    make_card,
    make_lab,
    make_people,
    make_plain_cards,
    make_service,
    make_tag,
)
from tests.plugins.labs.pages import hrefs, main_of, words

PLUGINS = ["ambassadors"]
MOST_STATEMENTS = 16  # those of the page around it included


def _work_in(person, service_id):
    """Give a person a service."""
    facts = people_facts([person.id])[person.id]
    change_person(person.id, type(facts)(facts.name, service_id=service_id), actor=None, at=now())


def _ticks(*tag_ids, audience=Audience.INTRANET):
    return Words("", tuple(tag_ids), audience=audience)


@pytest.fixture
def roads(writing, lab_id, awa, ben):
    """Let Awa work at the roads depot, Ben at the library; give the ids of services and talents."""
    with writing():
        top = make_service("Voirie")
        ids = {
            "top": top,
            "depot": make_service("Dépôt nord", top),
            "library": make_service("Lecture publique"),
            "drawing": make_tag("Dessin"),
            "welding": make_tag("Soudure"),
        }
        _work_in(awa, ids["depot"])
        _work_in(ben, ids["library"])
    return ids


def test_the_map_says_which_service_offers_and_which_seeks(client, sign_in, writing, awa, ben, lea, lab_id, roads):
    with writing():
        make_card(awa, lab_id, bring=_ticks(roads["drawing"]))
        make_card(ben, lab_id, seek=_ticks(roads["drawing"], roads["welding"]))
    sign_in(lea)
    page = client.get("/ambassadors/map")
    table = words(client.get("/ambassadors/map?as=table"))
    assert "Dessin Voirie Lecture publique" in table
    assert "Soudure personne Lecture publique" in table
    assert "Ce que l’on cherche et que personne ne propose Soudure" in words(page)
    assert f"/ambassadors/talents/{roads['drawing']}" in hrefs(page)


def test_the_map_names_nobody_and_counts_nothing(client, sign_in, writing, lea, lab_id, roads):
    """C08 SPEC 2; the plugin's first law."""
    with writing():
        for person in make_people(7, roads["top"]):
            make_card(person, lab_id, bring=_ticks(roads["drawing"]))
    sign_in(lea)
    page = main_of(client.get("/ambassadors/map"))
    assert "Agent 00" not in page
    assert "people/" not in page
    told = words(client.get("/ambassadors/map?as=table"))
    table = told[told.index("Proposé par") : told.index("Ce que l’on cherche")]
    assert "Voirie" in table
    assert not re.search(r"\d", table)


def test_two_readers_see_two_maps(client, sign_in, writing, awa, ben, lea, lab_id, roads):
    """C08 SPEC 3, P2, P19: what is for the lab is for the lab, what is for oneself is found by nobody."""
    with writing():
        make_card(
            awa,
            lab_id,
            bring=_ticks(roads["drawing"], audience=Audience.LAB),
            seek=_ticks(roads["welding"], audience=Audience.SELF),
        )
    sign_in(lea)
    nothing = client.get("/ambassadors/map")
    assert "Personne ne vous a encore ouvert" in words(nothing)
    assert "Dessin" not in nothing.text
    sign_in(ben)
    page = words(client.get("/ambassadors/map?as=table"))
    assert "Dessin Voirie personne" in page
    assert "Soudure" not in page


def test_one_s_own_card_is_not_on_one_s_own_map(client, sign_in, writing, awa, lab_id, roads):
    with writing():
        make_card(awa, lab_id, bring=_ticks(roads["drawing"]))
    sign_in(awa)
    assert "Dessin" not in words(client.get("/ambassadors/map"))


def test_a_card_that_is_hidden_leaves_no_trace_on_the_map(client, sign_in, writing, clock, awa, lea, lab_id, roads):
    """C08 SPEC 5, P19: the page is that of a map without the card, but for the clock of its foot."""
    sign_in(lea)
    before = main_of(client.get("/ambassadors/map"))
    with writing():
        make_card(awa, lab_id, bring=_ticks(roads["drawing"]))
    assert main_of(client.get("/ambassadors/map")) != before
    clock.advance(days=366)
    sign_in(lea)
    for address in ("/ambassadors/map", f"/ambassadors/talents/{roads['drawing']}"):
        assert "Voirie" not in main_of(client.get(address))


def test_a_click_opens_a_service(client, sign_in, writing, awa, ben, lea, lab_id, roads):
    with writing():
        make_card(awa, lab_id, bring=_ticks(roads["drawing"]))
        make_card(ben, lab_id, seek=_ticks(roads["welding"]))
    sign_in(lea)
    assert f"/ambassadors/map?under={roads['top']}" in hrefs(client.get("/ambassadors/map"))
    page = client.get(f"/ambassadors/map?under={roads['top']}&as=table")
    assert "Dessin Dépôt nord personne" in words(page)
    assert "Lecture publique" not in words(page).split("Ce que l’on cherche")[0]


def test_many_talents_are_shown_by_family(client, sign_in, writing, awa, lea, lab_id, roads):
    with writing():
        tags = [make_tag(f"Geste {number}", f"Famille {number % 3}") for number in range(MOST_TALENTS + 1)]
        make_card(awa, lab_id, bring=_ticks(*tags))
    sign_in(lea)
    page = words(client.get("/ambassadors/map?as=table")).split("Proposé, et que")[0]
    assert "Famille 1 Voirie personne" in page
    assert "Geste 4" not in page
    opened = words(client.get("/ambassadors/map?as=table&family=Famille+1")).split("Proposé, et que")[0]
    assert "Geste 4 Voirie personne" in opened
    assert "Geste 3 " not in opened


def test_the_map_is_drawn_in_rounds_that_one_may_leave(client, sign_in, post, writing, run_jobs, app, awa, lea, roads):
    with writing():
        make_card(awa, bring=_ticks(roads["drawing"]), seek=_ticks(roads["welding"]))
    sign_in(lea)
    assert '<svg class="ambassadors-drawing' not in client.get("/ambassadors/map").text
    assert post(client, "/ambassadors/map").status_code == 303
    waiting = client.get("/ambassadors/map")
    assert f"0 sur {ROUNDS}" in words(waiting)
    assert "Dessin Voirie personne" in words(waiting)
    assert "Actualiser" in words(waiting)
    with writing():
        assert not session.scalar(sa.update(Drawing).values(done=2, spent_ms=400).returning(Drawing.drawn_at))
    assert f"2 sur {ROUNDS} · moins d’une minute encore" in words(client.get("/ambassadors/map"))
    run_jobs()
    page = client.get("/ambassadors/map")
    assert '<svg class="ambassadors-drawing' in page.text
    assert "Dessiner le plan" not in words(page)
    assert "sur 6" not in words(page)


def test_one_drawing_serves_all_who_may_read_the_same(client, sign_in, post, writing, reading, run_jobs, awa, ben, zoe):
    """A drawing is named by what its readers may read, and holds nobody."""
    with writing():
        make_lab(members=(awa, ben))
        make_card(zoe, bring=_ticks(make_tag("Dessin")))
        make_card(awa, bring=_ticks(make_tag("Soudure")))
    for reader in (awa, ben):
        sign_in(reader)
        post(client, "/ambassadors/map")
    run_jobs()
    with reading():
        drawing = session.scalars(sa.select(Drawing)).one()
    assert "Zoé" not in drawing.places
    assert drawing.links == "[]"
    for reader, is_there in ((awa, False), (ben, True)):
        sign_in(reader)
        page = client.get("/ambassadors/map").text
        assert '<svg class="ambassadors-drawing' in page
        assert ("Soudure" in page) is is_there
        assert "Redessiner" not in page  # nothing has no place: it was drawn for all of them, not for who asked


def test_what_came_since_is_shown_and_the_map_may_be_drawn_again(
    client, sign_in, post, writing, run_jobs, clock, awa, ben, lea, roads
):
    with writing():
        make_card(awa, bring=_ticks(roads["drawing"]))
    sign_in(lea)
    post(client, "/ambassadors/map")
    run_jobs()
    assert "Redessiner" not in words(client.get("/ambassadors/map"))
    with writing():
        make_card(ben, seek=_ticks(roads["welding"]))
    page = client.get("/ambassadors/map")
    assert ">Soudure</text>" in page.text
    assert "Redessiner le plan" in words(page)
    post(client, "/ambassadors/map")
    run_jobs()
    assert "Redessiner" not in words(client.get("/ambassadors/map"))
    clock.advance(hours=25)
    sign_in(lea)
    assert "Redessiner le plan" in words(client.get("/ambassadors/map"))


def test_a_drawing_nobody_asks_for_goes(client, sign_in, post, writing, reading, run_jobs, clock, awa, lea, roads):
    with writing():
        make_card(awa, bring=_ticks(roads["drawing"]))
    sign_in(lea)
    post(client, "/ambassadors/map")
    clock.advance(days=8)
    run_jobs()
    with reading():
        assert session.scalar(sa.select(sa.func.count()).select_from(Drawing)) == 0


def test_no_worker_loads_what_lays_out_the_map():
    """Neither what answers requests nor what runs jobs: both load the plugin by this module."""
    script = "import sys, plugins.ambassadors.plugin; sys.exit(bool({'numpy', 'rustworkx'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_a_talent_shows_who_opened_it_to_me(client, sign_in, writing, awa, ben, lea, zoe, lab_id, roads):
    """C08 SPEC 3: links to the cards one may read; nobody else, not even to say that there is somebody."""
    with writing():
        make_card(awa, lab_id, bring=_ticks(roads["drawing"]))
        make_card(ben, lab_id, bring=_ticks(roads["drawing"], audience=Audience.LAB))
        make_card(zoe, lab_id, seek=_ticks(roads["drawing"]))
    sign_in(lea)
    page = client.get(f"/ambassadors/talents/{roads['drawing']}")
    links = hrefs(page)
    assert f"/ambassadors/people/{awa.id}" in links
    assert f"/ambassadors/people/{zoe.id}" in links
    assert f"/ambassadors/people/{ben.id}" not in links
    assert "Lecture publique" not in words(page)
    assert client.get("/ambassadors/talents/4242").status_code == 404


def test_people_around_a_talent_are_in_the_order_of_the_day(client, sign_in, writing, clock, lea, roads):
    """C08 SPEC 2."""
    with writing():
        for person in make_people(12, roads["top"]):
            make_card(person, bring=_ticks(roads["drawing"]))

    def order():
        sign_in(lea)
        found = hrefs(client.get(f"/ambassadors/talents/{roads['drawing']}"))
        return [link for link in found if "/people/" in link]

    first = order()
    assert first == order()
    clock.advance(days=1)
    assert sorted(order()) == sorted(first)
    assert order() != first


def test_too_many_people_around_a_talent_are_shown_by_service(client, sign_in, writing, lea, roads):
    with writing():
        for service in ("top", "library"):
            for person in make_people(150, roads[service], called=service):
                make_card(person, bring=_ticks(roads["drawing"]))
    sign_in(lea)
    address = f"/ambassadors/talents/{roads['drawing']}"
    closed = client.get(address)
    assert not [link for link in hrefs(closed) if "/people/" in link]
    opened = hrefs(client.get(f"{address}?service={roads['library']}"))
    assert len({link for link in opened if "/people/" in link}) == 150


@pytest.fixture
def large(writing, clock):
    """Let 2,000 people of 40 services tick 10 of 300 talents each."""
    clock.set(START)
    with writing():
        services = [make_service(f"Direction {number:02d}") for number in range(40)]
        tags = [make_tag(f"Talent numéro {number}", f"Famille {number % 12}") for number in range(300)]
        people = [person for service_id in services for person in make_people(50, service_id)]
        make_plain_cards(people, tags, ticks=5)


def test_the_map_stays_readable_and_light_when_it_is_large(client, sign_in, post, run_jobs, lea, large):
    sign_in(lea)
    post(client, "/ambassadors/map")
    run_jobs()
    page = client.get("/ambassadors/map")
    assert page.text.count("ambassadors-family") == 12
    assert len(gzip.compress(page.data, 6)) < 15_000


@pytest.fixture
def count_statements(writing):
    """Count what a page asks of the database."""

    def count(client, address) -> int:
        statements = []

        def seen(conn, cursor, statement, *rest):
            statements.append(statement)

        with writing():
            engine = session.get_bind()
        sa.event.listen(engine, "before_cursor_execute", seen)
        try:
            assert client.get(address).status_code == 200
        finally:
            sa.event.remove(engine, "before_cursor_execute", seen)
        return len(statements)

    return count


def test_pages_ask_as_much_of_many_as_of_few(sign_in, writing, count_statements, lea, roads):
    client = sign_in(lea)
    addresses = (
        "/ambassadors/map",
        f"/ambassadors/map?under={roads['top']}",
        f"/ambassadors/talents/{roads['drawing']}",
    )

    def grow(number):
        with writing():
            for person in make_people(number, roads["depot"]):
                make_card(person, bring=_ticks(roads["drawing"]), seek=_ticks(make_tag(f"Geste {person.id}")))
        return [count_statements(client, address) for address in addresses]

    few = grow(2)
    assert grow(20) == few
    assert max(few) <= MOST_STATEMENTS
