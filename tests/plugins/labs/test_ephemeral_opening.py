"""Opening an ephemeral lab: five fields, by a member, within its bounds (C01 SPEC 1 and 2)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import pytest
import sqlalchemy as sa

from portal.api import Forbidden, Invalid, session
from portal.content.models import AuditEntry

from plugins.labs.models.ephemeral import Ephemeral, Participant
from plugins.labs.models.lab import Lab
from plugins.labs.services.opening import Plan, open_ephemeral
from tests.plugins.labs.ephemeral_factories import make_ephemeral
from tests.plugins.labs.factories import make_lab

PLUGINS = ["labs"]
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
QUESTION = "Comment accueillir quelqu’un sans messagerie ?"


@pytest.fixture
def awa(app, make_user):
    return make_user(name="Awa M.")


@pytest.fixture
def lab(app, awa, writing, clock):
    clock.set(NOON)
    with writing():
        return make_lab(members=[awa])


class _Sent(HTMLParser):
    """What a browser would send if one only pressed the button of the main form."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: dict[str, str] = {}
        self.inside, self.select, self.area = False, "", ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.inside = given.get("class") == "form"
        elif self.inside and tag == "select":
            self.select = given["name"]
        elif self.inside and tag == "textarea":
            self.area = given["name"]
        elif self.inside and tag == "option" and (self.select not in self.sent or "selected" in given):
            self.sent[self.select] = given["value"]
        elif self.inside and tag == "input":
            self._input(given)

    def _input(self, given: dict[str, str]) -> None:
        if given["name"] != "csrf_token" and (given["type"] not in {"radio", "checkbox"} or "checked" in given):
            self.sent[given["name"]] = given.get("value", "")

    def handle_data(self, data: str) -> None:
        if self.area:
            self.sent[self.area] = data.strip()

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.area = ""


def _as_shown(page: str) -> dict[str, str]:
    parser = _Sent()
    parser.feed(page)
    return parser.sent


def _opened(reading) -> list[Ephemeral]:
    with reading():
        found = list(session.scalars(sa.select(Ephemeral).order_by(Ephemeral.id)))
        session.expunge_all()
        return found


def _plan(**values):
    return Plan(**({"question": QUESTION, "starts_at": NOON, "minutes": 60, "place": "", "audience": "lab"} | values))


def test_the_form_asks_five_things_and_never_which_lab(lab, awa, sign_in):
    # C01 SPEC 1
    form = sign_in(awa).get(f"/labs/{lab}/open").text.split('class="form"')[1].split("</form>")[0]
    shown, folded = form.split("<details")
    asked = set(re.findall(r'name="(\w+)"', shown)) - {"csrf_token"}
    assert asked == {"question", "starts_at", "minutes", "place", "audience"}
    assert set(re.findall(r'name="(\w+)"', folded)) == {"allows_guests", "continues_id"}
    assert "lab_id" not in form


def test_from_the_page_of_the_lab_one_opens_in_three_taps(lab, awa, sign_in, post, reading):
    # C01 SPEC 1: open the form, write the question, press the button; everything else is filled in beforehand
    client = sign_in(awa)
    assert f'href="/labs/{lab}/open"' in client.get(f"/labs/{lab}").text
    sent = _as_shown(client.get(f"/labs/{lab}/open").text)
    answer = post(client, f"/labs/{lab}/open", sent | {"question": QUESTION})
    assert answer.status_code == 303
    (ephemeral,) = _opened(reading)
    assert (ephemeral.question, ephemeral.audience, ephemeral.place) == (QUESTION, "lab", "Salle des Dunes")
    assert ephemeral.ends_at - ephemeral.starts_at == timedelta(hours=1)
    page = client.get(answer.location).text
    assert "Le labo est ouvert et vous y êtes." in page
    assert QUESTION in page


