"""« C’est vraiment fait ? »: those who asked say it, and nobody else (C07)."""

from __future__ import annotations

import sqlalchemy as sa

from portal.api import Subject, hold_function, now, session
from portal.content.models import Notice

from plugins.copils.models.commitment import Commitment, Refusal
from tests.plugins.copils.factories import add_askers, make_function, make_question
from tests.plugins.labs.pages import words

PLUGINS = ["copils"]


def read_by(client, sign_in, who, url):
    sign_in(who)
    return words(client.get(url))


def test_the_owner_says_done_and_those_who_asked_say_that_it_is(client, sign_in, awa, ben, url, act, say_done, row):
    """C07 SPEC 8."""
    assert "Dire que c’est fait" in read_by(client, sign_in, ben, url)
    assert say_done().status_code == 303
    page = read_by(client, sign_in, awa, url)
    assert "annoncé fait, à confirmer" in page
    assert "La salle 12 est ouverte" in page
    assert "C’est vraiment fait ?" in page
    assert act(awa, "verdict", verdict="yes").status_code == 303
    assert row()["confirmed_by_id"] == awa.id
    assert "tenu" in words(client.get(url))


def test_what_several_were_asked_is_news_no_more_once_one_did_it(act, awa, make_user, writing, reading, row, say_done):
    """C07 SPEC 9: who is late to read is not sent to do what is done."""
    bea = make_user("Béa Roux")
    with writing():
        add_askers(row()["question_id"], [bea])
    say_done()

    def waiting():
        with reading():
            theirs = sa.select(Notice.text).where(Notice.person_id == bea.id, Notice.must_act, Notice.read_at.is_(None))
            return session.scalars(theirs).all()

    assert waiting() == ["Is it really done? “%(title)s”"]
    act(awa, "verdict", verdict="yes")
    assert waiting() == []


def test_what_is_refused_is_open_again_with_the_reason_in_public(
    client, sign_in, awa, make_user, url, act, say_done, row
):
    """C07 SPEC 8."""
    say_done()
    assert act(awa, "verdict", verdict="no", reason="La porte est fermée à clé").status_code == 303
    assert row()["proposed_at"] is None
    page = read_by(client, sign_in, make_user("Noé"), url)
    assert "en cours" in page
    assert "La porte est fermée à clé" in page
    assert "La salle 12 est ouverte" in page


def test_a_refusal_sent_twice_is_one_and_another_is_told_that_somebody_was_faster(awa, act, say_done, reading):
    """C07 SPEC 8."""
    say_done()
    for _click in range(2):
        assert act(awa, "verdict", verdict="no", reason="La porte est fermée").status_code == 303
    assert act(awa, "verdict", verdict="no", reason="Autre chose").status_code == 422
    with reading():
        assert session.scalars(sa.select(Refusal.reason)).all() == ["La porte est fermée"]
    say_done()
    assert act(awa, "verdict", verdict="no", reason="La porte est fermée").status_code == 303
    with reading():
        assert len(session.scalars(sa.select(Refusal)).all()) == 2


def test_a_refusal_needs_a_reason_and_an_answer_needs_a_choice(awa, act, say_done, row):
    """C07 SPEC 8."""
    say_done()
    assert "Dites ce qui manque encore" in words(act(awa, "verdict", verdict="no", reason=" "))
    assert act(awa, "verdict", reason="Non").status_code == 422
    assert row()["proposed_at"] is not None


def test_the_owner_does_not_close_alone(ben, act, say_done, row):
    """C07 SPEC 8."""
    say_done()
    for verdict in ("yes", "no"):
        assert act(ben, "verdict", verdict=verdict, reason="Si, si").status_code == 403
    assert row()["confirmed_at"] is None
    assert row()["proposed_at"] is not None


def test_an_owner_who_asked_too_does_not_close_alone(ben, act, say_done, row, writing):
    """C07 SPEC 8: though they are one of those who asked."""
    with writing():
        add_askers(row()["question_id"], [ben])
    say_done()
    assert act(ben, "verdict", verdict="yes").status_code == 403
    assert act(ben, "known-by", known_by="on le dit").status_code == 403
    assert row()["confirmed_at"] is None


def test_who_said_done_does_not_confirm_once_the_function_is_no_longer_theirs(
    ben, lea, awa, act, say_done, row, writing, means, clock
):
    """C07 SPEC 8: the function changes hands between « fait » and its confirmation."""
    with writing():
        add_askers(row()["question_id"], [ben, lea])
    say_done()
    clock.advance(days=1)
    with writing():
        hold_function(means, lea.id, since=now())
    assert act(ben, "verdict", verdict="yes").status_code == 403
    assert act(lea, "verdict", verdict="yes").status_code == 403
    assert act(awa, "verdict", verdict="yes").status_code == 303


