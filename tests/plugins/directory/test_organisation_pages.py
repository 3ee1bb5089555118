"""Services and functions: read by everybody, kept by an administrator."""

from __future__ import annotations

import json
import re

import pytest

from portal.content.clock import now
from portal.people.functions import FunctionFacts, add_function, functions, holdings_of
from portal.people.services import ServiceFacts, add_service, service, services
from portal.people.staff import PersonFacts, add_person, people_facts
from portal.values import Subject

from tests.reading import words

PLUGINS = ["directory"]


@pytest.fixture
def admin(make_user, sign_in):
    return sign_in(make_user("Ida Kerbrat", role="admin"))


@pytest.fixture
def agent(make_user, sign_in):
    return sign_in(make_user("Yves Le Goff"))


@pytest.fixture
def tree(writing):
    with writing():
        ville = add_service(ServiceFacts("Ville"), actor=None, at=now())
        voirie = add_service(ServiceFacts("Voirie", "V1", ville), actor=None, at=now())
        nord = add_service(ServiceFacts("Secteur nord", None, voirie), actor=None, at=now())
        bo = add_person(PersonFacts("Bo Lang", service_id=voirie), actor=None, at=now())
    return {"ville": ville, "voirie": voirie, "nord": nord, "bo": bo}


@pytest.fixture
def dgs(writing, tree):
    with writing():
        return add_function(FunctionFacts("Chef de la voirie", service_id=tree["voirie"]), actor=None, at=now())


def test_the_tree_is_nested_and_counts_the_people_of_each(agent, tree):
    text = agent.get("/directory/services").text
    assert text.index("Ville</a>") < text.index("Voirie</a>") < text.index("Secteur nord</a>")
    assert re.search(r"Voirie</a>\s*<span[^>]*>1\spersonne<", text)


def test_five_hundred_services_are_one_page_with_the_same_number_of_queries(agent, writing, app, tree):
    import sqlalchemy as sa

    def queries():
        seen = []
        note = lambda *given: seen.append(given[2])  # noqa: E731
        sa.event.listen(app.config["ENGINE"], "before_cursor_execute", note)
        answer = agent.get("/directory/services")
        sa.event.remove(app.config["ENGINE"], "before_cursor_execute", note)
        return answer, len(seen)

    few = queries()[1]
    with writing():
        for number in range(500):
            add_service(ServiceFacts(f"Service {number:03}", None, tree["ville"]), actor=None, at=now())
    answer, many = queries()
    assert many == few
    assert answer.text.count("/directory/services/") >= 503


def test_a_service_is_found_with_those_above_it(agent, tree):
    text = agent.get("/directory/services?q=NORD").text
    assert all(name in text for name in ("Ville</a>", "Voirie</a>", "Secteur nord</a>"))
    assert "Aucun service ne porte ce nom" in words(agent.get("/directory/services?q=zzz"))


def test_the_tree_as_a_file_says_under_what_each_stands(agent, tree):
    rows = json.loads(agent.get("/directory/services.json").data)
    assert {"name": "Voirie", "code": "V1", "under": "Ville"} in rows


def test_a_service_shows_its_people_its_functions_and_its_way_up(agent, tree, dgs):
    page = words(agent.get(f"/directory/services/{tree['voirie']}"))
    for word in ("Bo Lang", "Chef de la voirie", "vacante", "Ville", "Secteur nord", "code V1"):
        assert word in page


def test_an_administrator_adds_moves_and_closes_a_service(admin, tree, post, reading):
    made = post(admin, "/directory/services/new", {"name": "Écoles", "parent_id": tree["ville"], "code": "E1"})
    number = int(made.location.rpartition("/")[2])
    assert post(admin, f"/directory/services/{number}/change", {"name": "Écoles", "parent_id": ""}).status_code == 303
    with reading():
        assert service(number).parent_id is None
    url = f"/directory/services/{tree['voirie']}/close"
    asked = words(admin.get(url))
    assert "1 personne va" in asked
    assert "Secteur nord » remonte" in asked.replace("\u00a0", " ")
    assert post(admin, url, {"people_to": number}).status_code == 303
    with reading():
        assert people_facts([tree["bo"]])[tree["bo"]].service_id == number
        assert "Voirie" not in [card.name for card in services()]
    assert "fermé le" in words(admin.get(f"/directory/services/{tree['voirie']}"))


