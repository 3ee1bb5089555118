"""The tree of services: it moves and closes, and never bites its own tail."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from portal.content.clock import now
from portal.db import db
from portal.errors import Conflict, Invalid, NotFound
from portal.people.functions import FunctionFacts, add_function, function_cards
from portal.people.models import Service
from portal.people.services import (
    ServiceFacts,
    add_service,
    change_service,
    close_service,
    service,
    service_ids_under,
    services,
)
from portal.people.staff import PersonFacts, add_person, people_facts
from portal.values import Subject


@pytest.fixture
def make_service(writing):
    def make(name, *, code=None, under=None):
        with writing():
            return add_service(ServiceFacts(name, code, under), actor=None, at=now())

    return make


def test_the_tree_is_read_from_the_top_accents_aside(make_service, reading):
    ville = make_service("Ville")
    make_service("Voirie", under=ville)
    ecoles = make_service("Écoles", under=ville)
    make_service("Cantines", under=ecoles)
    with reading():
        assert [(card.name, card.depth) for card in services()] == [
            ("Ville", 0),
            ("Écoles", 1),
            ("Cantines", 2),
            ("Voirie", 1),
        ]


def test_the_whole_tree_is_one_query(make_service, statements, reading):
    above = None
    for number in range(12):
        above = make_service(f"S{number}", under=above)
    with reading(), statements() as seen:
        assert len(services()) == 12
    assert len(seen) == 1


def test_a_service_cannot_stand_under_itself(make_service, writing):
    ville = make_service("Ville")
    voirie = make_service("Voirie", under=ville)
    for under in (ville, voirie):
        with writing(), pytest.raises(Invalid, match="sous lui-même"):
            change_service(ville, ServiceFacts("Ville", None, under), actor=None, at=now())


def test_a_code_belongs_to_one_service(make_service, writing):
    make_service("Ville", code="V1")
    other = make_service("Voirie", code="V2")
    with writing(), pytest.raises(Conflict, match="V1"):
        change_service(other, ServiceFacts("Voirie", " V1 "), actor=None, at=now())
    with writing(), pytest.raises(Conflict):
        add_service(ServiceFacts("Autre", "V1"), actor=None, at=now())


def test_writing_the_same_again_changes_nothing(make_service, writing, audit_of):
    number = make_service("Ville", code="V1")
    with writing():
        assert change_service(number, ServiceFacts(" Ville", "V1 "), actor=None, at=now()) is False
        assert change_service(number, ServiceFacts("Ville de Test", "V1"), actor=None, at=now()) is True
    assert audit_of(Subject("portal.service", number)) == ["portal.service_added", "portal.service_changed"]


def test_closing_moves_people_functions_and_what_stood_under(make_service, writing, reading, make_user):
    ville, other = make_service("Ville"), make_service("Autre")
    voirie = make_service("Voirie", under=ville)
    nord = make_service("Nord", under=voirie)
    with writing():
        awa = add_person(PersonFacts("Awa M.", service_id=voirie), actor=None, at=now())
        chief = add_function(FunctionFacts("Chef de la voirie", service_id=voirie), actor=None, at=now())
        close_service(voirie, people_to=other, actor=None, at=now())
    with reading():
        assert people_facts([awa])[awa].service_id == other
        assert function_cards([chief], at=now())[chief].service == "Autre"
        assert service(nord).parent_id == ville
        assert "Voirie" not in [card.name for card in services()]
        assert service(voirie).closed_at is not None
    with writing(), pytest.raises(Conflict):
        close_service(voirie, people_to=None, actor=None, at=now())


def test_nobody_is_put_in_a_closed_service(make_service, writing):
    voirie = make_service("Voirie")
    with writing():
        close_service(voirie, people_to=None, actor=None, at=now())
    for act in (
        lambda: add_person(PersonFacts("Awa M.", service_id=voirie), actor=None, at=now()),
        lambda: add_service(ServiceFacts("Nord", None, voirie), actor=None, at=now()),
        lambda: add_function(FunctionFacts("Chef", service_id=voirie), actor=None, at=now()),
    ):
        with writing(), pytest.raises(Invalid, match="fermé"):
            act()


def test_a_plugin_may_refuse_that_a_service_closes(make_service, writing, reading, plug):
    import pluggy

    class Bank:
        @pluggy.HookimplMarker("portal")
        def portal_event(self, event):
            if event.name == "portal.service_closed":
                raise Conflict("solde")

    plug(Bank())
    voirie = make_service("Voirie")
    with pytest.raises(Conflict, match="solde"), writing():
        close_service(voirie, people_to=None, actor=None, at=now())
    with reading():
        assert service(voirie).closed_at is None


def test_what_stands_under_a_service_is_found(make_service, reading):
    ville = make_service("Ville")
    voirie = make_service("Voirie", under=ville)
    nord = make_service("Nord", under=voirie)
    make_service("Autre")
    with reading():
        assert service_ids_under(voirie) == {voirie, nord}
        with pytest.raises(NotFound):
            service(999)
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Service)) == 4
