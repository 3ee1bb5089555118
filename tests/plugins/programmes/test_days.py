"""Making a day, finding it, changing it, calling it off, making it again; who organises it (C34, C09 SPEC 6)."""

from __future__ import annotations

import re
from datetime import date, time, timedelta

import pytest
import sqlalchemy as sa

from portal.api import Forbidden, Invalid, now, session
from portal.content.settings import write_words

from plugins.programmes.models.programme import Organiser, Programme
from plugins.programmes.models.slot import SURPRISE, UNEXPECTED, WORKSHOP, Host, SignUp, Slot
from plugins.programmes.services.days import change_day, copy_day
from plugins.programmes.services.programmes import Day
from plugins.programmes.services.programmes import make_programme as prepare_day
from plugins.programmes.services.slot_plans import SlotPlan
from plugins.programmes.services.slots import add_slot
from tests.plugins.labs.pages import words
from tests.plugins.programmes.factories import DAY, START, at_hour, make_lab, make_programme, make_slot, make_stand

PLUGINS = ["programmes"]


def form_of(lab_id, **changes):
    """Give what Zoé sends to make a day."""
    values = {"title": "Interlabos", "held_on": "2026-10-01", "place": "Halle aux sucres", "audience": "lab"}
    return {**values, "lab": lab_id, **changes}


def test_a_day_is_made_in_five_fields(client, sign_in, zoe, lab_id, post):
    """Law 1; C09 SPEC 6: lunch and one slot for the unexpected are in it."""
    sign_in(zoe)
    asked = client.get("/programmes/new").text
    assert sum(f'name="{name}"' in asked for name in ("title", "held_on", "place", "lab", "audience")) == 5
    answer = post(client, "/programmes/new", form_of(lab_id))
    page = words(client.get(answer.location))
    assert "12 h 30 – 14 h Pause déjeuner" in page
    assert "17 h 15 – 17 h 30 Inattendu reste vide jusqu’au jour même" in page


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"title": ""}, "Donnez un titre à la journée."),
        ({"title": "x" * 161}, "160"),
        ({"held_on": "2026-09-08"}, "Choisissez un jour à partir d’aujourd’hui"),
        ({"held_on": "2029-09-08"}, "Choisissez un jour à partir d’aujourd’hui"),
        ({"lab": 0}, "Choisissez le labo dont les membres peuvent lire."),
    ],
)
def test_a_day_that_says_too_little_or_too_much_is_refused(client, sign_in, zoe, lab_id, post, changes, said):
    sign_in(zoe)
    answer = post(client, "/programmes/new", form_of(lab_id, **changes))
    assert answer.status_code == 422
    assert said in words(answer)


def test_who_is_in_no_lab_makes_no_day(client, sign_in, lea, lab_id, post, writing, as_viewer):
    sign_in(lea)
    assert client.get("/programmes/new").status_code == 403
    assert "Préparer une journée" not in words(client.get("/programmes/"))
    with writing(), pytest.raises(Forbidden):
        prepare_day(as_viewer(lea), Day("Interlabos", DAY, "", "lab", lab_id), at=now())


def offered(page):
    """Give the readers that a form offers, and the one that is chosen."""
    found = re.findall(r'<input[^>]*name="audience"[^>]*>', page.text)
    values = {re.search(r'value="(\w+)"', field)[1]: "checked" in field for field in found}
    return list(values), [value for value, is_chosen in values.items() if is_chosen]


def test_only_readers_that_there_are_are_offered(client, sign_in, make_user, post, writing, zoe, clock):
    """G7: where no lab exists, who administers prepares a day for every agent, or for everybody."""
    clock.set(START)
    camille = make_user("Camille Roy", role="admin")
    sign_in(camille)
    assert offered(client.get("/programmes/new")) == (["intranet", "public"], ["intranet"])
    made = post(client, "/programmes/new", form_of(0, audience="intranet"))
    assert made.status_code == 303
    assert offered(client.get(f"{made.location}/change")) == (["intranet", "public"], ["intranet"])
    assert post(client, "/programmes/new", form_of(0, audience="network", title="Autre")).status_code == 422
    with writing():
        make_lab(zoe)
    assert offered(client.get("/programmes/new")) == (["network", "intranet", "public"], ["intranet"])
    sign_in(zoe)
    assert offered(client.get("/programmes/new")) == (["lab", "network", "intranet", "public"], ["lab"])