def test_nobody_else_judges(zoe, make_user, act, say_done, row):
    """C07 SPEC 8: neither the facilitator, nor an administrator, nor whoever passes."""
    say_done()
    for who in (zoe, make_user("Chef", role="admin"), make_user("Noé")):
        assert act(who, "verdict", verdict="yes").status_code == 403
        assert act(who, "known-by", known_by="rien").status_code == 403
    assert row()["confirmed_at"] is None


def test_an_asker_who_has_become_a_decider_no_longer_judges(awa, act, say_done, row, writing):
    """C07 SPEC 14."""
    say_done()
    with writing():
        hold_function(make_function("Direction générale"), awa.id, since=now())
    assert act(awa, "verdict", verdict="yes").status_code == 403
    assert act(awa, "known-by", known_by="on entre").status_code == 403
    assert row()["confirmed_at"] is None


def test_somebody_who_asks_through_a_merged_question_judges_too(make_user, act, say_done, row, writing):
    """C07 SPEC 8."""
    ines = make_user("Inès Caron")
    with writing():
        question = session.get_one(Commitment, row()["id"]).question
        make_question(ines, question.copil_id, "Pourquoi quatre ?", merged_into_id=question.id)
    say_done()
    assert act(ines, "verdict", verdict="yes").status_code == 303


def test_two_who_judge_at_once_do_not_both(awa, make_user, act, say_done, row, writing, audit_of):
    """C07 SPEC 8."""
    other = make_user("Inès Caron")
    with writing():
        add_askers(row()["question_id"], [other])
    say_done()
    assert act(awa, "verdict", verdict="no", reason="Fermée").status_code == 303
    answer = act(other, "verdict", verdict="yes")
    assert answer.status_code == 422
    assert "quelqu’un qui l’a demandé vient de le refuser" in words(answer)
    say_done()
    for _twice in range(2):
        assert act(other, "verdict", verdict="yes").status_code == 303
    assert act(awa, "verdict", verdict="no", reason="Fermée").status_code == 422
    assert audit_of(Subject("copils.commitment", row()["id"])).count("copils.commitment_confirmed") == 1


def test_what_nobody_confirms_says_so_after_thirty_days_and_may_still_be_judged(
    client, sign_in, awa, url, act, say_done, clock
):
    """C07 SPEC 8."""
    say_done()
    clock.advance(days=29)
    assert "annoncé fait, à confirmer" in read_by(client, sign_in, awa, url)
    clock.advance(days=1)
    assert "fait (non confirmé)" in read_by(client, sign_in, awa, url)
    assert act(awa, "verdict", verdict="yes").status_code == 303


def test_only_those_who_asked_write_how_one_will_know(client, sign_in, awa, ben, zoe, make_user, url, act, row):
    """C07 SPEC 5."""
    for who in (ben, zoe, make_user("Chef", role="admin"), make_user("Noé")):
        assert act(who, "known-by", known_by="on le dit").status_code == 403
    assert act(awa, "known-by", known_by=" ").status_code == 422
    assert act(awa, "known-by", known_by="on entre sans rien demander").status_code == 303
    assert act(awa, "known-by", known_by="on entre et on s’assoit").status_code == 303
    assert row()["known_by"] == "on entre et on s’assoit"
    assert "on entre et on s’assoit" in read_by(client, sign_in, ben, url)


def test_how_one_will_know_changes_no_more_once_it_was_said_done(awa, act, say_done, row):
    """C07 SPEC 5: nor after a refusal."""
    act(awa, "known-by", known_by="on entre")
    say_done()
    assert act(awa, "known-by", known_by="autre chose").status_code == 422
    act(awa, "verdict", verdict="no", reason="Fermée")
    assert act(awa, "known-by", known_by="autre chose").status_code == 422
    assert row()["known_by"] == "on entre"


def test_a_refusal_keeps_what_had_been_said(awa, ben, act, say_done, reading):
    """C07 SPEC 8."""
    say_done()
    act(awa, "verdict", verdict="no", reason="Fermée")
    with reading():
        kept = session.scalars(sa.select(Refusal)).one()
        assert (kept.proof, kept.proposed_by_id, kept.person_id) == ("La salle 12 est ouverte", ben.id, awa.id)


def test_the_names_of_a_collective_are_shown_nowhere(
    client, sign_in, awa, ben, make_user, url, act, say_done, row, writing
):
    """C07 SPEC 11: neither in the page, nor in its history, nor in the notices, nor in the exports."""
    with writing():
        session.get_one(Commitment, row()["id"]).question.is_collective = True
    act(awa, "known-by", known_by="on entre")
    say_done()
    act(awa, "verdict", verdict="no", reason="Fermée")
    say_done()
    act(awa, "verdict", verdict="yes")
    sign_in(ben)
    for address in (url, "/news", "/copils/?state=all", "/copils/commitments.json?state=all", "/copils/hall"):
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert "Awa" not in answer.get_data(as_text=True), address
    assert "il a été dit que c’est fait · Ben Roux" in words(client.get(url))
