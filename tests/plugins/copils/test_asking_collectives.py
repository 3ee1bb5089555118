"""Asking together: three at least, named to nobody else (C07 SPEC 11 and 14)."""

from __future__ import annotations

import re
from datetime import timedelta

import sqlalchemy as sa

from portal.api import Subject, follow, now, session

from plugins.copils.models.question import Asker, Question
from tests.plugins.copils.factories import (
    MEMBERS,
    START,
    TYPED,
    add_askers,
    answered,
    make_commitment,
    make_copil,
    make_function,
    make_question,
)
from tests.plugins.labs.pages import hrefs, words

PLUGINS = ["copils"]
LATE = START + timedelta(days=26)


def _question(reading) -> Question:
    with reading():
        question = session.scalars(sa.select(Question).order_by(Question.id)).first()
        session.expunge_all()
    return question


def _voices(reading) -> int:
    with reading():
        agreed = sa.and_(Asker.confirmed_at.is_not(None), Asker.declined_at.is_(None))
        return session.scalar(sa.select(sa.func.count()).select_from(Asker).where(agreed)) or 0


def test_until_its_third_voice_a_collective_exists_for_nobody_else(folk, asked, sign_in, reading):
    """C07 SPEC 11: the author counts; two are missing."""
    assert "Encore 2 voix" in words(sign_in(folk.awa).get(asked))
    assert "Encore 2 voix" in words(sign_in(folk.bea).get(asked))
    for person in (folk.lea, folk.dg, folk.other, folk.admin):
        browser = sign_in(person)
        assert browser.get(asked).status_code == 404
        assert "la nuit" not in words(browser.get(f"/copils/sessions/{folk.copil_id}"))
        assert "nuit" not in browser.get(f"/copils/sessions/{folk.copil_id}/questions.json").get_data(as_text=True)
        assert "nuit" not in words(browser.get("/news"))
    assert _question(reading).asked_at is None


def test_who_is_invited_finds_it_first_thing_and_says_yes_or_no(folk, asked, sign_in, post):
    """C07 SPEC 11; G9."""
    bea = sign_in(folk.bea)
    assert "On vous invite à poser cette question ensemble" in words(bea.get("/"))
    assert "On vous invite à poser ceci ensemble" in words(bea.get("/news"))
    page = words(bea.get(asked))
    assert "Je la pose aussi" in page
    assert "Awa Diop" not in page
    assert post(bea, f"{asked}/decline").status_code == 303
    assert bea.get(asked).status_code == 404
    assert "On vous invite" not in words(bea.get("/"))
    seen = words(sign_in(folk.awa).get(asked))
    assert "Béa Roux invitation envoyée" in seen  # as if she had not answered
    assert "Encore 2 voix" in seen
    assert "Béa" not in words(sign_in(folk.awa).get("/news"))


def test_nobody_invites_themselves(folk, asked, sign_in, post):
    refused = post(sign_in(folk.awa), f"{asked}/invite", {"person": "Awa Diop"})
    assert refused.status_code == 422 and "Vous la posez déjà" in words(refused)


def test_whoever_said_no_is_left_in_peace(folk, asked, sign_in, post, reading):
    """Asking again changes nothing, and does not tell the answer."""
    post(sign_in(folk.bea), f"{asked}/decline")
    answer = post(sign_in(folk.awa), f"{asked}/invite", {"person": "Béa Roux"})
    assert answer.status_code == 303
    assert sign_in(folk.bea).get(asked).status_code == 404


def test_the_third_voice_puts_it_on_the_agenda_by_itself(folk, public, sign_in, reading):
    """C07 SPEC 11: under the name of the collective and its size."""
    question = _question(reading)
    assert (question.copil_id, question.position) == (folk.copil_id, 1)
    assert question.asked_at == START
    for person in (folk.other, folk.dg, folk.lea):
        assert "L’équipe de nuit (collectif de 3 personnes)" in words(
            sign_in(person).get(f"/copils/sessions/{folk.copil_id}")
        )