def test_the_list_finds_days_by_time_lab_and_words(client, sign_in, zoe, lab_id, programme_id, post, clock):
    sign_in(zoe)
    post(client, "/programmes/new", form_of(lab_id, title="Écoles ouvertes", held_on="2026-11-05"))
    clock.set(START + timedelta(days=10))
    assert "Interlabos" not in words(client.get("/programmes/"))
    assert "Écoles ouvertes" in words(client.get("/programmes/?q=ecole sucres"))
    assert "Interlabos" in words(client.get("/programmes/?when=past"))
    assert "Écoles ouvertes" not in words(client.get("/programmes/?when=past"))
    assert "Écoles ouvertes" in words(client.get(f"/programmes/?lab={lab_id}"))
    assert "Aucune journée ne correspond" in words(client.get("/programmes/?lab=99"))
    assert [row["title"] for row in client.get("/programmes/programmes.json").json] == ["Écoles ouvertes"]
    assert "Interlabos" in client.get("/programmes/programmes.csv?when=past").text


def test_an_empty_list_says_what_comes_next(client, sign_in, zoe, lea, lab_id):
    sign_in(lea)
    assert "Les membres des labos les préparent" in words(client.get("/programmes/"))
    sign_in(zoe)
    assert "Cinq champs suffisent" in words(client.get("/programmes/"))


def test_a_day_of_the_lab_is_absent_for_everybody_else(client, sign_in, writing, awa, lea, programme_id):
    with writing():
        slot_id = make_slot(programme_id, at_hour(10), at_hour(11))
        session.get(Programme, programme_id).audience = "lab"
    addresses = [f"/programmes/{programme_id}", f"/programmes/slots/{slot_id}", f"/programmes/{programme_id}/wall"]
    sign_in(awa)
    assert [client.get(address).status_code for address in addresses] == [200] * 3
    sign_in(lea)
    assert [client.get(address).status_code for address in addresses] == [404] * 3
    assert "Interlabos" not in client.get("/programmes/").text


def test_a_public_day_is_read_without_account_and_names_nobody(client, new_client, writing, zoe, programme_id):
    with writing():
        make_slot(programme_id, at_hour(10), at_hour(11), title="Foire")
    visitor = new_client()
    assert visitor.get(f"/programmes/public/{programme_id}").status_code == 404
    with writing():
        session.get(Programme, programme_id).audience = "public"
    page = visitor.get(f"/programmes/public/{programme_id}")
    assert "Foire" in page.text
    assert zoe.name not in page.text
    assert "Set-Cookie" not in page.headers


def test_a_day_moved_to_another_date_keeps_its_hours_and_tells_calendars(
    reading, writing, as_viewer, zoe, programme_id, lab_id
):
    """C34 SPEC 4: SEQUENCE+1 at each change; summer time counted."""
    with writing():
        slot_id = make_slot(programme_id, at_hour(10), at_hour(11))
    day = Day("Interlabos", date(2026, 12, 3), "", "intranet", lab_id)
    with writing():
        change_day(as_viewer(zoe), session.get_one(Programme, programme_id), day, at=now())
    with reading():
        slot = session.get_one(Slot, slot_id)
        assert (slot.starts_at.isoformat(), slot.sequence) == ("2026-12-03T09:00:00+00:00", 1)


def test_a_day_that_has_come_is_no_longer_moved(client, sign_in, zoe, programme_id, post, clock):
    sign_in(zoe)
    clock.set(at_hour(9))
    moved = {"title": "Interlabos", "held_on": "2026-10-01", "audience": "intranet"}
    answer = post(client, f"/programmes/{programme_id}/change", moved)
    assert answer.status_code == 422
    assert "Le jour est venu" in words(answer)
    there = {**moved, "held_on": DAY.isoformat(), "place": "Salle bleue"}
    assert post(client, f"/programmes/{programme_id}/change", there).status_code == 303
    assert "Salle bleue" in words(client.get(f"/programmes/{programme_id}"))


