"""Two at once: two who write the same thing, two clicks of one hand. Nothing goes quietly, nothing is there twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import sqlalchemy as sa

from portal.api import Subject, now, session

from plugins.programmes.models.programme import Organiser, Programme
from plugins.programmes.models.slot import Host, SignUp, Slot
from plugins.programmes.models.stand import Holder, Stand
from tests.plugins.labs.pages import hidden_of, words
from tests.plugins.programmes.factories import at_hour, make_slot, make_stand

PLUGINS = ["programmes"]
AGAIN = "Entre-temps, ceci a été modifié sur une autre page"
DAY = {"title": "Interlabos", "held_on": "2026-09-10", "place": "Halle", "audience": "intranet"}
SLOT = {"kind": "plenary", "title": "Foire", "starts": "10:00", "ends": "11:00"}
STAND = {"title": "Labo de Dunkerque", "point_1": "Une cabane", "place": "", "lab_group_id": 0}
ONE_KIND = {
    "day": ("/programmes/new", {**DAY, "lab": 0, "held_on": "2026-10-01"}, Programme),
    "copy": ("{day}/copy", {"title": "Encore", "held_on": "2026-12-03"}, Programme),
    "slot": ("{day}/slots/new", SLOT, Slot),
    "stand": ("{day}/stands/new", STAND, Stand),
    "organiser": ("{day}/organisers", {"person": "Léa Petit"}, Organiser),
    "host": ("/programmes/slots/{slot}/hosts", {"person": "Léa Petit"}, Host),
    "holder": ("/programmes/stands/{stand}/holders", {"person": "Léa Petit"}, Holder),
}


@pytest.fixture
def there(writing, programme_id):
    """Let the day have a slot and a stand; give the parts of addresses."""
    with writing():
        slot = make_slot(programme_id, at_hour(14), at_hour(15), title="Atelier", words="Des idées.")
        stand = make_stand(programme_id)
    return {"day": f"/programmes/{programme_id}", "slot": slot, "stand": stand}


@pytest.fixture
def organiser(client, sign_in, zoe):
    """Sign Zoé in."""
    return sign_in(zoe)


def _second_saver(organiser, post, address, first, second):
    """Let two windows save, one after the other; give what the second reads, then let it send again."""
    shown = hidden_of(organiser.get(address))
    assert post(organiser, address, {**shown, **first}).status_code == 303
    answer = post(organiser, address, {**shown, **second})
    assert answer.status_code == 422
    assert AGAIN in words(answer)
    assert post(organiser, address, {**hidden_of(answer), **second}).status_code == 303
    return answer


def test_the_second_who_saves_a_day_reads_what_the_first_wrote_and_keeps_their_words(organiser, post, there, reading):
    """C34: nothing goes quietly."""
    first, second = {**DAY, "place": "Gare"}, {**DAY, "title": "Interlabos 2", "audience": "lab"}
    answer = _second_saver(organiser, post, f"{there['day']}/change", first, second)
    page = words(answer)
    assert "3 choses à revoir" in page
    assert "Entre-temps, on y lit : « Gare »" in page
    assert "Entre-temps, on y lit : « Interlabos »" in page
    assert "Entre-temps, on y lit : Tous les agents" in page
    assert 'value="Interlabos 2"' in answer.text
    assert "Interlabos 2" in words(organiser.get(there["day"]))


def test_the_second_who_saves_a_slot_reads_the_hours_of_the_first(organiser, post, there, reading):
    """C34 SPEC 1: hours, track and seats as they are now, beside their fields."""
    base = {"kind": "workshop", "title": "Atelier", "starts": "14:00", "ends": "15:00", "track": "", "seats": ""}
    first = {**base, "starts": "14:20", "track": "Atelier 1", "takes_names": "y", "seats": "12", "words": "Des idées."}
    answer = _second_saver(
        organiser, post, f"/programmes/slots/{there['slot']}/change", first, {**base, "words": "Plus d’idées."}
    )
    said = ("14:20", "« Atelier 1 »", "oui", "« 12 »", "« Des idées. »")
    assert all(f"Entre-temps, on y lit : {value}" in words(answer) for value in said)
    assert "Plus d’idées.</textarea>" in answer.text
    assert "<details open" in answer.text


def test_the_second_who_fills_the_unexpected_reads_what_it_was(organiser, post, there, writing, clock, programme_id):
    """C09 SPEC 6."""
    with writing():
        slot = make_slot(programme_id, at_hour(17), at_hour(18), kind="unexpected", title="")
    clock.set(at_hour(16))
    address = f"/programmes/slots/{slot}/fill"
    answer = _second_saver(organiser, post, address, {"title": "Un lâcher de ballons"}, {"title": "Une chorale"})
    assert "Entre-temps, on y lit : « Un lâcher de ballons »" in words(answer)


def test_the_second_who_saves_a_stand_reads_what_the_first_wrote(organiser, post, there):
    """C35 SPEC 1."""
    address = f"/programmes/stands/{there['stand']}/change"
    answer = _second_saver(organiser, post, address, {**STAND, "place": "table 3"}, {**STAND, "point_1": "Deux"})
    assert "Entre-temps, on y lit : « table 3 »" in words(answer)


def test_a_form_refused_for_something_else_still_knows_with_which_words_it_was_shown(organiser, post, there):
    address = f"{there['day']}/change"
    shown = hidden_of(organiser.get(address))
    post(organiser, address, {**shown, **DAY, "place": "Gare"})
    answer = post(organiser, address, {**shown, **DAY, "title": ""})
    assert AGAIN not in words(answer)
    assert AGAIN in words(post(organiser, address, {**hidden_of(answer), **DAY}))


def test_who_writes_the_same_as_the_first_is_not_told_of_them(organiser, post, there):
    address = f"{there['day']}/change"
    shown = hidden_of(organiser.get(address))
    for _window in range(2):
        assert post(organiser, address, {**shown, **DAY}).status_code == 303


@pytest.mark.parametrize("kind", ONE_KIND)
def test_two_clicks_make_one_thing_and_both_answer_its_page(sign_in, post, there, zoe, lea, reading, kind):
    """At the same instant, then once more: never a page of error, never two of them."""
    address, sent, table = ONE_KIND[kind]
    address = address.format(**there)
    with reading():
        before = len(session.scalars(sa.select(table)).all())
    browsers = [sign_in(zoe), sign_in(zoe)]
    barrier = Barrier(2)

    def click(browser):
        barrier.wait()
        return post(browser, address, sent)

    with ThreadPoolExecutor(2) as pool:
        answers = [*pool.map(click, browsers), post(browsers[0], address, sent)]
    assert [answer.status_code for answer in answers] == [303, 303, 303]
    assert len({answer.location for answer in answers}) == 1
    with reading():
        assert len(session.scalars(sa.select(table)).all()) == before + 1


def test_a_second_click_on_a_stand_still_names_who_holds_it(organiser, post, there, reading, lea):
    address = f"{there['day']}/stands/new"
    for holder in ("", lea.name):
        assert post(organiser, address, {**STAND, "title": "Labo de Paris", "holder": holder}).status_code == 303
    with reading():
        assert session.scalars(sa.select(Holder.person_id)).all() == [lea.id]


UNDONE = {
    "sign off": "/programmes/slots/{slot}/stay-away",
    "host": "/programmes/slots/{slot}/hosts/{who}/drop",
    "organiser": "{day}/organisers/{who}/drop",
    "holder": "/programmes/stands/{stand}/holders/{who}/remove",
    "wall": "{day}/screen",
    "feed": "/programmes/agenda/feed",
}
RECORDED = {
    "sign off": ("programmes.slot", "programmes.signed_off"),
    "host": ("programmes.slot", "programmes.host_dropped"),
    "organiser": ("programmes.programme", "programmes.organiser_dropped"),
    "holder": ("programmes.stand", "programmes.holder_removed"),
    "wall": ("programmes.programme", "programmes.wall_opened"),
    "feed": ("programmes.agenda", "programmes.feed_opened"),
}


@pytest.mark.parametrize("kind", UNDONE)
def test_two_clicks_at_the_same_instant_are_one_act(
    sign_in, post, there, zoe, writing, audit_of, kind, lea, programme_id
):
    """G1: what was taken back or opened stands once in the log; nobody reads a page of error."""
    with writing():
        session.add(SignUp(slot_id=there["slot"], person_id=zoe.id, signed_at=now()))
        session.add(Host(slot_id=there["slot"], person_id=lea.id))
        session.add(Organiser(programme_id=programme_id, person_id=lea.id))
        session.add(Holder(stand_id=there["stand"], person_id=lea.id))
    address = UNDONE[kind].format(**there, who=lea.id)
    browsers = [sign_in(zoe) for _window in range(4)]
    barrier = Barrier(4)

    def click(browser):
        barrier.wait()
        return post(browser, address).status_code

    with ThreadPoolExecutor(4) as pool:
        assert [*pool.map(click, browsers)] == [303] * 4
    of, act = RECORDED[kind]
    numbers = {
        "programmes.slot": there["slot"],
        "programmes.stand": there["stand"],
        "programmes.programme": programme_id,
    }
    assert audit_of(Subject(of, numbers.get(of, 0))).count(act) == 1


def test_a_day_is_not_made_again_over_one_that_is_prepared(organiser, post, there, clock):
    """C34: a lab prepares one day for a date; who comes to the copy would not know of the other."""
    address = f"{there['day']}/copy"
    assert post(organiser, address, {"title": "Encore", "held_on": "2026-12-03"}).status_code == 303
    clock.advance(minutes=3)
    for title in ("Encore", "Autre chose"):
        answer = post(organiser, address, {"title": title, "held_on": "2026-12-03"})
        assert answer.status_code == 422
        assert "« Encore » est déjà préparée ce jour-là" in words(answer)
    assert post(organiser, address, {"title": "Encore", "held_on": "2026-12-04"}).status_code == 303
