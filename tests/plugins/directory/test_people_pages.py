"""The directory as colleagues read it, and as an administrator keeps it."""

from __future__ import annotations

import csv
import io
import json

import pytest

from portal.content.clock import now, real_now
from portal.people.groups import add_member, create_group
from portal.people.leaving import leave
from portal.people.persons import find_people, person
from portal.people.services import ServiceFacts, add_service
from portal.people.staff import PersonFacts, add_person, people_facts
from portal.values import Role, Subject

from tests.reading import words

PLUGINS = ["directory"]


@pytest.fixture
def house(writing, make_user):
    """Give a small organisation: a service in a service, three people, a function."""
    from portal.people.functions import FunctionFacts, add_function, hold_function

    with writing():
        ville = add_service(ServiceFacts("Ville"), actor=None, at=now())
        ecoles = add_service(ServiceFacts("Écoles", "E1", ville), actor=None, at=now())
        ida = add_person(PersonFacts("Ida Kerbrat", "A1", role=Role.ADMIN), actor=None, at=now())
        zoe = PersonFacts("Zoé Lévêque", "A2", "zoe@ville.example", ecoles, "Éducatrice", "03 28", ida)
        zoe = add_person(zoe, actor=None, at=now())
        yves = add_person(PersonFacts("Yves Le Goff", "A3", service_id=ville), actor=None, at=now())
        chief = add_function(FunctionFacts("Direction des élections", service_id=ville), actor=None, at=now())
        hold_function(chief, yves, since=real_now())
    return {"ville": ville, "ecoles": ecoles, "ida": ida, "zoe": zoe, "yves": yves, "chief": chief}


@pytest.fixture
def who(reading, house):
    def one(name):
        with reading():
            return person(house[name])

    return one


@pytest.fixture
def admin(sign_in, who):
    return sign_in(who("ida"))


@pytest.fixture
def agent(sign_in, who):
    return sign_in(who("yves"))


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("leveque", ["Zoé Lévêque"]),
        ("EDUCATRICE", ["Zoé Lévêque"]),
        ("ecoles", ["Zoé Lévêque"]),
        ("zoe ecoles", ["Zoé Lévêque"]),
        ("elections", ["Yves Le Goff"]),
        ("ville", ["Yves Le Goff"]),
        ("zoe elections", []),
        ("%", []),
    ],
)
def test_people_are_found_by_name_job_service_and_function(agent, typed, found):
    answer = agent.get("/directory/people.json", query_string={"q": typed})
    assert [row["name"] for row in json.loads(answer.data)] == found
    assert all(name in words(agent.get("/directory/", query_string={"q": typed})) for name in found)


def test_a_service_shows_those_under_it_too(agent, house):
    rows = json.loads(agent.get(f"/directory/people.json?service={house['ville']}").data)
    assert [row["name"] for row in rows] == ["Yves Le Goff", "Zoé Lévêque"]


@pytest.mark.parametrize("service", ["x", "-1", "99999999999999999999", "0"])
def test_a_service_that_is_no_number_is_no_filter(agent, service):
    assert agent.get(f"/directory/?service={service}").status_code == 200


def test_the_export_gives_work_data_only(agent):
    rows = list(csv.reader(io.StringIO(agent.get("/directory/people.csv").text.lstrip("\ufeff")), delimiter=";"))
    assert rows[0] == ["Nom", "Service", "Poste", "Téléphone de travail", "Adresse électronique de travail"]
    assert len(rows) == 4
    assert "A2" not in str(rows)


def test_colleagues_do_not_see_what_the_administration_keeps(agent, admin, house):
    url = f"/directory/people/{house['zoe']}"
    seen, kept = words(agent.get(url)), words(admin.get(url))
    for word in ("Éducatrice", "Écoles", "03 28", "zoe@ville.example", "Ida Kerbrat"):
        assert word in seen
    assert "A2" not in seen
    assert "Enregistrer le départ" not in seen
    assert "A2" in kept


def test_one_sees_what_others_see_of_oneself(agent, house):
    mine = words(agent.get(f"/directory/people/{house['yves']}"))
    assert "Ce que les autres voient de moi" in mine
    assert "A3" not in mine
    assert "Ce que les autres voient de moi" not in words(agent.get(f"/directory/people/{house['zoe']}"))


def test_a_circle_shows_on_a_page_only_to_its_members(agent, admin, house, writing):
    with writing():
        circle = create_group("circle", "Cercle secret")
        lab = create_group("lab", "Labo ouvert")
        for group in (circle, lab):
            add_member(group, house["zoe"], at=now())
    for browser in (agent, admin):
        for url in (f"/directory/people/{house['zoe']}", "/directory/groups"):
            shown = words(browser.get(url))
            assert "Cercle secret" not in shown
            assert "Labo ouvert" in shown
    with writing():
        add_member(circle, house["yves"], at=now())
    assert "Cercle secret" in words(agent.get("/directory/groups"))