def test_a_service_is_not_offered_under_itself(admin, tree, post):
    url = f"/directory/services/{tree['voirie']}/change"
    offered = re.findall(r'<option[^>]* value="(\d+)"', admin.get(url).text)
    assert {str(tree["voirie"]), str(tree["nord"])}.isdisjoint(offered)
    assert post(admin, url, {"name": "Voirie", "parent_id": tree["nord"]}).status_code == 422


def test_functions_are_found_by_their_state_and_words(agent, dgs, writing):
    with writing():
        add_function(FunctionFacts("Eau", body="Syndicat des eaux"), actor=None, at=now())
    for query, found in {
        "state=vacant": ["Chef de la voirie"],
        "state=outside": ["Eau"],
        "q=syndicat": ["Eau"],
    }.items():
        assert [row["name"] for row in json.loads(agent.get(f"/directory/functions.json?{query}").data)] == found
    page = words(agent.get("/directory/functions"))
    assert "vacante" in page
    assert "organisme extérieur" in page


def test_a_function_is_handed_over_and_its_history_stays(admin, dgs, make_user, post, reading, audit_of):
    make_user("Awa Diop")
    url = f"/directory/functions/{dgs}/hold"
    assert post(admin, url, {"person": "Bo Lang", "since": "2026-01-05", "until": ""}).status_code == 303
    assert post(admin, url, {"person": "Awa Diop", "since": "2026-03-02", "until": ""}).status_code == 303
    assert post(admin, url, {"person": "Bo Lang", "since": "2026-02-01", "until": ""}).status_code == 422
    page = words(admin.get(f"/directory/functions/{dgs}"))
    assert "Bo Lang du 5 janvier 2026 au 2 mars 2026" in page.replace("\u00a0", " ")
    with reading():
        assert [line.holder.name for line in holdings_of(dgs)] == ["Awa Diop", "Bo Lang"]
    assert post(admin, f"/directory/functions/{dgs}/vacate").status_code == 303
    assert "vacante" in words(admin.get(f"/directory/functions/{dgs}"))
    assert audit_of(Subject("portal.function", dgs))[-1] == "portal.function_vacated"


def test_a_function_is_added_changed_and_ended(admin, post, reading):
    made = post(admin, "/directory/functions/new", {"name": "Eau", "service_id": "", "body": "Syndicat"})
    number = int(made.location.rpartition("/")[2])
    assert "pas de compte ici" in words(admin.get(made.location))
    form = {"name": "Eau et air", "service_id": "", "body": "Syndicat"}
    assert post(admin, f"/directory/functions/{number}/change", form).status_code == 303
    assert post(admin, f"/directory/functions/{number}/close").status_code == 303
    with reading():
        assert functions(at=now()) == []
    assert "terminée le" in words(admin.get(f"/directory/functions/{number}"))
    assert "Eau et air" in words(admin.get("/directory/functions?state=closed"))


def test_an_agent_reads_and_writes_nothing(agent, tree, dgs, post):
    for path in (f"services/{tree['voirie']}", f"functions/{dgs}", "services", "functions", "groups"):
        assert agent.get(f"/directory/{path}").status_code == 200
    for path in (f"services/{tree['voirie']}/close", f"functions/{dgs}/vacate", "services/new", "functions/new"):
        assert post(agent, f"/directory/{path}").status_code == 403


@pytest.mark.parametrize("path", ["people/99", "services/99", "functions/99", "functions/99999999999"])
def test_what_is_not_there_is_not_found(agent, path):
    assert agent.get(f"/directory/{path}").status_code == 404
