"""Before its time a surprise is nowhere: no page, export, wall, search, notice, history or card has its words (C34)."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal.api import Subject, now, session
from portal.content.models import AuditEntry, Notice
from portal.people.sessions import open_session

from plugins.programmes.models.programme import Programme
from plugins.programmes.models.slot import SURPRISE, Host, SignUp, Slot
from plugins.programmes.services.delaying import delay_day, delay_moves, seen_of
from plugins.programmes.services.slots import put_back, take_off
from plugins.programmes.services.walls import open_wall, wall_of
from tests.plugins.labs.pages import words
from tests.plugins.programmes.factories import at_hour, make_slot

PLUGINS = ["programmes"]
SECRETS = ("fanfare", "Elle joue faux", "kiosque", "Hugo Lamy")


@pytest.fixture
def hugo(make_user):
    """Play in the band."""
    return make_user("Hugo Lamy")


@pytest.fixture
def slot_id(writing, programme_id, hugo, lea, zoe, as_viewer):
    """Plan a surprise at 14 h that Hugo runs and Léa comes to; the wall of the day is open to everybody."""
    with writing():
        number = make_slot(
            programme_id,
            at_hour(14),
            at_hour(14, 30),
            kind=SURPRISE,
            title="La fanfare",
            words="Elle joue faux.",
            place="Sous le kiosque",
            reveals_at=at_hour(14),
            takes_names=True,
        )
        session.add_all(
            [Host(slot_id=number, person_id=hugo.id), SignUp(slot_id=number, person_id=lea.id, signed_at=now())]
        )
        programme = session.get_one(Programme, programme_id)
        programme.audience = "public"
        open_wall(as_viewer(zoe), programme, at=now())
    return number


@pytest.fixture
def doors(reading, programme_id, slot_id):
    """Give every address that speaks of the slot to who only reads."""
    day = f"/programmes/{programme_id}"
    with reading():
        wall = wall_of(session.get_one(Programme, programme_id))
    return [
        day,
        f"{day}/sheet",
        f"{day}/wall",
        f"{day}/slots.csv",
        f"{day}/slots.json",
        f"/programmes/slots/{slot_id}",
        f"/programmes/public/{programme_id}",
        f"/programmes/now/{wall}",
        "/programmes/",
        "/programmes/?q=fanf",
        "/programmes/programmes.json",
        "/programmes/programmes.csv",
        "/",
        "/news",
    ]


@pytest.mark.parametrize("who", ["lea", "zoe", "awa", "hugo"])
def test_no_door_tells_a_surprise_before_its_time(client, sign_in, request, doors, clock, who, slot_id):
    """C34 SPEC 2: of who organises or runs it, its own page alone is an exception, and the form they write it in."""
    sign_in(request.getfixturevalue(who))
    clock.set(at_hour(14) - timedelta(seconds=1))
    secrets = [secret for secret in SECRETS if who != "hugo" or secret != "Hugo Lamy"]
    told = {address for address in doors for secret in secrets if secret in client.get(address).text}
    assert told == ({f"/programmes/slots/{slot_id}"} if who in {"zoe", "hugo"} else set())
    assert sum("Surprise" in words(client.get(address)) for address in doors[:8]) >= 6


def test_every_door_tells_it_once_its_time_has_come(client, sign_in, lea, doors, clock):
    """C34 SPEC 2."""
    clock.set(at_hour(14))
    sign_in(lea)
    assert all("fanfare" in client.get(address).text for address in doors[:8])
    assert "Hugo Lamy" in client.get(doors[0]).text


@pytest.mark.parametrize("who", ["zoe", "hugo"])
def test_who_runs_or_organises_a_surprise_reads_it_on_its_page(
    client, new_client, sign_in, request, slot_id, clock, who, writing
):
    """C34 SPEC 2: what and where, and that nobody else does before its hour; not where others look at the screen."""
    sign_in(request.getfixturevalue(who))
    page = words(client.get(f"/programmes/slots/{slot_id}"))
    assert all(secret in page for secret in SECRETS)
    assert "Caché aux autres jusqu’à 14 h" in page
    hall = new_client()
    with writing():
        token = open_session(request.getfixturevalue(who).id, device="hall", kind="screen")
    with hall.session_transaction() as cookies:
        cookies["_user_id"], cookies["_fresh"] = token, True
    assert not any(secret in hall.get(f"/programmes/slots/{slot_id}").text for secret in SECRETS[:3])
    clock.set(at_hour(14))
    assert "Caché aux autres" not in words(client.get(f"/programmes/slots/{slot_id}"))


def test_only_who_organises_reads_the_form_of_a_surprise(client, sign_in, zoe, awa, lea, slot_id):
    address = f"/programmes/slots/{slot_id}/change"
    sign_in(zoe)
    assert "La fanfare" in client.get(address).text
    for who in (awa, lea):
        sign_in(who)
        assert client.get(address).status_code == 403
        assert client.get(f"/programmes/slots/{slot_id}/hosts").status_code == 403


def test_a_refusal_about_a_surprise_keeps_it(client, sign_in, zoe, post, programme_id, slot_id):
    """C34 SPEC 2 and 3: an overlap, and a sign-up refused, name « Surprise ! »."""
    sign_in(zoe)
    answer = post(
        client,
        f"/programmes/{programme_id}/slots/new",
        {"kind": "plenary", "title": "Autre", "starts": "14:10", "ends": "15:00"},
    )
    assert "chevaucherait « Surprise ! »" in words(answer)
    assert "fanfare" not in answer.text


def test_a_refused_sign_up_keeps_it(client, sign_in, lea, post, writing, programme_id, slot_id):
    """C34 SPEC 2 and 3."""
    with writing():
        other = make_slot(programme_id, at_hour(14, 10), at_hour(15), takes_names=True)
    sign_in(lea)
    answer = post(client, f"/programmes/slots/{other}/come")
    assert "Vous venez déjà à « Surprise ! »" in words(answer)
    assert "fanfare" not in answer.text


def test_news_and_today_keep_it(client, sign_in, lea, zoe, as_viewer, writing, programme_id, slot_id, clock):
    """C34 SPEC 2: delay, taken off, put back."""
    clock.set(at_hour(9))
    with writing():
        programme = session.get_one(Programme, programme_id)
        slot = session.get_one(Slot, slot_id)
        take_off(as_viewer(zoe), slot, at=now())
        put_back(as_viewer(zoe), slot, at=now())
        seen = seen_of(delay_moves(programme, 10, at=now()))
        delay_day(as_viewer(zoe), programme, 10, seen=seen, at=now())
    sign_in(lea)
    news, today = client.get("/news"), client.get("/")
    assert "« Surprise ! » est retiré du programme" in words(news)
    assert "Surprise !" in words(today)
    assert not [secret for secret in SECRETS if secret in news.text + today.text]


def test_another_place_of_a_surprise_is_told_to_who_runs_it_alone(
    client, sign_in, lea, zoe, hugo, post, slot_id, writing, clock
):
    """C34 SPEC 2: that it changed tells something too."""
    sign_in(zoe)
    same = {"kind": "surprise", "title": "La fanfare", "words": "Elle joue faux.", "starts": "14:00", "ends": "14:30"}
    answer = post(
        client, f"/programmes/slots/{slot_id}/change", {**same, "takes_names": "y", "place": "Sous le porche"}
    )
    assert answer.status_code == 303
    sign_in(lea)
    assert "Surprise" not in words(client.get("/news"))
    sign_in(hugo)
    assert "« Surprise ! » change d’heure ou de lieu" in words(client.get("/news"))


def test_what_is_stored_for_others_to_read_keeps_it(writing, reading, zoe, as_viewer, slot_id):
    """C34 SPEC 2: facts of the audit, notices."""
    with writing():
        take_off(as_viewer(zoe), session.get_one(Slot, slot_id), at=now())
    with reading():
        kept = [
            str(value)
            for model in (AuditEntry, Notice)
            for row in session.scalars(sa.select(model))
            for value in vars(row).values()
        ]
    assert not [secret for secret in SECRETS if secret in " ".join(kept)]


def test_a_surprise_that_is_out_is_told_once(
    client, sign_in, lea, run_jobs, clock, slot_id, post, awa, programme_id, audit_of
):
    """C34 SPEC 2: to who comes and who follows, never before."""
    sign_in(awa)
    assert post(client, f"/follow/programmes.programme/{programme_id}").status_code == 303
    clock.set(at_hour(13, 59))
    run_jobs()
    assert "dévoilée" not in words(client.get("/news"))
    clock.set(at_hour(14, 1))
    for _round in range(2):
        run_jobs()
    assert audit_of(Subject("programmes.slot", slot_id)).count("programmes.slot_revealed") == 1
    for who in (awa, lea):
        sign_in(who)
        assert words(client.get("/news")).count("La surprise est dévoilée : c’est « La fanfare »") == 1


def test_a_surprise_taken_off_is_never_told(client, sign_in, lea, zoe, as_viewer, writing, run_jobs, clock, slot_id):
    """C34 SPEC 2."""
    with writing():
        take_off(as_viewer(zoe), session.get_one(Slot, slot_id), at=now())
    clock.set(at_hour(14, 1))
    run_jobs()
    sign_in(lea)
    assert "dévoilée" not in words(client.get("/news"))


def test_once_told_a_surprise_is_not_hidden_again(client, sign_in, zoe, post, slot_id, reading, clock):
    """C34 SPEC 2."""
    clock.set(at_hour(14, 5))
    sign_in(zoe)
    later = {"kind": SURPRISE, "title": "La fanfare", "starts": "16:00", "ends": "16:30", "reveals": ""}
    assert post(client, f"/programmes/slots/{slot_id}/change", later).status_code == 303
    with reading():
        assert session.get_one(Slot, slot_id).reveals_at == at_hour(14)
