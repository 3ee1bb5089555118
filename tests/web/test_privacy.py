"""Pages about personal data: mine to take, the register for everybody, the erasure for administrators (P17, P19)."""

from __future__ import annotations

import html
import io
import json
import re
import zipfile

import pytest
import sqlalchemy as sa

from portal.db import db
from portal.people.models import User
from portal.values import Subject

from tests.plugins.labs.factories import make_lab, make_project

PLUGINS = ["labs"]


def words(answer):
    return html.unescape(answer.text)


@pytest.fixture
def odile(make_user):
    return make_user("Odile F.", role="admin")


@pytest.fixture
def admin(odile, sign_in):
    return sign_in(odile)


@pytest.fixture
def awa(make_user):
    return make_user("Awa Mbengue", matricule="A17")


def test_i_take_my_data_with_me_and_nobody_else_does(awa, sign_in, post, client, audit_of):
    own = sign_in(awa)
    assert "Télécharger mes données" in own.get("/account").text
    answer = post(own, "/account/data")
    assert (answer.status_code, answer.content_type) == (200, "application/zip")
    assert "no-store" in answer.headers["Cache-Control"]
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        told = json.loads(archive.read("donnees.json"))
    assert told["users"]["rows"][0]["name"] == "Awa Mbengue"
    assert [row["device"] for row in told["sessions"]["rows"]]
    answer.close()
    assert "portal.data_handed_over" in audit_of(Subject("portal.user", awa.id))
    assert own.get("/account/data").status_code == 405
    assert client.post("/account/data", headers={"Sec-Fetch-Site": "cross-site"}).status_code in {400, 401}


def test_everybody_reads_what_is_really_kept(client):
    page = words(client.get("/donnees-personnelles"))
    assert "Set-Cookie" not in client.get("/donnees-personnelles").headers
    assert "Le portail lui-même" in page
    assert "dire qui a participé au labo" in page
    assert "24 mois" in page
    assert "gardé, sous un pseudonyme" in page


def test_the_register_is_a_table_for_the_data_protection_officer(admin):
    csv = admin.get("/privacy/register.csv")
    assert csv.status_code == 200
    assert "Finalités" in csv.text
    rows = admin.get("/privacy/register.json").json
    guests = [row for row in rows if row["people"] == "personnes sans compte"]
    assert any("labs_guest.first_name" in row["columns"] and row["days"] == "24 mois" for row in guests)
    assert {row["processing"] for row in rows} == {"Le portail lui-même", "Labos"}


def test_an_administrator_finds_a_person_and_reads_what_would_go(admin, awa):
    page = words(admin.get("/privacy?who=A17"))
    assert f"/privacy/people/{awa.id}/erase" in page
    page = words(admin.get(f"/privacy/people/{awa.id}/erase"))
    assert "Effacer les données de Awa Mbengue ?" in page.replace("\u00a0", " ")
    assert "être joint au travail" in page
    assert "Sous un pseudonyme" in page


def test_the_page_says_the_same_of_who_wrote_and_of_who_did_not(admin, awa, make_user, writing):
    # P19: not even that a private entry exists
    other = make_user("Awa Mbengue")
    with writing():
        make_project(make_lab(members=[awa], animator=awa), awa, audience="self", title="Mon carnet")
    pages = [words(admin.get(f"/privacy/people/{who.id}/erase")) for who in (awa, other)]
    said = [re.findall(r"<li>.*?</li>", page, re.DOTALL) for page in pages]
    assert len(said[0]) > 5
    assert said[0] == said[1]


def test_nothing_is_erased_before_one_is_sure(admin, awa, post, reading):
    answer = post(admin, f"/privacy/people/{awa.id}/erase", {})
    assert answer.status_code == 422
    with reading():
        assert db.session.get_one(User, awa.id).matricule == "A17"


def test_erased_a_person_is_a_number(admin, awa, sign_in, post, reading, site):
    own = sign_in(awa)
    answer = post(admin, f"/privacy/people/{awa.id}/erase", {"is_asked": "y"})
    assert answer.status_code == 303
    assert own.get("/account").status_code in {302, 303, 401}
    with reading():
        assert db.session.get_one(User, awa.id).matricule is None
        assert db.session.scalar(sa.text("SELECT count(*) FROM erasures")) == 1
    assert "n° " not in words(admin.get("/privacy")).split("Personnes parties")[1].split("footer")[0]


def test_nobody_erases_themself(admin, odile, post):
    assert admin.get(f"/privacy/people/{odile.id}/erase").status_code == 409


@pytest.mark.parametrize("role", ["agent", "plugin_admin"])
def test_only_administrators_erase(role, make_user, sign_in, awa, post):
    own = sign_in(make_user("Paul G.", role=role))
    for path in ("/privacy", "/privacy/register.csv", f"/privacy/people/{awa.id}/erase"):
        assert own.get(path).status_code == 403
    assert post(own, f"/privacy/people/{awa.id}/erase", {"is_asked": "y"}).status_code == 403


def test_nobody_unknown_is_erased(admin):
    assert admin.get("/privacy/people/999999/erase").status_code == 404
