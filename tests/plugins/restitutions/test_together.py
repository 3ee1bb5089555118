"""Two at the same instant: a double click is one restitution, two workers ask of a video once (C33)."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread

import pytest
import sqlalchemy as sa

from portal.api import PortalError, session
from portal.people.sessions import viewer_of

from plugins.restitutions.models import Consent, Restitution
from plugins.restitutions.services.consents import add_consent, agree, agree_to_no_others, remove, take_back
from plugins.restitutions.services.looking import look_next, take_next
from plugins.restitutions.services.publishing import Said, change
from plugins.restitutions.values.readers import Readers
from plugins.restitutions.views.loaders import own_consent
from tests.outside import answer
from tests.plugins.restitutions.factories import START, again, make_film, make_link, received
from tests.plugins.restitutions.waiting import wait_until_somebody_waits

PLUGINS = ["restitutions"]
pytestmark = pytest.mark.usefixtures("day")
ROUNDS = 6
PATIENCE_SECONDS = 20
GONE = answer(b"", status="404 Not Found")
WEEK = timedelta(days=7)


def numbers(reading):
    with reading():
        return list(session.scalars(sa.select(Restitution.id).order_by(Restitution.id)))


def test_a_link_that_is_added_twice_at_once_is_one_and_both_land_on_it(awa, at_once, reading):
    for turn in range(1, ROUNDS + 1):
        landed = []
        add = lambda turn=turn, landed=landed: landed.append(make_link(awa, title=f"Vidéo {turn}", clear=False).id)  # noqa: E731
        assert at_once(add, add) == ["done", "done"]
        assert landed == [landed[0]] * 2
        assert len(numbers(reading)) == turn


def test_a_file_that_is_sent_twice_at_once_is_one_and_both_land_on_it(app, awa, at_once, reading):
    for turn in range(1, ROUNDS + 1):
        landed = []
        with app.app_context():
            uploads = [received(), received()]
        sends = [
            lambda upload=upload, turn=turn, landed=landed: landed.append(
                make_film(awa, upload, title=f"Film {turn}", clear=False).id
            )
            for upload in uploads
        ]
        assert at_once(*sends) == ["done", "done"]
        assert landed == [landed[0]] * 2
        assert len(numbers(reading)) == turn


@pytest.fixture
def watched(app, outside, link, settle):
    """Add a link that is watched, and was found; its host has it no longer."""
    outside.says["*"] = answer(b"{}")
    number = link()
    settle(watch="y")
    with app.app_context():
        assert look_next(START)
    outside.says["*"] = GONE
    outside.asked.clear()
    return number


def failures(reading, number):
    with reading():
        return again(number).failures, again(number).status


def test_a_second_worker_asks_nothing_of_what_the_first_is_asking(app, outside, watched, reading):
    """C33 SPEC 8: two failures are two weeks, not two workers."""
    found = []

    def meanwhile(there, _over):
        outside.says["*"] = GONE
        with app.app_context():
            found.append(look_next(START + WEEK))
        there.sendall(GONE)

    outside.says["*"] = meanwhile
    with app.app_context():
        look_next(START + WEEK)
    assert found == [False]
    assert len(outside.asked) == 1
    assert failures(reading, watched) == (1, "published")


def test_two_workers_that_begin_together_share_the_round(app, outside, watched, link, reading):
    """C33 SPEC 8."""
    other, start = link("https://vimeo.com/76979871", title="b"), Barrier(2)

    def work():
        with app.app_context():
            start.wait(PATIENCE_SECONDS)
            while look_next(START + WEEK):
                pass

    workers = [Thread(target=work) for _worker in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(PATIENCE_SECONDS)
    assert sorted(line.split()[0] for line in outside.asked) == ["vimeo.com", "www.youtube.com"]
    assert failures(reading, watched) == (1, "published")
    assert failures(reading, other) == (1, "published")


def test_a_worker_passes_over_what_another_is_taking(app, outside, writing, watched, database):
    """C33 SPEC 8: nobody waits for a row that somebody else is about to ask about."""

    def work():
        with app.app_context():
            look_next(START + WEEK)

    other = Thread(target=work)
    with writing():
        number, _place, _has_picture = take_next(START + WEEK)
        other.start()
        if database.kind == "postgresql":  # SQLite lets one write at a time
            other.join(PATIENCE_SECONDS)
            assert not other.is_alive()
    other.join(PATIENCE_SECONDS)
    assert number == watched
    assert outside.asked == []


@pytest.mark.parametrize("act", ["agree", "remove"])
def test_a_name_that_is_taken_out_meanwhile_is_no_fault(act, awa, at_once, writing, reading):
    """C33 SPEC 7: whoever comes second is told, whichever they wanted."""
    with reading():
        actor = viewer_of(awa.id)
    for turn in range(ROUNDS):
        with writing():
            made = make_link(awa, title=f"Vidéo {turn}", clear=False)
            number = add_consent(actor, made, "Bo Lang", at=START).id
        load = lambda number=number: own_consent(actor, consent_id=number)  # noqa: E731
        take_out = lambda load=load: remove(actor, load(), at=START)  # noqa: E731
        say_yes = lambda load=load: agree(None, load(), at=START)  # noqa: E731
        met = at_once(take_out, say_yes if act == "agree" else take_out)
        assert set(met) <= {"done", "Conflict", "Invalid", "NotFound"}
        assert "done" in met


NETWORK, EVERYBODY = Readers("network"), Readers("intranet")


def widen(owner, number, readers=EVERYBODY):
    """Open a video to others, as its author."""
    said = Said(title="Vidéo", captions="yes", transcript="yes", audience=readers.audience)
    change(viewer_of(owner.id), again(number), said, [], at=START)


def asked(writing, owner, who):
    """Add a video for the network, in which somebody is filmed; give its number and that of the consent."""
    with writing():
        made = make_link(owner, title="Vidéo", clear=False, audience=NETWORK.audience)
        return made.id, add_consent(viewer_of(owner.id), made, at=START, person_id=who.id).id


def test_a_yes_that_comes_while_it_is_opened_to_others_is_not_one_to_them(awa, lea, writing, reading, database):
    """C33 SPEC 7: the restitution is held first, by both; nobody is shown to whom they were not asked about."""
    number, consent = asked(writing, awa, lea)
    met = []

    def say_yes():
        try:
            with writing():
                agree(viewer_of(lea.id), session.get_one(Consent, consent), seen=NETWORK.edition, at=START)
        except PortalError as refusal:
            met.append(type(refusal).__name__)

    answering = Thread(target=say_yes)
    with writing():
        widen(awa, number)
        answering.start()
        if database.kind == "postgresql":  # SQLite lets one write at a time
            wait_until_somebody_waits()
    answering.join(PATIENCE_SECONDS)
    assert met == ["ReadersChanged"]
    with reading():
        assert (again(number).status, again(number).audience) == ("to_clear", "intranet")
        assert session.get_one(Consent, consent).given_on is None


@pytest.mark.parametrize("answer", [agree, agree_to_no_others, take_back])
def test_opened_to_others_at_once_with_an_answer_it_is_found_by_nobody_unasked(
    answer, awa, lea, at_once, writing, reading
):
    """C33 SPEC 7: whoever comes first."""
    for _turn in range(ROUNDS):
        number, consent = asked(writing, awa, lea)
        with writing():
            agree(viewer_of(lea.id), session.get_one(Consent, consent), at=START)
        seen = {"seen": NETWORK.edition} if answer is agree else {}
        say = lambda consent=consent, seen=seen: answer(  # noqa: E731
            viewer_of(lea.id), session.get_one(Consent, consent), **seen, at=START
        )
        met = at_once(lambda number=number: widen(awa, number), say)
        assert set(met) <= {"done", "ReadersChanged", "Conflict"}
        with reading():
            found = again(number)
            assert session.get_one(Consent, consent).agreed == NETWORK
            assert (found.status == "withdrawn") == (answer is take_back)
            assert found.status != "published" or found.audience == NETWORK.audience
        if answer is not take_back:
            with writing():
                widen(awa, number, NETWORK)
                assert again(number).status == "published"
        with writing():
            session.execute(sa.update(Restitution).values(status="withdrawn"))  # the next is no second click
