"""While a lab runs: joined, left, made longer once, corrected; before, called off; after, sown again (C01)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from portal.api import Invalid, record, session
from portal.content.models import AuditEntry

from plugins.labs.models.ephemeral import Ephemeral, Participant
from plugins.labs.models.lab import Lab
from plugins.labs.services.opening import Plan, open_ephemeral
from plugins.labs.services.running import extend_ephemeral, may_extend_by
from tests.plugins.labs.ephemeral_factories import QUESTION, make_ephemeral
from tests.plugins.labs.factories import make_lab
from tests.plugins.labs.pages import words

PLUGINS = ["labs"]
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.fixture
def awa(app, make_user):
    return make_user(name="Awa M.")


@pytest.fixture
def bruno(app, make_user):
    return make_user(name="Bruno D.")


@pytest.fixture
def lab(app, awa, bruno, writing, clock):
    clock.set(NOON)
    with writing():
        return make_lab(members=[awa, bruno])


@pytest.fixture
def number(lab, awa, writing):
    """An open lab of one hour, with its opener in it."""
    with writing():
        return make_ephemeral(lab, awa, people=[awa])


def _row(reading, number) -> Ephemeral:
    with reading():
        found = session.get_one(Ephemeral, number)
        session.expunge(found)
        return found


def _actions(reading) -> list[str]:
    with reading():
        return list(session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.id)))


def test_one_joins_with_a_tap_and_takes_it_back_with_another(number, bruno, sign_in, post, reading):
    client = sign_in(bruno)
    assert "Rejoindre" in client.get(f"/labs/e/{number}").text
    page = client.get(post(client, f"/labs/e/{number}/join", {}).location).text
    assert "Vous y êtes." in page
    assert "2 personnes" in page
    assert "Bruno D." in page
    page = client.get(post(client, f"/labs/e/{number}/leave", {}).location).text
    assert "1 personne" in page
    assert "Rejoindre" in page


def test_joining_twice_changes_nothing(number, bruno, sign_in, post, reading):
    client = sign_in(bruno)
    for _click in range(2):
        assert post(client, f"/labs/e/{number}/join", {}).status_code == 303
    assert _actions(reading).count("labs.ephemeral_joined") == 1
    with reading():
        assert session.scalar(sa.select(sa.func.count()).select_from(Participant)) == 2


def test_one_joins_again_after_leaving(number, bruno, sign_in, post, reading):
    client = sign_in(bruno)
    for act in ("join", "leave", "leave", "join"):
        assert post(client, f"/labs/e/{number}/{act}", {}).status_code == 303
    assert "2 personnes" in client.get(f"/labs/e/{number}").text


def test_an_announced_lab_is_not_joined_before_its_time(lab, awa, bruno, sign_in, writing, post):
    # C01 SPEC 3: announced is not open yet
    with writing():
        number = make_ephemeral(lab, awa, starts_in=60)
    client = sign_in(bruno)
    assert "Rejoindre" not in client.get(f"/labs/e/{number}").text
    answer = post(client, f"/labs/e/{number}/join", {})
    assert answer.status_code == 409
    assert "Ce labo n’a pas encore commencé." in answer.text


def test_a_lab_is_made_longer_once_with_a_reason(number, awa, sign_in, post, reading):
    # C01 SPEC 4
    client = sign_in(awa)
    answer = post(client, f"/labs/e/{number}/longer", {"minutes": "30", "reason": "On y est presque."})
    assert answer.status_code == 303
    page = client.get(answer.location).text
    assert "On y est presque." in page
    assert "Prolonger" not in page
    assert _row(reading, number).ends_at == NOON + timedelta(minutes=90)
    assert "labs.ephemeral_extended" in _actions(reading)


@pytest.mark.parametrize("sent", [{"minutes": "30", "reason": "  "}, {"minutes": "61", "reason": "Encore"}])
def test_it_is_made_longer_by_no_more_than_it_was_to_last_and_not_without_reason(
    number, awa, sign_in, post, reading, sent
):
    # C01 SPEC 4
    answer = post(sign_in(awa), f"/labs/e/{number}/longer", sent)
    assert answer.status_code == 422
    assert _row(reading, number).ends_at == NOON + timedelta(minutes=60)


def test_of_two_people_who_make_it_longer_at_once_one_wins_and_the_other_is_told(
    number, awa, bruno, sign_in, post, reading
):
    # C01 SPEC 4: a second extension needs a new lab
    post(sign_in(bruno), f"/labs/e/{number}/join", {})
    sent = {"minutes": "30", "reason": "On y est presque."}
    assert post(sign_in(awa), f"/labs/e/{number}/longer", sent).status_code == 303
    answer = post(sign_in(bruno), f"/labs/e/{number}/longer", sent)
    assert answer.status_code in {409, 422}
    assert "Ce labo a déjà été prolongé une fois." in answer.text
    assert _row(reading, number).ends_at == NOON + timedelta(minutes=90)


def test_after_an_extension_the_page_offers_a_sequel_linked_both_ways(number, lab, awa, sign_in, post, reading, clock):
    # C01 SPEC 4
    client = sign_in(awa)
    post(client, f"/labs/e/{number}/longer", {"minutes": "60", "reason": "On y est presque."})
    assert f'/labs/{lab}/open?continues={number}"' in client.get(f"/labs/e/{number}").text
    sent = {
        "question": "Et la suite ?",
        "starts_at": "2026-11-24T13:00",
        "minutes": "60",
        "audience": "lab",
        "continues_id": str(number),
    }
    answer = post(client, f"/labs/{lab}/open", sent)
    assert answer.status_code == 303
    assert "Suite de" in client.get(answer.location).text
    assert "Suivi de" in client.get(f"/labs/e/{number}").text


def test_the_service_makes_no_lab_longer_by_more_than_it_was_to_last(app, awa, as_viewer, writing, clock):
    # C01 SPEC 4: whatever the list of the form offers
    clock.set(NOON)
    with writing():
        lab = session.get_one(Lab, make_lab(members=[awa]))
        ephemeral = session.get_one(Ephemeral, make_ephemeral(lab.id, awa, minutes=60, people=[awa]))
        assert may_extend_by(ephemeral, lab) == 60
        with pytest.raises(Invalid):
            extend_ephemeral(as_viewer(awa), ephemeral, lab=lab, minutes=61, reason="Encore", at=NOON)
        extend_ephemeral(as_viewer(awa), ephemeral, lab=lab, minutes=60, reason="Encore", at=NOON)


@pytest.mark.parametrize("reason", ["", " \n", "x" * 241])
def test_the_service_makes_no_lab_longer_without_a_reason(reason, number, lab, awa, as_viewer, writing):
    # C01 SPEC 4: whatever the form asks
    with writing(), pytest.raises(Invalid) as refused:
        ephemeral, permanent = session.get_one(Ephemeral, number), session.get_one(Lab, lab)
        extend_ephemeral(as_viewer(awa), ephemeral, lab=permanent, minutes=30, reason=reason, at=NOON)
    assert refused.value.field == "reason"


def test_an_extension_stays_within_what_the_lab_allows_in_all(app, awa, sign_in, writing, post, clock):
    # C01 SPEC 2 and 4
    clock.set(NOON)
    with writing():
        lab = make_lab(members=[awa], max_minutes=90)
        number = make_ephemeral(lab, awa, minutes=60, people=[awa])
        full = make_ephemeral(lab, awa, minutes=90, people=[awa])
    client = sign_in(awa)
    assert post(client, f"/labs/e/{number}/longer", {"minutes": "45", "reason": "Encore"}).status_code == 422
    assert post(client, f"/labs/e/{number}/longer", {"minutes": "30", "reason": "Encore"}).status_code == 303
    assert "Prolonger" not in client.get(f"/labs/e/{full}").text
    assert client.get(f"/labs/e/{full}/longer").status_code == 409


def test_somebody_who_is_not_in_a_lab_does_not_make_it_longer(number, bruno, sign_in, post, reading):
    client = sign_in(bruno)
    assert "Prolonger" not in client.get(f"/labs/e/{number}").text
    assert client.get(f"/labs/e/{number}/longer").status_code == 403
    answer = post(client, f"/labs/e/{number}/longer", {"minutes": "30", "reason": "Encore"})
    assert answer.status_code == 422
    assert _row(reading, number).extended_at is None


def test_the_question_is_corrected_by_its_opener_and_its_former_words_stay(number, awa, bruno, sign_in, post):
    # C01 SPEC 9
    client = sign_in(awa)
    answer = post(client, f"/labs/e/{number}/question", {"question": "Que garde-t-on, et pour qui ?"})
    assert answer.status_code == 303
    post(client, f"/labs/e/{number}/question", {"question": "Que garde-t-on, pour qui, et où ?"})
    page = sign_in(bruno).get(f"/labs/e/{number}").text
    assert "<h1>Que garde-t-on, pour qui, et où ?</h1>" in page
    former = page.split("Ce que la question disait avant")[1]
    assert former.index("Que garde-t-on, et pour qui ?") < former.index(QUESTION)


def test_the_question_is_corrected_to_the_last_minute_and_no_later(number, awa, sign_in, post, reading, clock):
    # C01 SPEC 9: while the lab is open; SPEC 3: closed at the very instant, though nothing has swept
    client = sign_in(awa)
    clock.advance(minutes=59)
    post(client, f"/labs/e/{number}/question", {"question": "À la dernière minute ?"})
    clock.advance(minutes=1)
    assert client.get(f"/labs/e/{number}/question").status_code == 409
    assert post(client, f"/labs/e/{number}/question", {"question": "Trop tard ?"}).status_code == 422
    assert _row(reading, number).question == "À la dernière minute ?"
    assert "Corriger la question" not in client.get(f"/labs/e/{number}").text


def test_nobody_else_corrects_the_question(number, bruno, sign_in, post, reading):
    # C01 SPEC 9
    client = sign_in(bruno)
    assert "Corriger la question" not in client.get(f"/labs/e/{number}").text
    assert post(client, f"/labs/e/{number}/question", {"question": "Autre chose ?"}).status_code == 422
    assert _row(reading, number).question == QUESTION


def test_a_former_wording_is_still_found(number, awa, sign_in, post):
    client = sign_in(awa)
    post(client, f"/labs/e/{number}/question", {"question": "Et pour qui ?"})
    assert "Et pour qui ?" in client.get("/labs/e/?q=comptoir").text


def test_an_announced_lab_is_called_off_by_its_opener(lab, awa, bruno, sign_in, writing, post, reading):
    # C01 SPEC 3
    with writing():
        number = make_ephemeral(lab, awa, starts_in=60)
    assert post(sign_in(bruno), f"/labs/e/{number}/off", {}).status_code == 403
    client = sign_in(awa)
    asked = client.get(f"/labs/e/{number}/off").text
    assert "Annuler ce labo ?" in asked.replace("\xa0", " ")
    for _click in range(2):
        answer = post(client, f"/labs/e/{number}/off", {})
        assert answer.status_code == 303
    page = client.get(answer.location).text
    assert "annulé" in page
    assert "Re-semer" in page
    assert _actions(reading).count("labs.ephemeral_cancelled") == 1


def test_a_lab_that_has_begun_is_not_called_off(number, awa, sign_in, post, reading):
    # C01 SPEC 3
    client = sign_in(awa)
    assert "Annuler le labo" not in client.get(f"/labs/e/{number}").text
    assert post(client, f"/labs/e/{number}/off", {}).status_code == 409
    assert _row(reading, number).cancelled_at is None


def test_a_lab_called_off_passes_no_state_any_more(lab, awa, sign_in, writing, post, reading, run_jobs, clock):
    with writing():
        number = make_ephemeral(lab, awa, starts_in=60)
    post(sign_in(awa), f"/labs/e/{number}/off", {})
    clock.advance(minutes=600)
    run_jobs()
    assert not {"labs.ephemeral_opened", "labs.ephemeral_closed"} & set(_actions(reading))


@pytest.mark.parametrize(
    ("act", "sent"),
    [
        ("join", {}),
        ("leave", {}),
        ("longer", {"minutes": "30", "reason": "Encore"}),
        ("question", {"question": "Autre chose ?"}),
        ("off", {}),
    ],
)
def test_nothing_opens_a_lab_again(number, awa, sign_in, post, reading, clock, act, sent):
    # C01 SPEC 6; the question: SPEC 9
    before = _row(reading, number)
    clock.advance(minutes=61)
    client = sign_in(awa)
    answer = post(client, f"/labs/e/{number}/{act}", sent)
    assert answer.status_code in {409, 422}
    after = _row(reading, number)
    assert (after.ends_at, after.question, after.cancelled_at) == (before.ends_at, before.question, None)
    assert "clos, à raconter" in client.get(f"/labs/e/{number}").text


def test_a_lab_is_sown_again_as_a_copy_and_the_link_is_kept_both_ways(number, lab, awa, sign_in, post, reading, clock):
    # C01 SPEC 6
    clock.advance(minutes=61)
    client = sign_in(awa)
    address = f"/labs/{lab}/open?sown={number}"
    assert f'href="{address}"' in client.get(f"/labs/e/{number}").text
    form = client.get(address).text
    assert QUESTION in form
    sent = {"question": QUESTION, "starts_at": "2026-11-24T14:01", "minutes": "60", "audience": "lab"}
    answer = post(client, address, sent | {"continues_id": "0", "place": "Salle des Dunes"})
    assert answer.status_code == 303
    copy = int(answer.location.rsplit("/", 1)[1])
    assert copy != number
    assert _row(reading, copy).resown_from_id == number
    assert "Re-semé de" in client.get(f"/labs/e/{copy}").text
    assert "Re-semé en" in client.get(f"/labs/e/{number}").text


def test_a_lab_one_may_not_read_is_not_sown_again(lab, awa, bruno, as_viewer, sign_in, writing):
    # C01 SPEC 6; law 2: not by its address, not by the service
    with writing():
        hidden = make_ephemeral(make_lab(name="Ailleurs", members=[awa]), awa, question="Secret ?", starts_in=-120)
    client = sign_in(bruno)
    assert "Secret ?" not in client.get(f"/labs/{lab}/open?sown={hidden}").text
    plan = Plan("Et ici ?", NOON, 60, "", "lab", resown_from_id=hidden)
    with writing(), pytest.raises(Invalid):
        open_ephemeral(as_viewer(bruno), session.get_one(Lab, lab), plan=plan, at=NOON)


def test_comings_and_goings_push_nothing_out_of_the_history(number, awa, sign_in, writing):
    with writing():
        subject = session.get_one(Ephemeral, number).subject
        record("labs.ephemeral_extended", subject, actor=None, at=NOON)
        for _turn in range(30):
            record("labs.ephemeral_joined", subject, actor=None, at=NOON)
            record("labs.ephemeral_left", subject, actor=None, at=NOON)
    history = words(sign_in(awa).get(f"/labs/e/{number}")).partition("Historique")[2]
    assert "le labo a été prolongé" in history
    assert "rejoint" not in history
