"""Slots in people's own calendars, read back by two libraries that know nothing of each other (C34 SPEC 4)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import vobject
from icalendar import Calendar

from portal.api import Audience, follow, session

from plugins.programmes.models.programme import Programme
from plugins.programmes.models.slot import SURPRISE, Host, SignUp, Slot
from plugins.programmes.queries.calendars import file_of
from plugins.programmes.queries.slots import all_slots_of
from plugins.programmes.services.days import change_day
from plugins.programmes.services.programmes import Day
from tests.plugins.programmes.factories import DAY, START, at_hour, make_programme, make_slot

PLUGINS = ["programmes"]
SECRET = {"title": "La fanfare", "words": "Elle joue faux.", "place": "Sous le kiosque"}
HARD = "Foire ; « été », \\ 50 % 🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉 et encore des mots pour passer la ligne"


def events_of(content):
    """Give the events by both libraries: icalendar's by UID, and vobject's likewise."""
    text = content if isinstance(content, bytes) else content.encode()
    one = {str(event["uid"]): event for event in Calendar.from_ical(text).walk("VEVENT")}
    other = {event.uid.value: event for event in getattr(vobject.readOne(text.decode()), "vevent_list", [])}
    assert one.keys() == other.keys()
    return one, other


@pytest.fixture
def fair(writing, programme_id):
    """Plan a workshop from 11 h to 12 h 30."""
    with writing():
        return make_slot(
            programme_id, at_hour(11), at_hour(12, 30), title=HARD, words="Une ligne\nune autre", place="A"
        )


@pytest.fixture
def uid(reading, fair):
    with reading():
        return f"{session.get_one(Slot, fair).uid}@capot-ouvert"


@pytest.fixture
def got(client, sign_in, zoe):
    """Fetch a calendar file as Zoé."""

    def fetch(url, **options):
        return sign_in(zoe).get(url, **options)

    return fetch


def test_a_slot_says_the_same_to_two_libraries(got, fair, uid):
    """C34 SPEC 4: hours in the zone of the collectivity, hard signs escaped, lines folded at 75 octets."""
    answer = got(f"/programmes/slots/{fair}.ics")
    assert answer.content_type == "text/calendar; charset=utf-8; method=PUBLISH"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="programme-slot-{fair}.ics"'
    assert max(len(line) for line in answer.data.split(b"\r\n")) <= 75
    one, other = events_of(answer.data)
    for start, end, title, words in (
        (one[uid]["dtstart"].dt, one[uid]["dtend"].dt, str(one[uid]["summary"]), str(one[uid]["description"])),
        (
            other[uid].dtstart.value,
            other[uid].dtend.value,
            other[uid].summary.value,
            other[uid].description.value,
        ),
    ):
        assert (start, end) == (at_hour(11), at_hour(12, 30))
        assert start.utcoffset() == timedelta(hours=2)
        assert title == HARD
        assert words == "Une ligne\nune autre\n\nInterlabos"


@pytest.mark.parametrize("name", ["Europe/Paris", "Indian/Reunion", "America/Miquelon", "Pacific/Noumea"])
@pytest.mark.parametrize("month", [1, 7])
def test_the_hours_hold_in_every_zone_here(app, writing, reading, programme_id, name, month):
    """C34 SPEC 4: VTIMEZONE of the collectivity, overseas too, winter and summer: vobject has no other source."""
    app.config["TIMEZONE"] = name
    starts = datetime(2026, month, 10, 9, tzinfo=UTC)
    with writing():
        make_slot(programme_id, starts, starts + timedelta(hours=1))
    with reading():
        programme = session.get_one(Programme, programme_id)
        entries = [(slot, programme) for slot in all_slots_of(programme, at=START)]
        content = file_of(entries, name="Jour", address=lambda _day, _slot: "https://x.test/").content
    assert f"TZID:{name}" in content.decode()
    _one, other = events_of(content)
    (event,) = other.values()
    assert event.dtstart.value == starts
    assert event.dtstart.value.utcoffset() == starts.astimezone(ZoneInfo(name)).utcoffset()


def test_summer_begins_at_two_by_the_clock_of_winter(writing, reading, programme_id):
    """C34 SPEC 4: RFC 5545 §3.6.5, an onset is a local time by the offset before it; the hour after it is in summer."""
    starts = datetime(2026, 3, 29, 1, 10, tzinfo=UTC)
    with writing():
        make_slot(programme_id, starts, starts + timedelta(minutes=30))
    with reading():
        programme = session.get_one(Programme, programme_id)
        entries = [(slot, programme) for slot in all_slots_of(programme, at=START)]
        content = file_of(entries, name="Jour", address=lambda _day, _slot: "https://x.test/").content
    (zone,) = Calendar.from_ical(content).walk("VTIMEZONE")
    onsets = {
        part.name: [part["dtstart"].dt, *(moment.dt for moment in part["rdate"].dts)]
        for part in zone.subcomponents
        if "rdate" in part
    }
    assert {onset.hour for onset in onsets["DAYLIGHT"]} == {2}
    assert {onset.hour for onset in onsets["STANDARD"]} == {3}
    assert datetime(2026, 3, 29, 2) in onsets["DAYLIGHT"]  # noqa: DTZ001 a local time
    _one, other = events_of(content)
    (event,) = other.values()
    assert event.dtstart.value == starts


def test_an_event_says_where_it_stands_and_which_day_calls_to_it(got, fair, uid, programme_id, writing):
    """C34 SPEC 4: RFC 5546 §3.2.1 wants an ORGANIZER of what is published; it is the day, and nobody's name."""

    def read():
        event = events_of(got(f"/programmes/slots/{fair}.ics").data)[0][uid]
        return str(event["url"]), str(event["organizer"]), event["organizer"].params["CN"]

    here = "http://localhost/programmes"
    assert read() == (f"{here}/slots/{fair}", f"{here}/{programme_id}", "Interlabos")
    with writing():
        session.get_one(Programme, programme_id).audience = "public"
    assert read() == (f"{here}/public/{programme_id}#slot-{fair}", f"{here}/public/{programme_id}", "Interlabos")


