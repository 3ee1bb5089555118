"""An open question becomes a question of a copil, or an ephemeral lab, in one click; the undo gives it back (C36)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.api import Subject, session

from plugins.copils.models.question import Question
from tests.hurt.pages import forms_of as every_form_of
from tests.plugins.copils.factories import add_askers, make_copil, make_function
from tests.plugins.regards.factories import START

PLUGINS = ["copils", "labs", "regards"]
ASKED = "Où trouver des ambassadeurs ?"


@pytest.fixture
def number(hand_in, reveal, kept):
    """Reveal a card of Paris; give the number of its question."""
    hand_in()
    reveal()
    return next(each.id for each in kept().lines if each.lens == "question")


@pytest.fixture
def copil_id(folk, writing):
    with writing():
        return make_copil(folk.omar, [make_function("Direction générale")], held_at=START + timedelta(days=29))


def forms_of(page, what):
    """Give what the form of a page would send, as it stands."""
    form = next(form for form in every_form_of("/", page.text) if what in form.values)
    return {name: value.strip() for name, value in form.values.items()}


def address_in(page, part):
    """Give the first address of a page that holds a part."""
    before, _part, after = page.text.partition(part)
    return before.rpartition('"')[2] + part + after.partition('"')[0].replace("&amp;", "&")


def test_one_click_leads_to_a_form_of_labs_with_nothing_left_to_type(number, sign_in, post, folk, kept):
    """C36 SPEC 5."""
    browser = sign_in(folk.lea)
    page = browser.get(f"/regards/q/{number}")
    assert "En faire un labo éphémère (Labo de Paris)" in page.text
    address = address_in(page, f"/labs/{folk.other_id}/open")
    values = forms_of(browser.get(address), "question")
    assert values["question"] == ASKED
    made = post(browser, address, values)
    assert made.status_code == 303
    text = browser.get(f"/regards/q/{number}").text
    assert "devenue" in text
    assert f'href="{made.location}"' in text
    assert ASKED in browser.get(made.location).text
    assert f'href="/regards/q/{number}"' in browser.get(made.location).text


def test_one_click_leads_to_a_form_of_copils_with_nothing_left_to_type(number, copil_id, sign_in, post, folk):
    """C36 SPEC 5."""
    browser = sign_in(folk.ben)
    address = address_in(browser.get(f"/regards/q/{number}"), f"/copils/sessions/{copil_id}/ask")
    values = forms_of(browser.get(address), "text")
    assert values["text"] == ASKED
    made = post(browser, address, values)
    assert made.status_code == 303
    text = browser.get(f"/regards/q/{number}").text
    assert f'href="{made.location}"' in text
    assert "devenue la question de copil" in text
    assert f'href="/regards/q/{number}"' in browser.get(made.location).text


def test_no_copil_takes_questions_no_button(number, sign_in, folk):
    """C36 SPEC 5: a button that leads nowhere is not there."""
    assert "En faire une question de copil" not in sign_in(folk.ben).get(f"/regards/q/{number}").text


def test_a_question_has_one_life_at_a_time(number, copil_id, sign_in, post, folk, kept):
    """C36 SPEC 5: of two who take it up, the second is told."""
    asked = f"/copils/sessions/{copil_id}/ask?takes_up=regards.question:{number}"
    assert post(sign_in(folk.ben), asked, {"text": ASKED, "asked": "alone"}).status_code == 303
    lea = sign_in(folk.lea)
    address = f"/labs/{folk.other_id}/open?takes_up=regards.question:{number}"
    refused = post(lea, address, forms_of(lea.get(address), "question"))
    assert refused.status_code == 422
    assert "déjà devenue autre chose" in refused.text
    assert lea.get("/labs/e/labs.json").json == []


def test_a_second_click_is_the_same_lab(number, sign_in, post, folk):
    lea = sign_in(folk.lea)
    address = f"/labs/{folk.other_id}/open?takes_up=regards.question:{number}"
    values = forms_of(lea.get(address), "question")
    assert post(lea, address, values).location == post(lea, address, values).location


@pytest.mark.parametrize("plugin", ["labs", "copils"])
def test_the_undo_gives_the_question_back(number, copil_id, sign_in, post, folk, plugin, kept):
    """C36 SPEC 5: from the page of what it became; it is open again and may be taken up otherwise."""
    lea = sign_in(folk.lea)
    address = {
        "labs": f"/labs/{folk.other_id}/open?takes_up=regards.question:{number}",
        "copils": f"/copils/sessions/{copil_id}/ask?takes_up=regards.question:{number}",
    }[plugin]
    made = post(lea, address, forms_of(lea.get(address), "question" if plugin == "labs" else "text")).location
    assert f"{made}/give-back" in lea.get(made).text
    assert post(sign_in(folk.noe), f"{made}/give-back").status_code == 403
    assert post(sign_in(folk.lea), f"{made}/give-back").status_code == 303
    assert "give-back" not in lea.get(made).text
    assert not any(each.became_kind for each in kept().lines)
    text = lea.get(f"/regards/q/{number}").text
    assert made not in text
    assert "ouverte" in text


def test_a_closed_question_is_not_taken_up(number, sign_in, post, folk, kept):
    post(sign_in(folk.ben), f"/regards/q/{number}/mark", {"state": "closed", "note": "Plus la peine"})
    lea = sign_in(folk.lea)
    address = f"/labs/{folk.other_id}/open?takes_up=regards.question:{number}"
    assert post(lea, address, forms_of(lea.get(address), "question")).status_code == 422
    assert not any(each.became_kind for each in kept().lines)


def test_what_would_be_refused_is_not_offered(number, copil_id, sign_in, post, folk):
    """A question that is closed, or was taken up, offers neither lab nor copil; open again, it does."""
    page, taking = f"/regards/q/{number}", f"takes_up=regards.question:{number}"
    offers = lambda: sign_in(folk.lea).get(page).text.count(taking)  # noqa: E731
    assert offers() == 2
    post(sign_in(folk.ben), f"{page}/mark", {"state": "closed", "note": "Plus la peine"})
    assert offers() == 0
    post(sign_in(folk.ben), f"{page}/reopen")
    assert offers() == 2
    lea = sign_in(folk.lea)
    address = f"/labs/{folk.other_id}/open?{taking}"
    assert post(lea, address, forms_of(lea.get(address), "question")).status_code == 303
    assert offers() == 0


def test_what_one_may_not_read_is_not_taken_up(number, copil_id, sign_in, folk):
    """P2: the address prefills nothing that its reader may not read."""
    page = sign_in(folk.omar).get(f"/copils/sessions/{copil_id}/ask?takes_up=regards.question:{number}").text
    assert ASKED not in page


NAMED = ("", "regards.question:0", "regards.question:x", "regards.board:1", "labs.lab:1", ":", "regards.question:1" * 9)


@pytest.mark.parametrize("named", NAMED)
def test_an_address_that_names_no_question_opens_an_ordinary_form(named, copil_id, sign_in, folk):
    assert sign_in(folk.lea).get(f"/copils/sessions/{copil_id}/ask?takes_up={named}").status_code == 200


def test_who_took_it_up_for_a_collective_is_named_nowhere(number, copil_id, sign_in, post, folk, writing):
    """C07 SPEC 11: neither by the history of the question, nor by that of what it comes from."""
    lea = sign_in(folk.lea)
    address = f"/copils/sessions/{copil_id}/ask?takes_up=regards.question:{number}"
    sent = {"text": ASKED, "asked": "together", "collective": "L’équipe de nuit"}
    made = post(lea, address, sent).location
    with writing():
        asked = int(made.rpartition("/")[2])
        add_askers(asked, [folk.zoe, folk.noe])
        session.get_one(Question, asked).asked_at = START
    assert "L’équipe de nuit" in sign_in(folk.ben).get(made).text
    for who in (folk.ben, folk.omar):
        for page in (f"/regards/q/{number}", "/news", made):
            assert "Léa" not in sign_in(who).get(page).text


def test_what_it_became_is_not_named_to_who_may_not_read_it(number, sign_in, post, folk):
    """P3: an ephemeral lab of Paris is read by Paris."""
    lea = sign_in(folk.lea)
    address = f"/labs/{folk.other_id}/open?takes_up=regards.question:{number}"
    values = forms_of(lea.get(address), "question") | {"question": "Un mot de Paris", "audience": "lab"}
    post(lea, address, values)
    for page in (f"/regards/q/{number}", "/regards/q/", "/regards/q/questions.csv"):
        assert "Un mot de Paris" not in sign_in(folk.ben).get(page).text


def test_the_link_and_its_undo_are_in_the_audit(number, sign_in, post, folk, audit_of):
    """G1."""
    lea = sign_in(folk.lea)
    address = f"/labs/{folk.other_id}/open?takes_up=regards.question:{number}"
    made = post(lea, address, forms_of(lea.get(address), "question")).location
    post(lea, f"{made}/give-back")
    told = audit_of(Subject("regards.question", number))
    assert told == ["regards.question_became", "regards.question_given_back"]