def test_the_third_voice_come_too_late_goes_to_the_next_copil(folk, asked, sign_in, post, reading, writing, clock):
    """C07 SPEC 2 and 11."""
    post(sign_in(folk.awa), f"{asked}/invite", {"person": "Cyr Nkomo"})
    with writing():
        later_id = make_copil(folk.lea, held_at=START + timedelta(days=70))
    clock.set(LATE)
    for person in (folk.bea, folk.cyr):
        post(sign_in(person), f"{asked}/voice")
    question = _question(reading)
    assert (question.copil_id, question.came_from_id) == (later_id, folk.copil_id)


def test_no_page_names_the_members_of_a_collective_to_anybody_else(
    folk, public, sign_in, post, app, writing, as_viewer
):
    """C07 SPEC 11: pages, history, notices, exports, whoever reads, before and after acts of the members."""
    for person in (folk.other, folk.lea, folk.dg):
        with writing():
            follow(as_viewer(person), Subject("copils.question", int(public.rpartition("/")[2])), at=now())
            follow(as_viewer(person), Subject("copils.copil", folk.copil_id), at=now())
    with writing():
        other_id = make_question(folk.other, folk.copil_id, "Et le jour ?", position=2)
    post(sign_in(folk.bea), f"{public}/reword", {"text": "Pourquoi seul, la nuit ?", "collective": "L’équipe"})
    post(sign_in(folk.cyr), f"{public}/together", {"other": other_id})
    post(sign_in(folk.awa), f"{public}/withdraw")
    post(sign_in(folk.cyr), f"{public}/back")
    post(sign_in(folk.other), f"{public}/voice")
    post(sign_in(folk.other), f"{public}/leave")
    number = int(public.rpartition("/")[2])
    with writing():
        for column, value in answered(now(), folk.dg, "yes").items():
            setattr(session.get_one(Question, number), column, value)
        promised = make_commitment(number, folk.function_id, by=folk.lea, holder=folk.dg)
    post(sign_in(folk.bea), f"/copils/c/{promised}/known-by", {"known_by": "On travaille à deux."})
    post(sign_in(folk.dg), f"/copils/c/{promised}/done", {"proof": "Recruté."})
    verdict = post(sign_in(folk.cyr), f"/copils/c/{promised}/verdict", {"verdict": "yes"})
    assert verdict.status_code == 303
    known = {"copil_id": folk.copil_id, "question_id": number, "commitment_id": promised, "fmt": "json"}
    pages = ["/", "/news"]
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("copils.") and "GET" in rule.methods and rule.arguments <= known.keys():
            with app.test_request_context():
                pages.append(app.url_map.bind("localhost").build(rule.endpoint, {k: known[k] for k in rule.arguments}))
    assert len(pages) > 20
    for person in (folk.other, folk.dg, folk.lea, folk.admin):
        browser = sign_in(person)
        for address in pages:
            source = browser.get(address).get_data(as_text=True)
            found = [name for name in MEMBERS if name in source or name.split()[0] in source]
            assert not found, (person.name, address)


def test_members_know_each_other(folk, public, sign_in):
    page = words(sign_in(folk.cyr).get(public))
    assert all(name in page for name in MEMBERS)


def test_a_voice_taken_back_below_three_takes_it_off_the_agenda(folk, public, sign_in, post, reading):
    """C07 SPEC 11: it gathers again; the page asks first; the others are told that one is missing, not whose."""
    cyr = sign_in(folk.cyr)
    assert "elle en attend de nouveau" in words(cyr.get(f"{public}/leave"))
    assert post(cyr, f"{public}/leave").status_code == 303
    assert _question(reading).asked_at is None
    assert sign_in(folk.other).get(public).status_code == 404
    assert sign_in(folk.cyr).get(public).status_code == 404
    awa = sign_in(folk.awa)
    assert "Encore 1 voix" in words(awa.get(public))
    assert "Il manque de nouveau une voix" in words(awa.get("/news"))
    assert "Cyr" not in words(awa.get("/news"))
    post(awa, f"{public}/invite", {"person": "Omar Sy"})
    post(sign_in(folk.other), f"{public}/voice")
    assert _question(reading).asked_at is not None


