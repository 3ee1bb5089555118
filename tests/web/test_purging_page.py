"""The page that purges a plugin: only one that is off, only by its id, typed."""

from __future__ import annotations

import html

import pytest
import sqlalchemy as sa

from tests.houses import opened
from tests.plugins.labs.factories import make_lab

PLUGINS = ["labs"]


@pytest.fixture
def house(site, app, writing):
    with writing():
        make_lab("Labo des dunes")
    with opened(site.instance) as made:
        yield made


@pytest.fixture
def admin(house):
    return house.browser(role="plugin_admin")


def words(answer):
    return html.unescape(answer.text).replace("\u00a0", " ")


def labs_tables(house):
    return [name for name in sa.inspect(house.site.engine).get_table_names() if name.startswith("labs_")]


def test_one_that_is_on_has_no_purge(admin, house):
    answer = admin.get("/plugins/labs/purge")
    assert answer.status_code == 409
    assert "Éteignez-la d’abord" in words(answer)
    assert 'href="/plugins/labs/switch"' in answer.text
    assert admin.post("/plugins/labs/purge", {"typed": "labs"}).status_code == 409
    assert labs_tables(house)


def test_the_page_says_what_goes_and_what_stays(admin):
    admin.switch("labs", "off")
    answer = admin.get("/plugins/labs/purge")
    first, folded = words(answer).split("Table par table")
    assert "Tout ce qui y a été écrit : 2 fiches." in first
    assert "prénom et service des personnes invitées" in first
    assert "un export de tout, sur le serveur" in first
    assert "labs_lab" not in first
    assert "labs_lab" in folded


def test_the_sheet_of_a_plugin_leads_to_its_purge(admin):
    assert 'href="/plugins/labs/purge"' in admin.get("/plugins/labs").text


def test_what_another_plugin_keeps_stands_in_the_way_and_is_led_to(admin, house):
    admin.switch("labs", "off")
    with house.site.engine.execution_options(tx="write").begin() as conn:
        conn.execute(sa.text("CREATE TABLE polls_poll (id INTEGER PRIMARY KEY, lab INTEGER REFERENCES labs_lab (id))"))
    answer = admin.get("/plugins/labs/purge")
    assert answer.status_code == 409
    assert "polls (polls_poll)" in words(answer)
    assert 'href="/plugins/polls/purge"' in answer.text


def test_another_word_purges_nothing(admin, house):
    admin.switch("labs", "off")
    answer = admin.post("/plugins/labs/purge", {"typed": "labos"})
    assert answer.status_code == 422
    assert "Ce n’est pas son identifiant" in words(answer)
    assert labs_tables(house)


def test_purged_and_switched_on_again_it_starts_from_nothing(admin, house):
    admin.switch("labs", "off")
    assert admin.post("/plugins/labs/purge", {"typed": "labs"}).status_code == 303
    assert labs_tables(house) == []
    assert admin.get("/plugins").status_code == 200
    assert admin.get("/plugins/labs/purge").status_code == 404
    assert admin.switch("labs").status_code == 303
    assert house.rows(sa.text("SELECT count(*) FROM labs_lab")) == [(0,)]
    assert "Labo des dunes" not in words(admin.get("/labs/"))


def test_agents_purge_nothing(admin, house):
    admin.switch("labs", "off")
    agent = house.browser(role="agent", name="Awa M.")
    assert agent.get("/plugins/labs/purge").status_code == 403
    assert agent.post("/plugins/labs/purge", {"typed": "labs"}).status_code == 403
    assert labs_tables(house)