def test_somebody_who_left_reads_like_somebody_who_never_was(agent, house, writing):
    with writing():
        leave(house["zoe"], actor=None, at=now())
    gone, never = agent.get(f"/directory/people/{house['zoe']}"), agent.get("/directory/people/999")
    assert gone.status_code == never.status_code == 404
    assert words(gone).partition("référence")[0] == words(never).partition("référence")[0]
    assert "Zoé" not in agent.get("/directory/").text


def test_an_administrator_adds_a_person_in_five_fields(admin, house, post, reading):
    form = {"name": "Bo Lang", "matricule": "B7", "email": "", "service_id": house["ecoles"], "job_title": "Cuisinier"}
    answer = post(admin, "/directory/people/new", {**form, "role": "agent"})
    assert answer.status_code == 303
    with reading():
        number = find_people("Bo Lang")[0].id
        assert people_facts([number])[number].service_id == house["ecoles"]
    assert "Imprimez un lien" in words(admin.get(answer.location))


def test_a_refused_form_loses_nothing_and_says_where(admin, house, post):
    answer = post(admin, "/directory/people/new", {"name": "Bo Lang", "matricule": "A2", "role": "agent"})
    assert answer.status_code == 422
    assert "A2 est déjà pris par quelqu’un" in words(answer)
    assert 'value="Bo Lang"' in answer.text


def test_a_person_is_changed_and_a_superior_typed_by_name(admin, house, post, reading):
    form = {"name": "Zoé Martin", "matricule": "A2", "superior": "Yves Le Goff", "role": "plugin_admin"}
    form |= dict.fromkeys(("email", "service_id", "job_title", "phone"), "")
    assert post(admin, f"/directory/people/{house['zoe']}/change", form).status_code == 303
    with reading():
        facts = people_facts([house["zoe"]])[house["zoe"]]
        assert facts == PersonFacts("Zoé Martin", "A2", superior_id=house["yves"], role=Role.PLUGIN_ADMIN)


def test_the_form_of_a_person_shows_what_is_written(admin, house):
    text = admin.get(f"/directory/people/{house['zoe']}/change").text
    for value in ("Zoé Lévêque", "A2", "zoe@ville.example", "Éducatrice", "03 28", "Ida Kerbrat"):
        assert f'value="{value}"' in text


def test_the_departure_page_says_what_goes_then_all_goes(admin, agent, house, post, reading, audit_of):
    url = f"/directory/people/{house['yves']}/leave"
    page = words(admin.get(url))
    assert "Direction des élections » devient vacante" in page.replace("\u00a0", " ")
    assert "sessions en cours" in page or "session en cours" in page
    assert agent.get("/directory/").status_code == 200
    assert post(admin, url, {"on": ""}).status_code == 303
    assert agent.get("/directory/").status_code == 401
    with reading():
        assert person(house["yves"]).has_left
    assert audit_of(Subject("portal.user", house["yves"]))[-1] == "portal.person_left"


def test_a_departure_is_planned_shown_and_dropped(admin, house, post, reading, clock, run_jobs):
    at = real_now()
    clock.set(at)
    url = f"/directory/people/{house['yves']}/leave"
    day = at.date().replace(year=at.year + 1)
    assert post(admin, url, {"on": f"{day:%Y-%m-%d}"}).status_code == 303
    assert "Prévu" in words(admin.get(url))
    assert post(admin, f"/directory/people/{house['yves']}/stay").status_code == 303
    assert "Prévu" not in words(admin.get(url))
    assert post(admin, url, {"on": "2001-01-01"}).status_code == 422


def test_the_last_administrator_is_told_why_not(admin, house, post):
    answer = post(admin, f"/directory/people/{house['ida']}/leave", {"on": ""})
    assert answer.status_code == 422
    assert "dernière personne qui administre" in words(answer)


def test_roles_are_named_and_promise_nothing_private(agent):
    page = words(agent.get("/directory/roles"))
    assert "Ida Kerbrat" in page
    assert "Aucun rôle ne permet de lire ce qui est privé" in page


@pytest.mark.parametrize("path", ["people/new", "people/2/change", "people/2/leave", "slips", "audit", "audit/chain"])
def test_an_agent_administers_nothing(agent, path):
    assert agent.get(f"/directory/{path}").status_code == 403


def test_whoever_hands_over_links_sees_who_waits_for_one(admin, agent):
    assert "ne peuvent pas encore entrer" in words(admin.get("/"))
    assert "ne peuvent pas encore entrer" not in words(agent.get("/"))


@pytest.mark.parametrize("typed", ["encore-pas", "a@b", "a b@ville.fr"])
def test_what_is_no_address_is_said_beside_its_field(admin, post, typed):
    refused = post(admin, "/directory/people/new", {"name": "Awa Diop", "email": typed, "role": "agent"})
    assert refused.status_code == 422
    assert "nom@lieu.fr" in words(refused)
