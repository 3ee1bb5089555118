"""What the owner of a commitment does, and cannot do (C07)."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa

from portal.api import FunctionFacts, change_function, hold_function, now, session, vacate_function

from plugins.copils.models.commitment import FormerDue
from tests.plugins.copils.factories import add_askers, make_function
from tests.plugins.labs.pages import words

PLUGINS = ["copils"]
DUE = date(2026, 10, 7)


def read_by(client, sign_in, who, url):
    sign_in(who)
    return words(client.get(url))


def test_the_page_says_what_who_until_when(client, sign_in, make_user, url):
    """C07 SPEC 5."""
    page = read_by(client, sign_in, make_user("Noé"), url)
    assert "Une salle ouverte, sans réservation" in page
    assert "Moyens généraux (aujourd’hui : Ben Roux)" in page
    assert "7 octobre 2026" in page
    assert "Pourquoi trois signatures ?" in page
    assert "Dire que c’est fait" not in page
    assert "Suivre" in page


def test_a_later_day_keeps_the_former_ones_with_their_reasons_and_says_how_often(
    client, sign_in, ben, make_user, url, act
):
    """C07 SPEC 7."""
    for day, reason in ((20, "Travaux"), (27, "Encore des travaux")):
        assert act(ben, "postpone", due_on=f"2026-10-{day}", reason=reason).status_code == 303
    page = read_by(client, sign_in, make_user("Noé"), url)
    for said in ("27 octobre 2026", "d’abord promis pour le 7 octobre 2026", "20 octobre 2026", "reporté 2 fois"):
        assert said in page
    assert "Travaux" in page
    assert "Encore des travaux" in page


@pytest.mark.parametrize(
    "typed",
    [
        {"due_on": "2026-10-20", "reason": " "},
        {"due_on": "2026-10-07", "reason": "Travaux"},
        {"due_on": "2026-09-20", "reason": "Travaux"},
        {"due_on": "2037-01-01", "reason": "Travaux"},
        {"due_on": "bientôt", "reason": "Travaux"},
        {"due_on": "2026-10-20", "reason": "T" * 301},
    ],
)
def test_a_later_day_is_later_and_has_a_reason(typed, ben, act, row):
    """C07 SPEC 7."""
    answer = act(ben, "postpone", **typed)
    assert answer.status_code == 422
    assert typed["reason"].strip() in answer.get_data(as_text=True)
    assert row()["due_on"] == DUE
    assert row()["postponed"] == 0


def test_a_second_click_postpones_once(ben, act, row, reading):
    """C07 SPEC 7."""
    for _twice in range(2):
        assert act(ben, "postpone", due_on="2026-10-20", reason="Travaux").status_code == 303
    assert row()["postponed"] == 1
    with reading():
        assert session.scalar(sa.select(sa.func.count()).select_from(FormerDue)) == 1


def test_a_later_day_hides_no_lateness(client, sign_in, ben, make_user, url, act, clock, row):
    """C07 SPEC 6: what is late stays late, whatever day is given next."""
    clock.advance(days=36)
    assert act(ben, "postpone", due_on="2027-06-01", reason="Travaux").status_code == 303
    assert row()["pressing_on"] == DUE
    assert "en retard de 6 jours" in read_by(client, sign_in, make_user("Noé"), url)
    assert "Une salle ouverte" in words(client.get("/copils/?state=late"))


def test_nothing_an_owner_sends_hides_or_mutes_what_is_late(
    client, sign_in, app, ben, url, number, act, clock, row, make_user
):
    """C07 SPEC 6: at every address of a commitment, by raw POST."""
    clock.advance(days=40)
    hostile = {
        "audience": "self",
        "visible_until": "2020-01-01",
        "pressing_on": "2027-01-01",
        "due_on": "2027-01-01",
        "reason": "Non",
        "known_by": "rien",
        "withdrawn_at": "2026-01-01",
        "confirmed_at": "2026-01-01",
        "verdict": "yes",
    }
    rules = [rule.rule for rule in app.url_map.iter_rules() if "<int:commitment_id>" in rule.rule]
    endings = {rule.partition("<int:commitment_id>")[2].strip("/") for rule in rules if rule.startswith("/copils")}
    assert {"done", "postpone", "take-on", "known-by", "verdict"} <= endings
    for ending in endings:
        act(ben, ending, **hostile)
    for ending in ("delete", "hide", "mute", "withdraw"):
        assert act(ben, ending, **hostile).status_code == 404
    assert "en retard de 10 jours" in read_by(client, sign_in, make_user("Noé"), url)
    kept = row()
    assert (kept["known_by"], kept["audience"], kept["confirmed_at"], kept["withdrawn_at"]) == (
        None,
        "intranet",
        None,
        None,
    )


def test_the_facilitator_acts_only_while_nobody_here_holds_the_function(
    client, sign_in, zoe, ben, url, act, row, writing, means
):
    """C07 SPEC 8 and 14."""
    for what, typed in (("done", {"proof": "Fait"}), ("postpone", {"due_on": "2026-12-01", "reason": "Non"})):
        assert act(zoe, what, **typed).status_code == 403
    assert act(zoe, "take-on").status_code == 403
    with writing():
        vacate_function(means, at=now())
    assert "vacante aujourd’hui" in read_by(client, sign_in, zoe, url)
    assert act(ben, "done", proof="Fait").status_code == 403
    assert act(zoe, "take-on").status_code == 403
    assert act(zoe, "done", proof="Le bailleur a ouvert la salle").status_code == 303
    assert row()["in_name"]
    assert row()["holder_id"] == ben.id
    assert "au nom de cette fonction" in words(client.get(url))


def test_the_facilitator_speaks_for_an_outside_body_and_does_not_confirm_it(
    client, sign_in, zoe, url, act, row, writing, means
):
    """C07 SPEC 5, 8 and 14: though they asked too."""
    with writing():
        change_function(means, FunctionFacts("Bailleur", body="Habitat 59"), actor=None, at=now())
        add_askers(row()["question_id"], [zoe])
    assert act(zoe, "done", proof="Fait").status_code == 303
    assert "organisme extérieur : Habitat 59" in read_by(client, sign_in, zoe, url)
    assert act(zoe, "verdict", verdict="yes").status_code == 403


def test_a_facilitator_who_has_become_a_decider_speaks_for_nobody(zoe, act, row, writing, means):
    """C07 SPEC 14."""
    with writing():
        vacate_function(means, at=now())
        hold_function(make_function("Direction générale"), zoe.id, since=now())
    assert act(zoe, "done", proof="Fait").status_code == 403
    assert row()["proposed_at"] is None


def test_what_is_kept_changes_no_more(awa, ben, act, say_done, row):
    say_done()
    act(awa, "verdict", verdict="yes")
    before = row()
    assert act(ben, "postpone", due_on="2027-01-01", reason="Non").status_code == 422
    assert act(ben, "done", proof="Encore").status_code == 422
    assert act(ben, "take-on").status_code == 409
    assert act(awa, "known-by", known_by="autre").status_code == 422
    assert row() == before


def test_who_may_not_take_on_what_is_kept_reads_that_and_not_its_state(awa, zoe, act, say_done, writing, means):
    """C07 SPEC 10 and 14: a facilitator, in the name of a function that nobody holds any more."""
    say_done()
    act(awa, "verdict", verdict="yes")
    with writing():
        vacate_function(means, at=now())
    assert act(zoe, "take-on").status_code == 403
