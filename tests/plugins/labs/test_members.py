"""Who belongs to a lab: added by its animators, free to leave; rank opens nothing (law 2)."""

from __future__ import annotations

import pytest

from portal.api import Conflict, Forbidden, now, session

from plugins.labs.models.lab import Lab
from plugins.labs.queries.members import animators_of, members_of
from plugins.labs.services.members import add_to_lab, give_animator, remove_from_lab, share_animation
from tests.plugins.labs.factories import make_lab, make_project
from tests.plugins.labs.pages import hrefs, order_of, words

PLUGINS = ["labs"]


def names(lab_id: int) -> list[str]:
    return [person.name for person in members_of(session.get_one(Lab, lab_id))]


def test_an_animator_finds_somebody_and_adds_them_once(client, sign_in, make_user, writing, reading, post):
    awa, zoe = make_user(name="Awa Diop"), make_user(name="Zoé Martin", matricule="M123")
    with writing():
        lab_id = make_lab(animator=awa)
    sign_in(awa)
    assert "Ajouter Zoé Martin" in words(client.get(f"/labs/{lab_id}/members?q=zo"))
    assert "Ajouter Zoé Martin" in words(client.get(f"/labs/{lab_id}/members?q=M123"))
    for _click in range(2):
        assert post(client, f"/labs/{lab_id}/members/{zoe.id}/add", {}).status_code == 303
    with reading():
        assert names(lab_id) == ["Awa Diop", "Zoé Martin"]
    assert "Ajouter Zoé Martin" not in words(client.get(f"/labs/{lab_id}/members?q=zo"))


def test_a_right_in_a_lab_that_is_taken_away_is_gone_at_the_next_request(make_user, sign_in, as_viewer, writing, post):
    """P7: on the session that is open, without signing out, and what only members read closes with it."""
    awa, zoe = make_user(name="Awa Diop"), make_user(name="Zoé Martin")
    with writing():
        lab_id = make_lab(animator=awa, members=[zoe])
        project_id = make_project(lab_id, awa)
    with writing():
        share_animation(as_viewer(awa), session.get_one(Lab, lab_id), person=zoe, at=now())
    own = sign_in(zoe)
    project, settings = f"/labs/projects/{project_id}", f"/labs/{lab_id}/settings"
    assert [own.get(url).status_code for url in (project, settings)] == [200, 200]
    with writing():
        remove_from_lab(as_viewer(awa), session.get_one(Lab, lab_id), person=zoe, at=now())
    assert [own.get(url).status_code for url in (project, settings)] == [404, 403]
    sent = {"name": "À moi", "place": "", "max_minutes": "60"}
    assert post(own, settings, sent).status_code == 403


def test_members_are_listed_in_alphabetical_order_for_every_agent(client, sign_in, make_user, writing):
    """Law 3: never ranked; G4."""
    zoe, awa, eli = make_user(name="Zoé Martin"), make_user(name="Awa Diop"), make_user(name="Eli Roux")
    with writing():
        lab_id = make_lab(members=[zoe, awa, eli])
    sign_in(make_user(name="Qui Lit"))
    answer = client.get(f"/labs/{lab_id}/members")
    assert order_of(answer, "Zoé Martin", "Awa Diop", "Eli Roux") == ["Awa Diop", "Eli Roux", "Zoé Martin"]
    assert "Retirer" not in words(answer)
    assert {f"/labs/{lab_id}/members.csv", f"/labs/{lab_id}/members.json"} <= set(hrefs(answer))
    assert "Awa Diop" in client.get(f"/labs/{lab_id}/members.csv").get_data(as_text=True)


def test_removing_somebody_offers_to_add_them_again(client, sign_in, make_user, writing, reading, post):
    awa, zoe = make_user(name="Awa Diop"), make_user(name="Zoé Martin")
    with writing():
        lab_id = make_lab(animator=awa, members=[zoe])
    sign_in(awa)
    answer = post(client, f"/labs/{lab_id}/members/{zoe.id}/remove", {})
    assert "Ajouter Zoé Martin" in words(client.get(answer.location))
    with reading():
        assert names(lab_id) == ["Awa Diop"]


def test_an_animator_shares_the_animation(client, sign_in, make_user, writing, reading, post):
    awa, zoe = make_user(name="Awa Diop"), make_user(name="Zoé Martin")
    with writing():
        lab_id = make_lab(animator=awa, members=[zoe])
    sign_in(awa)
    post(client, f"/labs/{lab_id}/members/{zoe.id}/animate", {})
    with reading():
        assert [person.name for person in animators_of(session.get_one(Lab, lab_id))] == ["Awa Diop", "Zoé Martin"]


def test_a_member_cannot_add_or_remove_anybody(client, sign_in, make_user, writing, post, as_viewer):
    awa, zoe = make_user(name="Awa Diop"), make_user(name="Zoé Martin")
    with writing():
        lab_id = make_lab(members=[awa])
    sign_in(awa)
    assert post(client, f"/labs/{lab_id}/members/{zoe.id}/add", {}).status_code == 403
    with writing():
        lab = session.get_one(Lab, lab_id)
        with pytest.raises(Forbidden):
            add_to_lab(as_viewer(awa), lab, person=zoe, at=now())
        with pytest.raises(Forbidden):
            remove_from_lab(as_viewer(zoe), lab, person=awa, at=now())


def test_anybody_may_leave_and_a_second_click_changes_nothing(client, sign_in, make_user, writing, reading, post):
    awa = make_user(name="Awa Diop")
    with writing():
        lab_id = make_lab(members=[awa])
    sign_in(awa)
    assert "Quitter le labo" in words(client.get(f"/labs/{lab_id}"))
    for _click in range(2):
        assert post(client, f"/labs/{lab_id}/leave", {}).status_code == 303
    with reading():
        assert names(lab_id) == []


def test_the_last_animator_is_warned_before_leaving(client, sign_in, make_user, writing):
    awa, zoe = make_user(name="Awa Diop"), make_user(name="Zoé Martin")
    with writing():
        lab_id = make_lab(animator=awa, members=[zoe])
    sign_in(awa)
    assert "dernière personne à l’animer" in words(client.get(f"/labs/{lab_id}/leave"))
    sign_in(zoe)
    assert "dernière personne" not in words(client.get(f"/labs/{lab_id}/leave"))


def test_an_administrator_gives_an_animator_back_without_opening_a_door(make_user, writing, as_viewer):
    """Law 2; P19: only when none is left, only a member, never themself."""
    awa, zoe = make_user(name="Awa Diop"), make_user(name="Zoé Martin")
    admin = make_user(name="Ad Min", role="admin")
    with writing():
        animated = session.get_one(Lab, make_lab(animator=awa))
        left = session.get_one(Lab, make_lab(members=[zoe]))
        empty = session.get_one(Lab, make_lab())
        with pytest.raises(Conflict):
            give_animator(as_viewer(admin), animated, person=zoe, at=now())
        with pytest.raises(Conflict):
            give_animator(as_viewer(admin), left, person=awa, at=now())
        with pytest.raises(Forbidden):
            give_animator(as_viewer(admin), empty, person=admin, at=now())
        give_animator(as_viewer(admin), left, person=zoe, at=now())
        assert [person.name for person in animators_of(left)] == ["Zoé Martin"]
