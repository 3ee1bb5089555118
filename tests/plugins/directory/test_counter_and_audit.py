"""The counter hands over slips of paper; the audit log is read by whoever says so in it."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest
import sqlalchemy as sa

from portal.content.audit import entries_about
from portal.people.users import check_sign_in
from portal.values import Subject

from tests.reading import words

PLUGINS = ["directory"]
LINK = re.compile(r"http://localhost(/link/[\w.=-]+)")


@pytest.fixture
def ida(make_user):
    return make_user("Ida Kerbrat", role="admin", matricule="A1")


@pytest.fixture
def admin(ida, sign_in):
    return sign_in(ida)


def links_in(answer):
    return list(dict.fromkeys(LINK.findall(answer.text)))


def slips_for(post, admin, *people, minutes=30):
    return post(admin, "/directory/slips?everybody=1", {"people": [who.id for who in people], "minutes": minutes})


def test_a_slip_lets_one_person_in_who_chooses_a_code(admin, make_user, new_client, post, reading):
    josiane = make_user("Josiane Pruvost", matricule="D214")
    sheet = slips_for(post, admin, josiane)
    assert sheet.status_code == 200
    assert "Josiane Pruvost" in words(sheet)
    (address,) = links_in(sheet)
    counter = new_client()
    assert "Ce lien est pour Josiane Pruvost" in words(counter.get(address))
    assert counter.post(address, data={"pin": "581402", "pin_again": "581402"}).status_code == 303
    assert new_client().get(address).status_code == 404
    with reading():
        assert check_sign_in("D214", "581402", network="screen:1", pin=True) == josiane.id


def test_ten_slips_are_one_sheet_each_with_its_code(admin, make_user, post):
    people = [make_user(f"Agent {number}") for number in range(10)]
    sheet = slips_for(post, admin, *people)
    assert len(links_in(sheet)) == 10
    assert sheet.text.count('src="data:image/svg+xml') == 10
    assert "10 liens d’entrée" in words(sheet)


def test_the_sheet_is_kept_by_no_cache_and_its_links_are_in_no_address(admin, make_user, post):
    sheet = slips_for(post, admin, make_user())
    assert sheet.headers["Cache-Control"] == "no-store"
    assert not re.search(r'(?:href|src)="[^"]*/link/', sheet.text)


def test_the_link_is_written_down_with_whoever_gave_it(admin, ida, make_user, post, reading):
    who = make_user()
    slips_for(post, admin, who, minutes=1440)
    with reading():
        entry, actor_id = entries_about(Subject("portal.user", who.id))[0]
    assert (entry.action, actor_id) == ("portal.link_issued", ida.id)


def test_one_sees_in_ones_own_history_that_a_link_was_given(admin, make_user, post, sign_in):
    who = make_user("Josiane Pruvost")
    slips_for(post, admin, who)
    own = sign_in(who)
    assert "lien d’entrée donné" in words(own.get(f"/directory/people/{who.id}"))


def test_the_page_offers_those_without_a_way_in_first(admin, make_user):
    make_user("Avec Code", matricule="B1", pin="581402")
    make_user("Sans Rien")
    shown = words(admin.get("/directory/slips"))
    assert "Sans Rien" in shown
    assert "Avec Code" not in shown
    assert "Avec Code" in words(admin.get("/directory/slips?everybody=1"))


def test_a_person_named_in_the_address_is_chosen_already(admin, make_user):
    who = make_user("Avec Code", matricule="B1", pin="581402")
    text = admin.get(f"/directory/slips?person={who.id}").text
    assert re.search(rf'value="{who.id}" checked', text)
    assert admin.get("/directory/slips?person=x&person=99999999999").status_code == 200


@pytest.mark.parametrize("form", [{}, {"people": ["999"], "minutes": "30"}, {"people": ["1"], "minutes": "999999"}])
def test_only_whom_the_page_offers_and_for_no_longer(admin, post, form):
    answer = post(admin, "/directory/slips", form)
    assert answer.status_code == 422
    assert not links_in(answer)


def test_the_log_is_shown_once_it_was_opened_with_a_reason(admin, ida, post, make_user):
    make_user("Bo Lang")
    closed = admin.get("/directory/audit")
    assert "Bo Lang" not in words(closed)
    assert admin.get("/directory/audit.csv").status_code == 403
    assert post(admin, "/directory/audit", {}).status_code == 422
    assert post(admin, "/directory/audit", {"reason": "control"}).status_code == 303
    page = words(admin.get("/directory/audit"))
    assert "journal d’audit ouvert Ida Kerbrat Un contrôle régulier Ida Kerbrat" in page
    assert "Bo Lang" in page


def test_looking_again_writes_nothing_more(admin, ida, post, audit_of):
    post(admin, "/directory/audit", {"reason": "incident"})
    for _once in range(3):
        assert admin.get("/directory/audit").status_code == 200
        assert admin.get("/directory/audit.json").status_code == 200
    assert audit_of(Subject("portal.user", ida.id)).count("portal.audit_opened") == 1


def test_the_log_answers_a_question(admin, ida, post, make_user):
    bo = make_user("Bo Lang")
    slips_for(post, admin, bo)
    post(admin, "/directory/audit", {"reason": "control"})

    def found(**asked):
        rows = json.loads(admin.get("/directory/audit.json", query_string=asked).data)
        return [row["action"] for row in rows]

    assert found(action="portal.link_issued") == ["portal.link_issued"]
    assert found(person="Bo Lang") == ["portal.link_issued", "portal.user_added"]
    assert set(found(actor="Ida Kerbrat")) == {"portal.audit_opened", "portal.link_issued"}
    assert found(last_on="2001-01-01") == []
    assert found(kind="portal.plugin") == []
    assert found(first_on="2001-01-01", kind="portal.user")
    assert "Personne ici n’a ce nom" in words(admin.get("/directory/audit?person=zzz"))


def test_a_name_that_nobody_has_finds_nothing(admin, post):
    post(admin, "/directory/audit", {"reason": "control"})
    assert json.loads(admin.get("/directory/audit.json?person=zzz").data) == []


def test_the_log_as_a_table_can_be_opened_by_a_spreadsheet(admin, post):
    post(admin, "/directory/audit", {"reason": "control"})
    text = admin.get("/directory/audit.csv").text.lstrip("\ufeff")
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert rows[0] == ["Quand", "Acte", "Code de l’acte", "À propos de", "Fait par", "Détails"]
    assert len(rows) > 1


def test_those_who_left_have_no_name_in_the_log(admin, make_user, post):
    bo = make_user("Bo Lang")
    post(admin, f"/directory/people/{bo.id}/leave", {"on": ""})
    post(admin, "/directory/audit", {"reason": "request"})
    admin.get("/account")  # a page in between takes the sentences of the acts
    page = words(admin.get("/directory/audit"))
    assert "Bo Lang" not in page
    assert "Une personne partie" in page


def test_a_plugin_is_named_in_the_log(admin, post):
    post(admin, "/directory/audit", {"reason": "control"})
    assert post(admin, "/plugins/directory/switch", {"wish": "off"}).status_code == 303
    assert "une extension directory" in words(admin.get("/directory/audit"))


def test_the_whole_chain_is_checked_on_a_page_of_its_own(admin):
    assert "Le journal est entier" in words(admin.get("/directory/audit/chain"))


def test_a_page_of_the_log_takes_the_same_queries_for_few_and_for_many(admin, ida, post, app, writing):
    from portal.content.clock import now
    from portal.people.functions import FunctionFacts, add_function
    from portal.people.services import ServiceFacts, add_service
    from portal.people.staff import PersonFacts, add_person

    def queries():
        seen = []
        note = lambda *given: seen.append(given[2])  # noqa: E731
        sa.event.listen(app.config["ENGINE"], "before_cursor_execute", note)
        assert admin.get("/directory/audit").status_code == 200
        sa.event.remove(app.config["ENGINE"], "before_cursor_execute", note)
        return len(seen)

    def write(many):
        with writing():
            for number in range(many):
                add_person(PersonFacts(f"Agent {many} {number}"), actor=None, at=now())
                add_service(ServiceFacts(f"Service {many} {number}"), actor=None, at=now())
                add_function(FunctionFacts(f"Fonction {many} {number}"), actor=None, at=now())

    post(admin, "/directory/audit", {"reason": "control"})
    write(2)
    few = queries()
    write(30)
    assert queries() == few
