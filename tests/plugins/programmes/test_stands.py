"""Stands of the fair: written, held, found by their code, without an account (C35 SPEC 1 and 2)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.api import Audience, Subject, ask_plugins, hookspec, session
from portal.loader.hooks import current_hooks

from plugins.programmes.models.programme import Programme
from plugins.programmes.models.slot import WORKSHOP, Host
from plugins.programmes.models.stand import Stand
from plugins.programmes.services.days import change_day
from plugins.programmes.services.programmes import Day
from plugins.programmes.services.stands import Plan, add_stand, code_of
from tests.plugins.programmes.factories import DAY, START, at_hour, make_programme, make_slot, make_stand

PLUGINS = ["programmes"]
TYPED = {"title": "Labo de Dunkerque", "point_1": "Une cabane", "point_2": "Deux ateliers", "place": "Table 3"}


@pytest.fixture
def stand_id(writing, as_viewer, programme_id, zoe, awa):
    """Add a stand that Awa holds, with its code."""
    with writing():
        programme = session.get_one(Programme, programme_id)
        plan = Plan("Labo de Dunkerque", ("Une cabane", "Deux ateliers", ""), "Table 3")
        return add_stand(as_viewer(zoe), programme, plan, holder=awa, at=START).id


@pytest.fixture
def code(reading, stand_id):
    with reading():
        return code_of(session.get_one(Stand, stand_id))


def test_a_stand_is_a_title_three_points_and_a_code(client, sign_in, post, zoe, programme_id):
    """C35 SPEC 1."""
    sign_in(zoe)
    form = client.get(f"/programmes/{programme_id}/stands/new").text
    assert form.count('class="field') >= 5
    answer = post(client, f"/programmes/{programme_id}/stands/new", {**TYPED, "holder": "Awa Diop"})
    assert answer.status_code == 303
    shown = client.get(answer.location).text
    for word in (*TYPED.values(), "tenu par Awa Diop"):
        assert word in shown
    poster = client.get(f"{answer.location}/poster").text
    assert "data:image/svg+xml" in poster
    assert "/programmes/s/" in poster
    assert "Labo de Dunkerque" in client.get(f"/programmes/{programme_id}").text


def test_a_stand_needs_a_point(client, sign_in, post, zoe, programme_id):
    """C35 SPEC 1."""
    sign_in(zoe)
    answer = post(client, f"/programmes/{programme_id}/stands/new", TYPED | {"point_1": ""})
    assert answer.status_code == 422
    assert "Deux ateliers" in answer.text


def test_its_code_opens_its_page_without_an_account(new_client, code):
    """C35 SPEC 1 and 2: no cookie, and no name of a person."""
    answer = new_client().get(f"/programmes/s/{code}")
    assert (answer.status_code, "Set-Cookie" in answer.headers) == (200, False)
    assert "Une cabane" in answer.text
    assert "Awa" not in answer.text


def test_its_code_dies_at_the_end_of_the_day_after(new_client, clock, code):
    clock.set(at_hour(23, 59) + timedelta(days=1))
    assert new_client().get(f"/programmes/s/{code}").status_code == 200
    clock.set(at_hour(23) + timedelta(days=1, hours=1))
    assert new_client().get(f"/programmes/s/{code}").status_code == 404


def test_its_code_follows_the_day_to_another_date(new_client, clock, writing, as_viewer, zoe, programme_id, code):
    later = DAY + timedelta(days=20)
    with writing():
        change_day(
            as_viewer(zoe),
            session.get_one(Programme, programme_id),
            Day("Interlabos", later, "", Audience.INTRANET),
            at=START,
        )
    clock.set(at_hour(12) + timedelta(days=21))
    assert new_client().get(f"/programmes/s/{code}").status_code == 200
    clock.set(at_hour(12) + timedelta(days=22))
    assert new_client().get(f"/programmes/s/{code}").status_code == 404


def test_a_code_opens_a_stand_of_a_day_that_is_not_public(new_client, client, writing, as_viewer, zoe, lab_id):
    """Whoever stands before it may read it; its day stays closed."""
    with writing():
        closed = make_programme(zoe, audience="lab", reader_group_id=lab_id)
        stand = add_stand(as_viewer(zoe), session.get_one(Programme, closed), Plan("S", ("P", "", ""), ""), at=START)
        number, code = stand.id, code_of(stand)
    assert new_client().get(f"/programmes/s/{code}").status_code == 200
    assert client.get(f"/programmes/stands/{number}").status_code == 401


def test_a_closed_stand_is_put_back_with_its_poster(
    client, new_client, sign_in, post, zoe, programme_id, stand_id, code
):
    sign_in(zoe)
    assert "Fermer ce stand" in client.get(f"/programmes/stands/{stand_id}/close").text
    assert post(client, f"/programmes/stands/{stand_id}/close").status_code == 303
    assert new_client().get(f"/programmes/s/{code}").status_code == 404
    assert "Stands fermés" in client.get(f"/programmes/{programme_id}/stands").text
    assert post(client, f"/programmes/stands/{stand_id}/reopen").status_code == 303
    assert new_client().get(f"/programmes/s/{code}").status_code == 200
    assert "tenu par Awa Diop" in client.get(f"/programmes/stands/{stand_id}").text


def test_whoever_holds_it_writes_it_and_nobody_else(client, sign_in, post, awa, lea, stand_id, audit_of, reading):
    sign_in(awa)
    url = f"/programmes/stands/{stand_id}"
    assert post(client, f"{url}/change", TYPED | {"title": "Labo des dunes"}).status_code == 303
    assert "Labo des dunes" in client.get(url).text
    assert post(client, f"{url}/close").status_code == 403
    assert post(client, f"{url}/order", {"to": "1"}).status_code == 403
    sign_in(lea)
    assert post(client, f"{url}/change", TYPED).status_code == 403
    assert "Modifier" not in client.get(url).text
    with reading():
        assert audit_of(session.get_one(Stand, stand_id).subject).count("programmes.stand_changed") == 1


def test_somebody_holds_it_too_and_no_more(client, sign_in, post, awa, lea, stand_id):
    sign_in(awa)
    url = f"/programmes/stands/{stand_id}"
    for _twice in range(2):
        assert post(client, f"{url}/holders", {"person": "Léa Petit"}).status_code == 303
    assert client.get(url).text.count("tenu par Léa Petit") == 1
    assert post(client, f"{url}/holders/{lea.id}/remove").status_code == 303
    assert "tenu par Léa Petit" not in client.get(url).text


def test_the_stands_are_put_in_order(client, sign_in, post, writing, zoe, programme_id):
    with writing():
        numbers = [make_stand(programme_id, title=title, position=n) for n, title in enumerate("ABC", start=1)]
    sign_in(zoe)
    for number, to in ((numbers[2], "1"), (numbers[0], "9")):
        assert post(client, f"/programmes/stands/{number}/order", {"to": to}).status_code == 303
    told = client.get(f"/programmes/{programme_id}/stands.json").json
    assert [row["title"] for row in told] == ["C", "B", "A"]


def test_the_list_and_its_export_say_the_same(client, sign_in, lea, programme_id, stand_id):
    sign_in(lea)
    page = client.get(f"/programmes/{programme_id}/stands").text
    row = client.get(f"/programmes/{programme_id}/stands.json").json[0]
    assert row["holders"] == "Awa Diop"
    assert all(word in page for word in (row["title"], row["place"], row["holders"]))


class Regards:
    """What `regards` asks, where it is not installed."""

    @hookspec
    def regards_team(self, subject):
        """Give who is reviewed."""

    @hookspec
    def regards_visitors_until(self, subject):
        """Give until when visitors leave a regard."""


class Restitutions:
    """What `restitutions` asks, likewise."""

    @hookspec
    def restitutions_sessions(self, subject):
        """Give what can be restituted."""


@pytest.fixture
def ask(reading):
    """Ask a hook of a plugin that is not here, as that plugin would."""

    def put(hook, kind, number):
        with reading():
            if not hasattr(put, "known"):
                current_hooks().add_specs("regards", Regards())
                current_hooks().add_specs("restitutions", Restitutions())
                put.known = True
            return ask_plugins(hook, subject=Subject(kind, number))

    return put


def test_visitors_review_whoever_holds_the_stand(ask, writing, awa, zoe, programme_id, stand_id):
    """C35 SPEC 2, C36 SPEC 2: holders of a stand, those who run a workshop; nobody else is reviewed."""
    with writing():
        workshop = make_slot(programme_id, at_hour(11), at_hour(12), kind=WORKSHOP)
        plenary = make_slot(programme_id, at_hour(13), at_hour(14))
        session.add(Host(slot_id=workshop, person_id=zoe.id))
    assert ask("regards_team", "programmes.stand", stand_id) == [frozenset({awa.id})]
    assert ask("regards_team", "programmes.slot", workshop) == [frozenset({zoe.id})]
    assert ask("regards_team", "programmes.slot", plenary) == []
    assert ask("regards_team", "programmes.stand", 999) == []


def test_visitors_leave_a_card_until_the_pack_is_made(ask, writing, programme_id, stand_id):
    """C35 SPEC 2 and 4: that evening, once the last workshop is over or it is late: the pack holds what they wrote."""
    assert ask("regards_visitors_until", "programmes.stand", stand_id) == [at_hour(18)]
    with writing():
        make_slot(programme_id, at_hour(22), at_hour(23) + timedelta(hours=3), kind=WORKSHOP)
    assert ask("regards_visitors_until", "programmes.stand", stand_id) == [at_hour(23)]


def test_days_and_slots_can_be_restituted(ask, programme_id, stand_id):
    """C33: a stand cannot."""
    day = Subject("programmes.programme", programme_id)
    assert ask("restitutions_sessions", day.kind, day.id) == [day]
    assert ask("restitutions_sessions", "programmes.stand", stand_id) == []