def test_an_open_end_has_no_invented_one(got, writing, programme_id):
    """C34 SPEC 1 and 4: neither DTEND nor DURATION (RFC 5545 §3.6.1), and the description says so."""
    with writing():
        number = make_slot(programme_id, at_hour(17, 30), title="After & carnaval")
    one, _other = events_of(got(f"/programmes/slots/{number}.ics").data)
    (event,) = one.values()
    assert "dtend" not in event
    assert "duration" not in event
    assert "Sans heure de fin." in event["description"]


def test_a_change_is_one_more_of_the_same_event(got, writing, fair, uid):
    """C34 SPEC 4: the UID stays and names no host, SEQUENCE grows, DTSTAMP is the change."""
    changed = at_hour(9)
    with writing():
        slot = session.get_one(Slot, fair)
        slot.sequence, slot.changed_at = 5, changed
    one, _other = events_of(got(f"/programmes/slots/{fair}.ics").data)
    event = one[uid]
    assert (event["sequence"], event["dtstamp"].dt, event["last-modified"].dt) == (5, changed, changed)
    assert uid.endswith("@capot-ouvert")


def test_a_day_that_goes_elsewhere_is_a_change_of_its_slots(got, writing, as_viewer, zoe, programme_id, fair, uid):
    """C34 SPEC 4: the place of the day is where each slot is; written again as it was, nothing changes."""
    for _twice in range(2):
        with writing():
            programme = session.get_one(Programme, programme_id)
            day = Day(programme.title, programme.held_on, "Salle des fêtes", Audience.INTRANET)
            change_day(as_viewer(zoe), programme, day, at=at_hour(9))
    one, _other = events_of(got(f"/programmes/slots/{fair}.ics").data)
    event = one[uid]
    assert (str(event["location"]), event["sequence"], event["dtstamp"].dt) == ("A, Salle des fêtes", 1, at_hour(9))


