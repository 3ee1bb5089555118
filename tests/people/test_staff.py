"""What is written of a person, and how they are found."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa

from portal.content.clock import now
from portal.content.words import fold
from portal.db import db
from portal.errors import Conflict, Invalid
from portal.people.models import User
from portal.people.persons import find_people, named_like, people_table
from portal.people.services import ServiceFacts, add_service
from portal.people.staff import PersonFacts, add_person, change_person, people_facts
from portal.values import Role, Subject


@pytest.fixture
def change(writing):
    def write(who, **changes):
        with writing():
            return change_person(who.id, replace(people_facts([who.id])[who.id], **changes), actor=None, at=now())

    return write


@pytest.mark.parametrize(
    ("written", "folded"),
    [("Émile  Œuvrard", "emile oeuvrard"), ("Mehmet Yıldız", "mehmet yildiz"), ("Zoé D’Angelo", "zoe d'angelo")],
)
def test_names_are_folded(written, folded):
    assert fold(written) == folded


def test_people_are_found_without_accents_in_any_order(make_user, reading):
    emile = make_user("Émile Œuvrard", matricule="D9")
    make_user("Emilia Roche")
    with reading():
        for typed in ("emile", "ÉMILE", "oeuvrard emile", "œuv", "D9"):
            assert find_people(typed) == [emile], typed
        assert find_people("emile roche") == []
        assert find_people("em%") == []


def test_only_what_changed_is_written_down_and_never_its_words(make_user, change, audit_of, reading):
    from portal.content.audit import entries_about

    awa = make_user("Awa M.", matricule="A1")
    assert change(awa, name=" Awa  M. ") is False
    assert change(awa, job_title="Jardinière", email="Awa@Ville.example") is True
    with reading():
        entry, _actor = entries_about(Subject("portal.user", awa.id))[0]
        assert entry.facts == {"fields": ["email", "job_title"]}
        assert people_facts([awa.id])[awa.id].email == "awa@ville.example"


def test_a_number_and_an_address_belong_to_one_person(make_user, change):
    make_user("Awa M.", matricule="A1", email="a@ville.example")
    bo = make_user("Bo L.")
    for changes in ({"matricule": "A1"}, {"email": "A@VILLE.example"}):
        with pytest.raises(Conflict):
            change(bo, **changes)


def test_superiors_never_form_a_circle(make_user, change):
    awa, bo, cy = make_user("Awa M."), make_user("Bo L."), make_user("Cy K.")
    change(bo, superior_id=awa.id)
    change(cy, superior_id=bo.id)
    for who, above in ((awa, cy), (awa, awa)):
        with pytest.raises(Invalid) as refused:
            change(who, superior_id=above.id)
        assert refused.value.field == "superior_id"


def test_being_a_superior_opens_nothing(make_user, change, as_viewer):
    awa, bo = make_user("Awa M."), make_user("Bo L.")
    before = as_viewer(awa)
    change(bo, superior_id=awa.id)
    assert as_viewer(awa) == before


def test_the_last_administrator_stays_one(make_user, change):
    awa = make_user("Awa M.", role="admin")
    with pytest.raises(Conflict, match="dernière personne qui administre"):
        change(awa, role=Role.AGENT)
    make_user("Bo L.", role="admin")
    assert change(awa, role=Role.AGENT)


def test_nobody_is_animator_of_everything(make_user, change):
    with pytest.raises(Invalid):
        change(make_user(), role=Role.ANIMATOR)


def test_people_are_a_table_with_their_service(make_user, writing, reading):
    with writing():
        voirie = add_service(ServiceFacts("Voirie"), actor=None, at=now())
        add_person(PersonFacts("Zoé L.", service_id=voirie, phone="03 00"), actor=None, at=now())
    make_user("Élie B.")
    with reading():
        table = people_table()
        rows = db.session.execute(sa.select(table.c.name, table.c.service).order_by(table.c.sort_name)).all()
        assert rows == [("Élie B.", None), ("Zoé L.", "Voirie")]
        found = sa.select(table.c.name).where(named_like(table.c.sort_name, "ZOE"))
        assert list(db.session.scalars(found)) == ["Zoé L."]
        assert "matricule" not in table.c
        assert "password_hash" not in table.c
        assert db.session.scalar(sa.select(sa.func.count()).select_from(User)) == 2
