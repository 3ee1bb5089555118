"""Who is told what of labs: who must act, whom it concerns, who follows; nobody of what they may not read (G9)."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal.api import Subject, follow, now, session
from portal.content.models import Notice

from plugins.labs.models.ephemeral import Ephemeral
from plugins.labs.models.lab import Lab
from plugins.labs.models.project import Project
from plugins.labs.services.clauses import propose_clause
from plugins.labs.services.members import add_to_lab, share_animation
from plugins.labs.services.opening import Plan, open_ephemeral
from plugins.labs.services.projects import Clause, end_project, hand_over, name_guarantor
from plugins.labs.services.telling import tell_ephemeral
from plugins.labs.services.votes import call_vote, close_ended_votes
from tests.plugins.labs.factories import make_lab, make_project
from tests.plugins.labs.pages import words

PLUGINS = ["labs"]


@pytest.fixture
def awa(make_user):
    return make_user("Awa Diop")


@pytest.fixture
def zoe(make_user):
    return make_user("Zoé Martin")


@pytest.fixture
def lab_id(writing, awa, zoe):
    with writing():
        return make_lab("Labo du port", members=[zoe], animator=awa)


@pytest.fixture
def as_awa(as_viewer, awa, lab_id):
    return as_viewer(awa)


@pytest.fixture
def news(sign_in):
    """Read the news of a person, as their page says them."""
    return lambda person: words(sign_in(person).get("/news"))


@pytest.fixture
def open_one(writing, as_awa, lab_id):
    def open_one(audience="lab"):
        with writing():
            plan = Plan("Qui garde les clés ?", now(), 30, "", audience)
            return open_ephemeral(as_awa, session.get_one(Lab, lab_id), plan=plan, at=now()).id

    return open_one


def test_a_vote_asks_every_member_but_who_called_it(writing, as_awa, lab_id, news, awa, zoe, make_user):
    with writing():
        call_vote(as_awa, session.get_one(Lab, lab_id), at=now())
    assert "Awa Diop demande votre voix : Vote de « Labo du port » vous attend" in news(zoe)
    assert "demande votre voix" not in news(awa)
    assert "demande votre voix" not in news(make_user("Qui Lit"))


def test_a_vote_that_is_counted_waits_for_nobody(writing, as_awa, lab_id, reading, clock):
    with writing():
        call_vote(as_awa, session.get_one(Lab, lab_id), at=now())
    asked = sa.select(sa.func.count()).where(Notice.must_act, Notice.read_at.is_(None))
    with reading():
        assert session.scalar(asked) > 0
    clock.advance(days=8)
    with writing():
        close_ended_votes(now())
    with reading():
        assert session.scalar(asked) == 0


def test_a_change_of_clause_asks_the_other_of_the_two(writing, as_awa, lab_id, awa, zoe, news):
    with writing():
        project_id = make_project(lab_id, awa, guarantor=zoe, title="Vélos partagés")
    with writing():
        clause = Clause("expected", "le maire", "dix vélos", now().date() + timedelta(days=60))
        propose_clause(
            as_awa, session.get_one(Project, project_id), clause=clause, reason="", at=now(), today=now().date()
        )
    assert "il faut votre accord vous attend" in news(zoe)
    assert "il faut votre accord" not in news(awa)


def test_whoever_is_given_something_is_told(writing, as_awa, lab_id, awa, zoe, make_user, news):
    new, guarantor = make_user("Eli Roux"), make_user("Noé Petit")
    with writing():
        lab = session.get_one(Lab, lab_id)
        add_to_lab(as_awa, lab, person=new, at=now())
        share_animation(as_awa, lab, person=zoe, at=now())
        project = session.get_one(Project, make_project(lab_id, awa, title="Vélos partagés", audience="intranet"))
        name_guarantor(as_awa, project, person=guarantor, at=now())
        hand_over(as_awa, project, lab=lab, lead=zoe, at=now())
    assert "Awa Diop vous accueille parmi les membres de « Labo du port »" in news(new)
    assert "Vous animez désormais « Labo du port »" in news(zoe)
    assert "Awa Diop vous confie « Vélos partagés »" in news(zoe)
    assert "Awa Diop vous confie la garantie de « Vélos partagés »" in news(guarantor)


def test_who_follows_the_lab_is_told_what_happens_in_it(writing, as_viewer, lab_id, zoe, open_one, news, as_awa):
    with writing():
        follow(as_viewer(zoe), Subject("labs.lab", lab_id), at=now())
    number = open_one()
    assert "Un labo éphémère s’ouvre : « Qui garde les clés ? »" in news(zoe)
    with writing():
        ephemeral = session.get_one(Ephemeral, number)
        later = ephemeral.ends_at + timedelta(minutes=1)
        tell_ephemeral(as_awa, ephemeral, outcome="learnt", learnt="Deux clés suffisent.", at=later)
    assert "Un labo éphémère est raconté : « Qui garde les clés ? »" in news(zoe)


def test_who_follows_a_project_is_told_its_end(writing, as_viewer, as_awa, lab_id, awa, zoe, news):
    with writing():
        project_id = make_project(lab_id, awa, title="Vélos partagés")
        follow(as_viewer(zoe), Subject("labs.project", project_id), at=now())
    with writing():
        end_project(as_awa, session.get_one(Project, project_id), outcome="stopped", learnt="Trop tôt.", at=now())
    assert "Un projet est terminé : « Vélos partagés »" in news(zoe)


def test_a_follower_is_told_nothing_of_what_is_not_theirs_to_read(
    writing, as_viewer, lab_id, make_user, open_one, news
):
    outsider = make_user("Qui Lit")
    with writing():
        follow(as_viewer(outsider), Subject("labs.lab", lab_id), at=now())
    open_one("lab")
    assert "clés" not in news(outsider)
    assert "Rien de nouveau." in news(outsider)