def test_a_cancelled_day_says_why_and_changes_no_more(client, sign_in, zoe, awa, programme_id, writing, post):
    """C34 SPEC 4."""
    with writing():
        slot_id = make_slot(programme_id, at_hour(10), at_hour(11), takes_names=True, seats=2)
    sign_in(zoe)
    assert post(client, f"/programmes/{programme_id}/cancel", {"reason": ""}).status_code == 422
    assert post(client, f"/programmes/{programme_id}/cancel", {"reason": "La salle est fermée."}).status_code == 303
    page = words(client.get(f"/programmes/{programme_id}"))
    assert "Cette journée est annulée : « La salle est fermée. »" in page
    assert "Ajouter un créneau" not in page
    slot, new = {"kind": "plenary", "title": "Foire", "starts": "14:00"}, f"/programmes/{programme_id}/slots/new"
    for answer in (client.get(new), post(client, new, slot)):
        assert answer.status_code == 409
        assert "plus rien n’y change" in words(answer)
    sign_in(awa)
    assert "Je viens" not in words(client.get(f"/programmes/slots/{slot_id}"))
    for address in (f"/programmes/slots/{slot_id}", f"/programmes/{programme_id}"):
        assert "restante" not in words(client.get(address))
    assert post(client, f"/programmes/slots/{slot_id}/come").status_code == 409


def test_a_day_made_again_takes_the_plan_and_leaves_the_people(reading, writing, as_viewer, zoe, awa, programme_id):
    """C09 SPEC 6: what the unexpected was stays with its day."""
    viewer = as_viewer(zoe)
    with writing():
        programme = session.get_one(Programme, programme_id)
        session.add(Organiser(programme_id=programme_id, person_id=awa.id))
        make_slot(programme_id, at_hour(17, 15), at_hour(17, 30), kind=UNEXPECTED, title="Un lâcher de ballons")
        plans = [
            SlotPlan(WORKSHOP, "RH", time(14), time(16), track="Atelier 1"),
            SlotPlan(WORKSHOP, "Loterie", time(14), time(16), track="Atelier 2"),
            SlotPlan(SURPRISE, "La fanfare", time(13), time(13, 30), reveals=time(12)),
        ]
        for plan in plans:
            add_slot(viewer, programme, plan, at=now())
    with writing():
        programme = session.get_one(Programme, programme_id)
        made = copy_day(viewer, programme, held_on=date(2026, 12, 3), title="Encore", at=now()).id
    with reading():
        slots = session.scalars(sa.select(Slot).where(Slot.programme_id == made).order_by(Slot.starts_at)).all()
        hours = [(slot.title, slot.starts_at.hour) for slot in slots]
        assert hours == [("La fanfare", 12), ("RH", 13), ("Loterie", 13), ("", 16)]
        assert slots[0].reveals_at and slots[0].reveals_at.hour == 11
        assert len({slot.track_id for slot in slots[1:3]}) == 2
        assert {slot.uid for slot in slots}.isdisjoint(
            session.scalars(sa.select(Slot.uid).where(Slot.programme_id == programme_id))
        )
        assert awa.id in session.scalars(sa.select(Organiser.person_id).where(Organiser.programme_id == made)).all()


def test_a_day_is_not_made_again_in_the_past(writing, as_viewer, zoe, programme_id):
    with writing(), pytest.raises(Invalid):
        copy_day(
            as_viewer(zoe),
            session.get_one(Programme, programme_id),
            held_on=date(2026, 1, 1),
            title="Encore",
            at=now(),
        )