@pytest.mark.parametrize(
    ("audience", "readers"),
    [("lab", {"Awa M."}), ("network", {"Awa M.", "Zoé L."}), ("intranet", {"Awa M.", "Zoé L.", "Bo T."})],
)
def test_the_audience_that_was_chosen_is_who_reads(
    lab, awa, make_user, sign_in, post, reading, writing, audience, readers
):
    # C01 SPEC 1; G7: a lab by itself, the labs among themselves, all agents
    elsewhere, agent = make_user(name="Zoé L."), make_user(name="Bo T.")
    with writing():
        make_lab("Autre labo", members=[elsewhere])
    client = sign_in(awa)
    sent = _as_shown(client.get(f"/labs/{lab}/open").text)
    page = post(client, f"/labs/{lab}/open", sent | {"question": QUESTION, "audience": audience}).location
    (ephemeral,) = _opened(reading)
    assert ephemeral.audience == audience
    assert {who.name for who in (awa, elsewhere, agent) if sign_in(who).get(page).status_code == 200} == readers


def test_any_member_opens_and_nobody_else(lab, app, make_user, sign_in, post, reading):
    # C01 SPEC 1
    stranger = make_user(name="Bruno D.")
    client = sign_in(stranger)
    assert client.get(f"/labs/{lab}/open").status_code == 403
    assert post(client, f"/labs/{lab}/open", {"question": QUESTION}).status_code == 403
    assert _opened(reading) == []


def test_the_service_refuses_a_stranger_too(lab, app, make_user, as_viewer, writing):
    # C01 SPEC 1
    stranger = make_user(name="Bruno D.")
    with writing(), pytest.raises(Forbidden):
        open_ephemeral(as_viewer(stranger), session.get_one(Lab, lab), plan=_plan(), at=NOON)


def test_the_lab_is_the_one_of_the_address(lab, awa, sign_in, writing, post, reading):
    # C01 SPEC 1
    with writing():
        other = make_lab("Autre labo", members=[awa])
    client = sign_in(awa)
    sent = _as_shown(client.get(f"/labs/{other}/open").text)
    assert post(client, f"/labs/{other}/open", sent | {"question": QUESTION, "lab_id": str(lab)}).status_code == 303
    (ephemeral,) = _opened(reading)
    assert ephemeral.lab_id == other != lab


def test_somebody_not_signed_in_is_asked_to(lab, client):
    answer = client.get(f"/labs/{lab}/open")
    assert answer.status_code in {302, 303, 401}


@pytest.mark.parametrize(
    ("bound", "minutes", "accepted"),
    [
        ({}, 1440, True),
        ({}, 1441, False),
        ({"max_minutes": 60}, 60, True),
        ({"max_minutes": 60}, 120, False),
        ({}, 1, True),
        ({}, 0, False),
        ({}, -60, False),
    ],
)
def test_a_lab_ends_within_the_bound_of_its_lab(app, awa, as_viewer, writing, clock, bound, minutes, accepted):
    # C01 SPEC 2: one day, unless the animators of the lab chose otherwise; it ends after it starts
    clock.set(NOON)
    with writing():
        lab = session.get_one(Lab, make_lab(members=[awa], **bound))
    with writing():
        lab = session.merge(lab)
        if not accepted:
            with pytest.raises(Invalid):
                open_ephemeral(as_viewer(awa), lab, plan=_plan(minutes=minutes), at=NOON)
            return
        ephemeral = open_ephemeral(as_viewer(awa), lab, plan=_plan(minutes=minutes), at=NOON)
        assert ephemeral.ends_at == NOON + timedelta(minutes=minutes)


def test_the_end_is_mandatory(app):
    # C01 SPEC 2
    assert not Ephemeral.__table__.c.ends_at.nullable


def test_the_longest_duration_offered_is_the_one_of_the_lab(app, awa, sign_in, writing):
    # C01 SPEC 2
    with writing():
        short, long = make_lab(members=[awa], max_minutes=60), make_lab(members=[awa], max_minutes=90 * 1440)
    client = sign_in(awa)
    assert 'value="120"' not in client.get(f"/labs/{short}/open").text
    assert f'value="{90 * 1440}"' in client.get(f"/labs/{long}/open").text


def test_a_refused_form_keeps_every_word_and_says_what_to_do(lab, awa, sign_in, post, reading):
    client = sign_in(awa)
    sent = _as_shown(client.get(f"/labs/{lab}/open").text)
    answer = post(
        client, f"/labs/{lab}/open", sent | {"question": QUESTION, "place": "Au dépôt", "starts_at": "2026-11-20T09:00"}
    )
    assert answer.status_code == 422
    assert "Ce début est déjà passé." in answer.text
    assert QUESTION in answer.text
    assert "Au dépôt" in answer.text
    assert _opened(reading) == []


