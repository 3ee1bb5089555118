"""Who is told what becomes of a day: who comes, who runs something, who follows; nobody of what they did themselves."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal.api import Subject, now, session
from portal.content.models import OutboxMessage

from plugins.programmes.models.programme import Track
from plugins.programmes.models.slot import Host, SignUp
from tests.plugins.labs.pages import words
from tests.plugins.programmes.factories import DAY, at_hour, make_programme, make_slot

PLUGINS = ["programmes"]
NEXT = DAY + timedelta(days=1)


@pytest.fixture
def slot_id(writing, programme_id, awa, lea):
    """Make a slot that Awa runs and Léa comes to."""
    with writing():
        number = make_slot(programme_id, at_hour(10), at_hour(11), title="Foire", takes_names=True)
        session.add(Host(slot_id=number, person_id=awa.id))
        session.add(SignUp(slot_id=number, person_id=lea.id, signed_at=now()))
    return number


@pytest.fixture
def told(client, sign_in):
    """Read somebody's news."""

    def read(who):
        sign_in(who)
        return words(client.get("/news"))

    return read


@pytest.fixture
def act(client, sign_in, zoe, post):
    """Do something as who organises the day."""

    def send(address, values=None):
        sign_in(zoe)
        answer = post(client, f"/programmes/{address}", values or {})
        assert answer.status_code == 303

    return send


def test_a_slot_that_moves_is_told_and_one_that_only_says_more_is_not(act, told, slot_id, awa, lea, zoe):
    same = {"kind": "plenary", "title": "Foire", "starts": "10:00", "ends": "11:00", "takes_names": "y"}
    act(f"slots/{slot_id}/change", {**same, "words": "Avec du café."})
    assert "Foire" not in told(lea)
    act(f"slots/{slot_id}/change", {**same, "place": "Hall"})
    assert all("« Foire » change d’heure ou de lieu" in told(who) for who in (awa, lea))
    assert "Foire" not in told(zoe)


@pytest.mark.parametrize("how", ["by hand", "put back", "with its day"])
def test_whose_sign_ups_overlap_once_something_moved_is_told(act, told, programme_id, writing, zoe, lea, how):
    """C34 SPEC 3: a delay is not the only way; one is told once, and chooses."""
    said = "est maintenant à la même heure qu’une autre de vos inscriptions"
    with writing():
        tracks = [Track(programme_id=programme_id, name=name, position=0) for name in ("A", "B")]
        session.add_all(tracks)
        session.flush()
        other = make_programme(zoe, title="Lendemain", held_on=NEXT)
        one, two, three = (
            make_slot(day, starts, starts + timedelta(hours=1), title=title, takes_names=True, track_id=track)
            for day, starts, title, track in (
                (programme_id, at_hour(10), "Le matin", tracks[0].id),
                (programme_id, at_hour(14), "Le soir", tracks[1].id),
                (other, at_hour(34, 30), "Le lendemain", None),
            )
        )
        session.add_all(SignUp(slot_id=number, person_id=lea.id, signed_at=now()) for number in (one, two, three))
    assert said not in told(lea)
    if how == "with its day":
        act(f"{programme_id}/change", {"title": "Interlabos", "held_on": NEXT.isoformat(), "audience": "intranet"})
    elif how == "by hand":
        act(f"slots/{two}/change", {"kind": "plenary", "title": "Le soir", "starts": "10:30", "ends": "12:00"})
    else:
        act(f"slots/{one}/take-off")
        act(f"slots/{two}/change", {"kind": "plenary", "title": "Le soir", "starts": "10:30", "ends": "12:00"})
        assert said not in told(lea)
        act(f"slots/{one}/put-back")
    assert told(lea).count(said) == 1


def test_a_day_called_off_or_moved_is_told_to_all_whom_it_concerns(act, told, slot_id, programme_id, awa, lea):
    moved = {"title": "Interlabos", "held_on": "2026-10-01", "audience": "intranet"}
    act(f"{programme_id}/change", moved)
    assert all("« Interlabos » change de date ou de lieu" in told(who) for who in (awa, lea))
    act(f"{programme_id}/cancel", {"reason": "Grève."})
    assert all("« Interlabos » est annulée" in told(who) for who in (awa, lea))


def test_a_day_that_only_says_something_else_is_told_to_nobody(act, told, slot_id, programme_id, lea):
    act(f"{programme_id}/change", {"title": "Interlabos !", "held_on": "2026-09-10", "audience": "intranet"})
    assert "Interlabos" not in told(lea)


def test_who_follows_a_day_is_told_what_becomes_of_it(client, sign_in, act, told, post, programme_id, make_user):
    karim = make_user("Karim Haddad")
    sign_in(karim)
    post(client, f"/follow/programmes.programme/{programme_id}")
    with_slot = {"kind": "plenary", "title": "Foire", "starts": "10:00", "ends": "11:00"}
    act(f"{programme_id}/slots/new", with_slot)
    assert "Foire" not in told(karim)
    slot = client.get(f"/programmes/{programme_id}").text.partition('id="slot-')[2].partition('"')[0]
    act(f"slots/{slot}/take-off")
    assert "« Foire » est retiré du programme" in told(karim)


def test_whoever_is_named_is_told(act, told, slot_id, programme_id, awa, lea):
    act(f"slots/{slot_id}/hosts", {"person": lea.name})
    act(f"{programme_id}/organisers", {"person": awa.name})
    assert "Vous animez « Foire »" in told(lea)
    assert "Vous organisez « Interlabos »" in told(awa)


def test_the_unexpected_is_told_when_it_has_come(act, told, writing, programme_id, lea, clock):
    """C09 SPEC 6."""
    with writing():
        number = make_slot(programme_id, at_hour(17), at_hour(18), kind="unexpected", title="", takes_names=True)
        session.add(SignUp(slot_id=number, person_id=lea.id, signed_at=now()))
    clock.set(at_hour(16))
    act(f"slots/{number}/fill", {"title": "Un lâcher de ballons"})
    assert "L’inattendu est arrivé : « Un lâcher de ballons »" in told(lea)


def test_the_end_of_a_day_is_noted_once_on_the_day_after(run_jobs, clock, programme_id, audit_of):
    for since in ({"hours": 37}, {"hours": 2}, {"minutes": 1}):
        clock.advance(**since)
        run_jobs()
    assert audit_of(Subject("programmes.programme", programme_id)).count("programmes.day_ended") == 1


def test_nothing_of_a_day_leaves_by_mail_at_once(act, reading, slot_id):
    act(f"slots/{slot_id}/take-off")
    with reading():
        assert session.scalars(sa.select(OutboxMessage).where(OutboxMessage.kind == "mail")).all() == []