def test_a_slot_taken_off_takes_itself_off_a_calendar(got, writing, fair, uid):
    """C34 SPEC 4: METHOD:CANCEL (RFC 5546 §3.2.5)."""
    with writing():
        session.get_one(Slot, fair).cancelled_at = START
    answer = got(f"/programmes/slots/{fair}.ics")
    assert answer.content_type.endswith("method=CANCEL")
    calendar = Calendar.from_ical(answer.data)
    assert (calendar["method"], calendar.walk("VEVENT")[0]["status"]) == ("CANCEL", "CANCELLED")
    assert str(calendar.walk("VEVENT")[0]["uid"]) == uid


def test_a_day_with_one_slot_taken_off_goes_on(got, writing, programme_id, fair, uid):
    """C34 SPEC 4: the rest of the day is not cancelled with it."""
    with writing():
        make_slot(programme_id, at_hour(10), at_hour(11))
        session.get_one(Slot, fair).cancelled_at = START
    answer = got(f"/programmes/{programme_id}.ics")
    one, _other = events_of(answer.data)
    assert answer.content_type.endswith("method=PUBLISH")
    assert sorted(str(event["status"]) for event in one.values()) == ["CANCELLED", "CONFIRMED"]
    assert one[uid]["status"] == "CANCELLED"


def test_a_cancelled_day_takes_all_of_it_off(got, writing, programme_id, fair):
    """C34 SPEC 4."""
    with writing():
        session.get_one(Programme, programme_id).cancelled_at = START
    answer = got(f"/programmes/{programme_id}.ics")
    assert answer.content_type.endswith("method=CANCEL")
    assert b"STATUS:CANCELLED" in answer.data


def test_a_day_without_slots_is_still_a_calendar(got, programme_id):
    """RFC 5545 §3.6: a calendar holds one component at least."""
    assert Calendar.from_ical(got(f"/programmes/{programme_id}.ics").data).walk("VTIMEZONE")


@pytest.fixture
def surprise(writing, programme_id):
    with writing():
        return make_slot(
            programme_id, at_hour(14), at_hour(14, 30), kind=SURPRISE, reveals_at=at_hour(14), sequence=3, **SECRET
        )


def test_a_calendar_keeps_a_surprise(got, clock, post, client, programme_id, surprise):
    """C34 SPEC 2 and 4: absent from every file before its time; then it is a change that calendars take."""
    post(got("/programmes/agenda") and client, "/programmes/agenda/feed")
    feed = client.get("/programmes/agenda").text.split("/programmes/feed/")[1].split("<")[0]
    doors = (f"/programmes/{programme_id}.ics", f"/programmes/slots/{surprise}.ics", f"/programmes/feed/{feed}")
    for door in doors:
        content = client.get(door).data
        one, _other = events_of(content)
        (event,) = one.values()
        assert (str(event["summary"]), event["sequence"]) == ("Surprise\u00a0!", 3)
        assert not [word for word in SECRET.values() if word in content.decode().replace("\r\n ", "")]
    clock.set(at_hour(14))
    for door in doors:
        one, _other = events_of(client.get(door).data)
        (event,) = one.values()
        assert (str(event["summary"]), event["sequence"], event["dtstamp"].dt) == ("La fanfare", 4, at_hour(14))


def test_a_surprise_taken_off_keeps_its_secret(got, clock, writing, surprise):
    """C34 SPEC 2: what was never shown is not told because an hour has passed."""
    with writing():
        session.get_one(Slot, surprise).cancelled_at = START
    clock.set(at_hour(18))
    assert "fanfare" not in got(f"/programmes/slots/{surprise}.ics").text


def test_a_surprise_of_a_cancelled_day_keeps_its_secret(got, clock, writing, programme_id, surprise):
    """C34 SPEC 2."""
    with writing():
        session.get_one(Programme, programme_id).cancelled_at = START
    clock.set(at_hour(18))
    for door in (f"/programmes/{programme_id}.ics", f"/programmes/slots/{surprise}.ics"):
        assert "fanfare" not in got(door).text


@pytest.fixture
def feed(client, sign_in, post, awa):
    """Open the feed of Awa; give its address."""
    sign_in(awa)
    assert post(client, "/programmes/agenda/feed").status_code == 303
    assert post(client, "/programmes/agenda/feed").status_code == 303
    return "/programmes/feed/" + client.get("/programmes/agenda").text.split("/programmes/feed/")[1].split("<")[0]