def test_a_named_organiser_reads_and_changes_the_day(client, sign_in, zoe, lea, programme_id, post, writing):
    with writing():
        session.get(Programme, programme_id).audience = "lab"
    address = f"/programmes/{programme_id}"
    sign_in(lea)
    assert client.get(address).status_code == 404
    sign_in(zoe)
    assert post(client, f"{address}/organisers", {"person": "Léa Petit"}).status_code == 303
    sign_in(lea)
    assert "Ajouter un créneau" in words(client.get(address))
    sign_in(zoe)
    post(client, f"{address}/organisers/{lea.id}/drop")
    sign_in(lea)
    assert client.get(address).status_code == 404


def test_who_animates_the_lab_that_hosts_a_day_organises_it(client, sign_in, zoe, awa, lab_id, writing, post):
    with writing():
        number = make_programme(awa, reader_group_id=lab_id, title="De la part d’Awa")
    sign_in(zoe)
    assert "Ajouter un créneau" in words(client.get(f"/programmes/{number}"))
    assert post(client, f"/programmes/{number}/cancel", {"reason": "Grève."}).status_code == 303


def test_who_made_the_day_stays_its_organiser(client, sign_in, zoe, programme_id, post):
    sign_in(zoe)
    assert post(client, f"/programmes/{programme_id}/organisers/{zoe.id}/drop").status_code == 409


def test_who_only_reads_changes_nothing(client, sign_in, lea, programme_id, writing, post):
    with writing():
        slot_id = make_slot(programme_id, at_hour(10), at_hour(11))
    sign_in(lea)
    day, slot = f"/programmes/{programme_id}", f"/programmes/slots/{slot_id}"
    page = words(client.get(day))
    assert "Ajouter un créneau" not in page
    assert "En retard" not in page
    for address in (f"{day}/cancel", f"{day}/slots/new", f"{day}/delay/undo", f"{slot}/take-off", f"{slot}/hosts"):
        assert post(client, address, {"reason": "x", "title": "x"}).status_code == 403


def test_turn_minutes_of_a_new_day_are_those_of_the_collectivity(reading, writing, as_viewer, zoe, lab_id):
    """C35 SPEC 3."""
    with writing():
        write_words("programmes", "turn_minutes", words=["9"])
    with writing():
        made = prepare_day(as_viewer(zoe), Day("Interlabos", DAY, "", "lab", lab_id), at=now()).id
    with reading():
        assert session.get_one(Programme, made).turn_minutes == 9


@pytest.mark.parametrize("words", [{"title": " "}, {"title": "x" * 161}, {"audience": "circle"}])
def test_a_day_that_is_over_is_still_written_well(writing, as_viewer, zoe, programme_id, lab_id, clock, words):
    clock.set(START + timedelta(days=9))
    values = {"title": "Interlabos", "held_on": DAY, "place": "", "audience": "intranet", "lab_group_id": lab_id}
    with writing(), pytest.raises(Invalid):
        change_day(as_viewer(zoe), session.get_one(Programme, programme_id), Day(**values | words), at=now())


def test_the_page_of_a_day_asks_each_thing_once(client, sign_in, lea, awa, lab_id, programme_id, writing, app, clock):
    """As many statements whatever the number of slots; the seats and one's own sign-ups in one, organisers in one."""
    with writing():
        for number in range(6):
            slot = make_slot(programme_id, at_hour(9 + number), at_hour(10 + number), takes_names=True)
            session.add_all(
                [Host(slot_id=slot, person_id=awa.id), SignUp(slot_id=slot, person_id=lea.id, signed_at=now())]
            )
        make_stand(programme_id, awa)
    clock.set(at_hour(9, 30))
    sign_in(lea)
    seen = []

    def note(_conn, _cursor, statement, *_rest):
        seen.append(statement)

    sa.event.listen(app.config["ENGINE"], "before_cursor_execute", note)
    try:
        assert client.get(f"/programmes/{programme_id}").status_code == 200
    finally:
        sa.event.remove(app.config["ENGINE"], "before_cursor_execute", note)
    own = [statement for statement in seen if "programmes_" in statement]
    assert len(own) <= 10
    assert sum("FROM programmes_sign_up" in statement for statement in own) == 1