def test_a_question_is_needed(lab, awa, sign_in, post, reading):
    client = sign_in(awa)
    sent = _as_shown(client.get(f"/labs/{lab}/open").text)
    assert post(client, f"/labs/{lab}/open", sent | {"question": "   "}).status_code == 422
    assert _opened(reading) == []


def test_a_form_left_open_while_one_thinks_opens_at_the_moment_of_the_click(lab, awa, sign_in, post, reading, clock):
    client = sign_in(awa)
    sent = _as_shown(client.get(f"/labs/{lab}/open").text)
    clock.advance(minutes=25)
    assert post(client, f"/labs/{lab}/open", sent | {"question": QUESTION}).status_code == 303
    (ephemeral,) = _opened(reading)
    assert ephemeral.starts_at >= NOON + timedelta(minutes=25)
    assert ephemeral.ends_at - ephemeral.starts_at == timedelta(minutes=60)


def test_a_second_click_opens_nothing_more(lab, awa, sign_in, post, reading):
    client = sign_in(awa)
    sent = _as_shown(client.get(f"/labs/{lab}/open").text) | {"question": QUESTION}
    first, second = (post(client, f"/labs/{lab}/open", sent) for _click in range(2))
    assert first.location == second.location
    assert len(_opened(reading)) == 1


def test_a_second_click_announces_nothing_more(lab, awa, sign_in, post, reading):
    client = sign_in(awa)
    sent = _as_shown(client.get(f"/labs/{lab}/open").text) | {"question": QUESTION, "starts_at": "2026-11-25T09:30"}
    first, second = (post(client, f"/labs/{lab}/open", sent) for _click in range(2))
    assert first.location == second.location
    assert len(_opened(reading)) == 1


def test_whoever_opens_a_lab_now_is_in_it_and_whoever_announces_one_is_not(lab, awa, as_viewer, writing):
    with writing():
        permanent = session.get_one(Lab, lab)
        opened = open_ephemeral(as_viewer(awa), permanent, plan=_plan(), at=NOON)
        later = _plan(question="Et demain ?", starts_at=NOON + timedelta(days=1))
        open_ephemeral(as_viewer(awa), permanent, plan=later, at=NOON)
        came = session.execute(sa.select(Participant.ephemeral_id, Participant.person_id)).all()
        assert [tuple(row) for row in came] == [(opened.id, awa.id)]


def test_an_opening_is_published_and_an_announcement_recorded(lab, awa, as_viewer, writing, reading):
    # G1
    with writing():
        permanent = session.get_one(Lab, lab)
        open_ephemeral(as_viewer(awa), permanent, plan=_plan(), at=NOON)
        later = _plan(question="Et demain ?", starts_at=NOON + timedelta(days=1))
        open_ephemeral(as_viewer(awa), permanent, plan=later, at=NOON)
    with reading():
        actions = list(session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.id)))
    assert [action for action in actions if action.startswith("labs.ephemeral_")] == [
        "labs.ephemeral_opened",
        "labs.ephemeral_announced",
    ]


def test_nothing_opens_in_a_closed_lab(app, awa, sign_in, writing, post, reading, clock):
    clock.set(NOON)
    with writing():
        lab = make_lab(members=[awa], closed_at=NOON)
    client = sign_in(awa)
    sent = _as_shown(client.get(f"/labs/{lab}/open").text) | {"question": QUESTION}
    answer = post(client, f"/labs/{lab}/open", sent)
    assert answer.status_code == 422
    assert "Ce labo est fermé" in answer.text
    assert _opened(reading) == []


def test_a_lab_of_another_lab_is_not_continued(lab, awa, app, as_viewer, writing):
    with writing():
        other = make_ephemeral(make_lab(name="Ailleurs", members=[awa]), awa)
        with pytest.raises(Invalid):
            plan = _plan(continues_id=other)
            open_ephemeral(as_viewer(awa), session.get_one(Lab, lab), plan=plan, at=NOON)


@pytest.mark.parametrize("value", ["99999999999999999999", "2147483648", "-1", "0", "x", ""])
@pytest.mark.parametrize("argument", ["sown", "continues"])
def test_an_origin_that_no_lab_can_have_is_left_out(lab, awa, sign_in, argument, value):
    assert sign_in(awa).get(f"/labs/{lab}/open?{argument}={value}").status_code == 200