def test_reworded_by_two_a_returned_collective_gathers_again(folk, public, sign_in, post, reading):
    """C07 SPEC 11: returned with three, one leaves, another sends it again: two are no collective."""
    assert post(sign_in(folk.lea), f"{public}/return", {"reason": "Nommez la fonction."}).status_code == 303
    assert post(sign_in(folk.cyr), f"{public}/leave").status_code == 303
    typed = {"text": "Pourquoi seul la nuit ?", "collective": "L’équipe de nuit"}
    assert post(sign_in(folk.bea), f"{public}/reword", typed).status_code == 303
    question = _question(reading)
    assert (question.asked_at, question.returned_at) == (None, None)
    assert sign_in(folk.other).get(public).status_code == 404
    assert "Encore 1 voix" in words(sign_in(folk.bea).get(public))
    post(sign_in(folk.bea), f"{public}/invite", {"person": "Omar Sy"})
    assert post(sign_in(folk.other), f"{public}/voice").status_code == 303
    assert "collectif de 3 personnes" in words(sign_in(folk.lea).get(f"/copils/sessions/{folk.copil_id}"))


def test_the_voice_of_who_is_to_answer_completes_no_collective(folk, asked, sign_in, post, reading, writing):
    """C07 SPEC 11 and 14: two of the field and a decider are no three."""
    post(sign_in(folk.awa), f"{asked}/invite", {"person": "Cyr Nkomo"})
    assert post(sign_in(folk.bea), f"{asked}/voice").status_code == 303
    with writing():
        make_function("Direction générale", folk.bea)
    assert post(sign_in(folk.cyr), f"{asked}/voice").status_code == 303
    assert _question(reading).asked_at is None
    awa = sign_in(folk.awa)
    assert "Encore 1 voix" in words(awa.get(asked))
    post(awa, f"{asked}/invite", {"person": "Omar Sy"})
    assert post(sign_in(folk.other), f"{asked}/voice").status_code == 303
    assert _question(reading).asked_at == START


def test_withdrawn_while_it_gathers_it_exists_for_its_askers_alone(folk, asked, sign_in, post):
    """C07 SPEC 11: not for those who were invited any more."""
    assert sign_in(folk.bea).get(asked).status_code == 200
    assert post(sign_in(folk.awa), f"{asked}/withdraw").status_code == 303
    assert sign_in(folk.bea).get(asked).status_code == 404
    assert sign_in(folk.awa).get(asked).status_code == 200


def test_the_last_voice_withdraws_instead(folk, asked, sign_in, post, reading):
    awa = sign_in(folk.awa)
    answer = post(awa, f"{asked}/leave")
    assert answer.status_code == 422
    assert "retirez-la plutôt" in words(answer)
    assert post(awa, f"{asked}/withdraw").status_code == 303
    assert _question(reading).withdrawn_at is not None
    assert sign_in(folk.other).get(asked).status_code == 404


def test_a_voice_stays_once_the_agenda_is_settled(folk, public, sign_in, post, reading, clock):
    """C07 SPEC 2."""
    clock.set(LATE)
    assert "L’ordre du jour de ce copil est arrêté" in words(post(sign_in(folk.cyr), f"{public}/leave"))
    assert post(sign_in(folk.other), f"{public}/voice").status_code == 409
    assert _voices(reading) == 3