def titles_in(answer):
    one, _other = events_of(answer.data)
    return {str(event["summary"]) for event in one.values()}


def test_a_feed_holds_what_concerns_its_owner(new_client, as_viewer, writing, feed, awa, zoe, programme_id):
    """C34 SPEC 4: signed up for, run, organised, followed; nothing else, and nothing of a day one may not read."""
    with writing():
        signed, run, other = (make_slot(programme_id, at_hour(9 + n), title=f"Moment {n}") for n in range(3))
        session.add(SignUp(slot_id=signed, person_id=awa.id, signed_at=START))
        session.add(Host(slot_id=run, person_id=awa.id))
        own = make_programme(awa, held_on=date(2026, 10, 1))
        make_slot(own, START + timedelta(days=22), title="Ma journée")
        followed = make_programme(zoe, held_on=date(2026, 10, 2))
        make_slot(followed, START + timedelta(days=23), title="Suivie")
        follow(as_viewer(awa), session.get_one(Programme, followed).subject, at=START)
        closed = make_programme(zoe, audience="lab")
        hidden = make_slot(closed, at_hour(8), title="Fermé")
        session.add(SignUp(slot_id=hidden, person_id=awa.id, signed_at=START))
    assert other
    assert titles_in(new_client().get(feed)) == {"Moment 0", "Moment 1", "Ma journée", "Suivie"}


def test_a_feed_says_what_was_taken_off(new_client, writing, feed, awa, fair, uid):
    """C34 SPEC 4: a calendar that asks again is told; it is one file of many events, so METHOD stays PUBLISH."""
    with writing():
        session.add(SignUp(slot_id=fair, person_id=awa.id, signed_at=START))
        session.get_one(Slot, fair).cancelled_at = START
    answer = new_client().get(feed)
    assert answer.content_type.endswith("method=PUBLISH")
    one, _other = events_of(answer.data)
    assert one[uid]["status"] == "CANCELLED"


def test_a_feed_that_did_not_change_is_not_sent_again(new_client, writing, feed, awa, fair):
    """The file says the same until something changes: DTSTAMP is no clock."""
    with writing():
        session.add(SignUp(slot_id=fair, person_id=awa.id, signed_at=START))
    asking = new_client()
    first = asking.get(feed)
    again = asking.get(feed, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    with writing():
        session.get_one(Slot, fair).title = "Autre"
    assert asking.get(feed, headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


def test_a_feed_closes_when_its_owner_wishes(client, new_client, post, feed):
    """It stands among « mes adresses » too, and dies at once."""
    assert "Mes journées, dans mon agenda" in client.get("/account").text
    assert post(client, "/programmes/agenda/feed/close").status_code == 303
    assert new_client().get(feed).status_code == 404
    assert "Créer l’adresse" in client.get("/programmes/agenda").text


def test_the_page_lists_what_is_to_come(client, sign_in, writing, awa, fair, programme_id):
    with writing():
        session.add(SignUp(slot_id=fair, person_id=awa.id, signed_at=START))
        make_slot(programme_id, at_hour(15), title="Pas pour elle")
    text = sign_in(awa).get("/programmes/agenda").text
    assert "Foire ; « été »" in text
    assert "Pas pour elle" not in text


def test_what_one_may_not_read_has_no_file(client, sign_in, lea, writing, zoe, lab_id):
    with writing():
        closed = make_programme(zoe, audience="lab", reader_group_id=lab_id)
        number = make_slot(closed, at_hour(9))
    sign_in(lea)
    assert client.get(f"/programmes/{closed}.ics").status_code == 404
    assert client.get(f"/programmes/slots/{number}.ics").status_code == 404


def test_a_public_day_is_for_everybody(client, writing, zoe, lab_id):
    with writing():
        number = make_programme(zoe, audience="public", held_on=DAY)
        make_slot(number, at_hour(9))
    content = client.get(f"/programmes/{number}.ics")
    assert (content.status_code, "Set-Cookie" in content.headers) == (200, False)
    assert f"/programmes/public/{number}" in content.text.replace("\r\n ", "")
