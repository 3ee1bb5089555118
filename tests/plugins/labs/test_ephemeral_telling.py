"""Telling a lab: five outcomes of equal weight, one sentence, by somebody who was in it (C01 SPEC 5)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from portal.api import Conflict, Invalid, now, session
from portal.content.models import AuditEntry

from plugins.labs.models.ephemeral import Ephemeral, FormerTelling
from plugins.labs.models.outcomes import OUTCOMES
from plugins.labs.services.telling import tell_ephemeral
from tests.plugins.labs.ephemeral_factories import make_ephemeral, tell
from tests.plugins.labs.factories import make_lab
from tests.plugins.labs.pages import hidden_of, words

PLUGINS = ["labs"]
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
LEARNT = "Un mur vaut mieux qu’un compte rendu."


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
def number(lab, awa, bruno, writing, clock):
    """A lab that has just closed, with two people in it."""
    with writing():
        found = make_ephemeral(lab, awa, people=[awa, bruno])
    clock.advance(minutes=61)
    return found


def _row(reading, number) -> Ephemeral:
    with reading():
        found = session.get_one(Ephemeral, number)
        session.expunge(found)
        return found


def _tell(post, client, number, **sent):
    return post(client, f"/labs/e/{number}/tell", {"outcome": "learnt", "learnt": LEARNT} | sent)


def test_anybody_who_was_in_a_lab_tells_it_even_much_later(number, bruno, sign_in, post, reading, clock):
    # C01 SPEC 5
    clock.advance(minutes=60 * 24 * 40)
    client = sign_in(bruno)
    answer = _tell(post, client, number)
    assert answer.status_code == 303
    page = client.get(answer.location).text
    assert LEARNT in page
    assert "Raconté par Bruno D." in page
    assert _row(reading, number).outcome == "learnt"


def test_the_five_outcomes_are_offered_and_none_is_ticked(number, awa, sign_in):
    # C01 SPEC 5
    form = sign_in(awa).get(f"/labs/e/{number}/tell").text
    offered = re.findall(r'name="outcome" value="(\w+)"([^>]*)>', form)
    assert [value for value, _rest in offered] == list(OUTCOMES)
    assert not any("checked" in rest for _value, rest in offered)


@pytest.mark.parametrize("sent", [{"learnt": "  "}, {"outcome": ""}, {"outcome": "success"}])
def test_a_telling_needs_an_outcome_and_a_sentence(number, awa, sign_in, post, reading, sent):
    # C01 SPEC 5
    assert _tell(post, sign_in(awa), number, **sent).status_code == 422
    assert _row(reading, number).told_at is None


@pytest.mark.parametrize("sent", [{"outcome": "success"}, {"outcome": ""}, {"learnt": "  "}, {"learnt": "x" * 1001}])
def test_the_service_refuses_another_outcome_too(number, awa, as_viewer, writing, sent):
    # C01 SPEC 5: whatever the form offers
    with writing(), pytest.raises(Invalid):
        told = {"outcome": "learnt", "learnt": LEARNT} | sent
        tell_ephemeral(as_viewer(awa), session.get_one(Ephemeral, number), **told, at=now())


def test_somebody_who_was_not_in_it_does_not_tell_it(number, lab, make_user, writing, sign_in, post, reading):
    # C01 SPEC 5
    chloe = make_user(name="Chloé B.")
    with writing():
        make_lab(name="Autre", members=[chloe])
        session.get_one(Ephemeral, number).audience = "intranet"
    client = sign_in(chloe)
    assert "Raconter ce labo" not in client.get(f"/labs/e/{number}").text
    refusal = client.get(f"/labs/e/{number}/tell")
    assert refusal.status_code == 403
    assert "Seules les personnes qui étaient dans ce labo peuvent le raconter." in refusal.text
    assert _tell(post, client, number).status_code == 422
    assert _row(reading, number).told_at is None


def test_somebody_who_took_their_coming_back_does_not_tell_it(lab, awa, bruno, sign_in, writing, post, reading, clock):
    # C01 SPEC 5: by any participant
    with writing():
        number = make_ephemeral(lab, awa, people=[awa])
    client = sign_in(bruno)
    for act in ("join", "leave"):
        assert post(client, f"/labs/e/{number}/{act}", {}).status_code == 303
    clock.advance(minutes=61)
    assert client.get(f"/labs/e/{number}/tell").status_code == 403
    assert _tell(post, client, number).status_code == 422
    assert _row(reading, number).told_at is None


def test_a_lab_is_not_told_before_it_closes(lab, awa, sign_in, writing, post, reading):
    # C01 SPEC 5: at the close, or later
    with writing():
        number = make_ephemeral(lab, awa, people=[awa])
    client = sign_in(awa)
    assert client.get(f"/labs/e/{number}/tell").status_code == 409
    assert _tell(post, client, number).status_code == 422
    assert _row(reading, number).told_at is None


def test_a_lab_is_told_from_the_very_instant_it_closes(number, awa, as_viewer, writing):
    # C01 SPEC 5: at the close
    with writing():
        ephemeral, said = session.get_one(Ephemeral, number), {"outcome": "stopped", "learnt": LEARNT}
        with pytest.raises(Conflict):
            tell_ephemeral(as_viewer(awa), ephemeral, **said, at=ephemeral.ends_at - timedelta(seconds=1))
        tell_ephemeral(as_viewer(awa), ephemeral, **said, at=ephemeral.ends_at)
        assert ephemeral.told_at == ephemeral.ends_at


def test_the_second_to_tell_is_thanked_and_shown_what_was_told(number, awa, bruno, sign_in, post, reading):
    # C01 SPEC 5
    _tell(post, sign_in(awa), number)
    client = sign_in(bruno)
    answer = _tell(post, client, number, outcome="stopped", learnt="Autre chose.")
    assert answer.status_code == 422
    assert "Awa M. vient de raconter ce labo" in answer.text
    assert LEARNT in answer.text
    assert "Autre chose." in answer.text
    late = client.get(f"/labs/e/{number}/tell")
    assert (late.status_code, LEARNT in late.text) == (409, True)
    row = _row(reading, number)
    assert (row.outcome, row.learnt, row.told_by_id) == ("learnt", LEARNT, awa.id)


def test_telling_the_same_thing_twice_is_one_telling(number, awa, sign_in, post, reading):
    client = sign_in(awa)
    for _click in range(2):
        assert _tell(post, client, number).status_code == 303
    with reading():
        actions = list(session.scalars(sa.select(AuditEntry.action)))
        assert session.scalar(sa.select(FormerTelling)) is None
    assert actions.count("labs.ephemeral_told") == 1


def test_whoever_told_corrects_their_sentence_and_the_former_one_stays(number, awa, sign_in, post, reading):
    client = sign_in(awa)
    _tell(post, client, number)
    answer = _tell(post, client, number, learnt="Un mur et un compte rendu.")
    page = client.get(answer.location).text
    assert "Un mur et un compte rendu." in page
    assert LEARNT in page.split("Ce qui était raconté avant")[1]
    with reading():
        actions = list(session.scalars(sa.select(AuditEntry.action)))
    assert actions.count("labs.ephemeral_told") == 1
    assert actions.count("labs.telling_corrected") == 1


def test_of_two_windows_that_tell_the_second_says_what_the_first_told(number, awa, sign_in, post, reading):
    # C01 SPEC 5: a correction is meant
    client = sign_in(awa)
    shown = hidden_of(client.get(f"/labs/e/{number}/tell"))
    _tell(post, client, number, **shown)
    answer = _tell(post, client, number, **shown, learnt="Autre chose.")
    assert answer.status_code == 422
    assert f"Entre-temps, on y lit : « {LEARNT} »" in words(answer)
    assert "Autre chose.</textarea>" in answer.text
    assert _row(reading, number).learnt == LEARNT
    assert _tell(post, client, number, **hidden_of(answer), learnt="Autre chose.").status_code == 303
    assert _row(reading, number).learnt == "Autre chose."


def test_an_event_of_telling_carries_no_outcome(number, awa, sign_in, post, reading):
    # C02 SPEC 3: nobody is to count by outcome
    _tell(post, sign_in(awa), number)
    with reading():
        facts = session.scalar(sa.select(AuditEntry.facts).where(AuditEntry.action == "labs.ephemeral_told"))
    assert set(facts) == {"lab"}


def _neutral(markup: str, words: list[str]) -> str:
    for word in sorted(words, key=len, reverse=True):
        markup = markup.replace(word, "…")
    return re.sub(r"(/labs/e/|sown=)\d+", r"\1", markup).strip()


def test_the_five_outcomes_and_a_lab_not_told_yet_have_the_same_style(lab, awa, bruno, sign_in, writing, clock):
    # C01 SPEC 5: rendered markup is compared, words left out
    with writing():
        numbers = [make_ephemeral(lab, awa, people=[awa]) for _each in range(len(OUTCOMES) + 1)]
        for number, outcome in zip(numbers, OUTCOMES, strict=False):
            tell(number, awa, outcome=outcome, learnt=LEARNT)
    clock.advance(minutes=90)
    client = sign_in(bruno)
    listed = client.get("/labs/e/").text
    shown = [client.get(f"/labs/e/{number}").text for number in numbers]
    words = [LEARNT, "La phrase viendra.", "clos, à raconter", "raconté", *re.findall(r"<b>([^<]+)</b> –", listed)]
    cards = listed.split('<ul class="grid"')[1].split("</ul>")[0].split("<li")[1:]
    heads = [page.split('class="head"')[1].split("</div>")[0] for page in shown]
    outcomes = [re.search(r'<p class="labs-outcome">.*?</p>', page, re.DOTALL).group() for page in shown]
    assert len(cards) == len(set(re.findall(r"<b>([^<]+)</b> –", listed))) == len(numbers)
    for pieces in (cards, heads, outcomes):
        assert len({_neutral(piece, words) for piece in pieces}) == 1


def test_a_lab_to_tell_waits_on_the_first_page_of_those_who_were_in_it(number, awa, make_user, sign_in, post):
    client = sign_in(awa)
    assert f'href="/labs/e/{number}/tell"' in client.get("/").text
    stranger = make_user(name="Chloé B.")
    assert f"/labs/e/{number}" not in sign_in(stranger).get("/").text
    _tell(post, sign_in(awa), number)
    assert f"/labs/e/{number}/tell" not in sign_in(awa).get("/").text