def test_who_wrote_it_may_ask_it_alone_and_the_others_stay_unnamed(folk, asked, sign_in, post, reading):
    """C07 SPEC 11."""
    post(sign_in(folk.bea), f"{asked}/voice")
    assert post(sign_in(folk.bea), f"{asked}/alone").status_code == 422
    assert post(sign_in(folk.awa), f"{asked}/alone").status_code == 303
    page = words(sign_in(folk.other).get(asked))
    assert "Awa Diop" in page
    assert "Béa" not in page
    assert "équipe de nuit" not in page
    assert _voices(reading) == 1


def test_a_decider_is_no_voice_of_a_collective(folk, asked, sign_in, post, reading, writing):
    """C07 SPEC 1 and 14: neither invited, nor by a function that came after the invitation."""
    refused = post(sign_in(folk.awa), f"{asked}/invite", {"person": "Denis Grand"})
    assert refused.status_code == 422
    assert "Denis Grand doit répondre à ce copil" in words(refused)
    with writing():
        make_function("Direction générale", folk.bea)
    bea = sign_in(folk.bea)
    assert post(bea, f"{asked}/voice").status_code == 403
    assert post(bea, f"{asked}/decline").status_code == 403
    assert "On vous invite" not in words(bea.get("/"))
    assert [href for href in hrefs(bea.get(asked)) if re.search(r"/q/\d+/", href)] == []
    assert _voices(reading) == 1


def test_a_member_who_becomes_a_decider_stays_one_and_acts_no_more(folk, public, sign_in, post, reading, writing):
    """C07 SPEC 14: the authorship stays, and every act goes."""
    with writing():
        make_function("Direction générale", folk.cyr)
    cyr = sign_in(folk.cyr)
    assert "collectif de 3 personnes" in words(cyr.get(public))
    assert [href for href in hrefs(cyr.get(public)) if re.search(r"/q/\d+/", href)] == []
    for act in ("reword", "withdraw", "leave", "invite", "alone", "together", "move", "voice", "apart"):
        assert post(cyr, f"{public}/{act}", {"text": "Autre chose", "to": 1}).status_code == 403, act
    assert _question(reading).text == TYPED["text"]


def test_others_join_a_public_collective_unnamed(folk, public, sign_in, post):
    assert post(sign_in(folk.other), f"{public}/voice").status_code == 303
    page = words(sign_in(folk.lea).get(public))
    assert "collectif de 4 personnes" in page
    assert "Omar" not in page


def test_who_left_still_counts(folk, writing, reading, sign_in):
    """G6: sums never change."""
    with writing():
        number = make_question(folk.awa, folk.copil_id, is_collective=True, collective="Nous")
        add_askers(number, [folk.bea, folk.cyr])
        session.execute(sa.update(Asker).where(Asker.person_id == folk.cyr.id).values(person_id=None))
    assert "collectif de 3 personnes" in words(sign_in(folk.other).get(f"/copils/q/{number}"))


def test_from_a_shared_screen_one_asks_and_joins_and_moderates_nothing(
    folk, public, sign_in, post, new_client, make_user
):
    """The depot has one screen: a matricule and a PIN are enough to add a voice."""
    make_user("Yves Kerr", matricule="C02", pin="204816")
    enrolled = post(sign_in(folk.admin), "/screens", {"name": "Dépôt", "place": "entrée"})
    screen = new_client()
    assert screen.post(re.search(r"/screen/enrol/[\w.=-]+", enrolled.text).group(0)).status_code == 303
    assert screen.post("/screen/pin", data={"identifier": "C02", "pin": "204816"}).status_code == 303
    token = re.search(r'name="csrf_token" value="([^"]+)"', screen.get(public).text).group(1)
    assert screen.post(f"{public}/voice", data={"csrf_token": token}).status_code == 303
    assert "collectif de 4 personnes" in words(screen.get(public))
    asked = {"csrf_token": token, "text": "Et au dépôt ?", "asked": "alone"}
    assert screen.post(f"/copils/sessions/{folk.copil_id}/ask", data=asked).status_code == 303
    refused = screen.post(f"{public}/return", data={"csrf_token": token, "reason": "Non"})
    assert refused.status_code == 403
