"""What somebody new to rounds of regards stumbled on: what a card wants, what is off, what a question became."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa

from portal.api import hookimpl, now, session
from portal.texts import texts

from plugins.regards.services.opening import open_board
from tests.hurt.pages import forms_of as every_form_of
from tests.plugins.regards.factories import TYPED, viewer_for
from tests.plugins.regards.test_visiting import door, fair, key, leave  # noqa: F401
from tests.reading import words

PLUGINS = ["copils", "labs", "regards"]
OFF = "n’est pas allumé en ce moment"
MISSING = "Une ligne au moins : une carte tient les trois colonnes."
BESIDE = re.compile(r'class="field-error[^>]*>.*?(Une ligne[^<]*)</span>', re.DOTALL)


@pytest.fixture
def switch(writing):
    """Let the plugin of what is reviewed be off, then on."""

    def turn(is_on):
        kind = "labs.lab" if is_on else "stands.stand"
        with writing():
            session.execute(sa.text("UPDATE regards_board SET subject_kind = :kind"), {"kind": kind})

    return turn


@pytest.fixture
def at_a_fair(folk, writing, fair):  # noqa: F811
    """Open a round where visitors have a place."""
    with writing():
        return open_board(viewer_for(folk.zoe), folk.reviewed, occasion="Foire", audience="network", at=now()).id


def test_all_that_a_card_lacks_is_said_at_once(hand_in, sign_in, folk, url):
    """C36 SPEC 1: above the fields before, beside each of them after."""
    blank = words(sign_in(folk.zoe).get(f"{url}/card/{folk.other_group}"))
    assert "une ligne au moins dans chacune" in blank
    refused = hand_in(risky="", question="", inspiring="Ce que j’ai aimé")
    assert refused.status_code == 422
    assert BESIDE.findall(refused.text) == [MISSING] * 2
    assert "Ce que j’ai aimé" in refused.text


def test_a_draft_still_lacks_what_it_likes(hand_in, kept):
    assert hand_in(risky="", question="", draft="1").status_code == 303
    assert kept().words == [TYPED["inspiring"]]


def test_all_that_a_paper_card_lacks_is_said_at_once(sign_in, post, folk, url):
    zoe = sign_in(folk.zoe)
    refused = post(zoe, f"{url}/paper", {"key": "k" * 24, "inspiring": "Oui"})
    assert BESIDE.findall(refused.text) == [MISSING] * 2


def test_nobody_is_called_to_write_about_what_is_off(sign_in, folk, url, switch):
    """C36 SPEC 2: one sentence, no door; on again, all is back."""
    zoe = sign_in(folk.zoe)
    assert "Laisser un regard" in zoe.get("/").text
    assert f"{url}/paper" in zoe.get(url).text
    switch(False)
    assert url not in zoe.get("/").text
    page = zoe.get(url)
    assert OFF in page.text
    assert not re.search(rf"{url}/(paper|code|card)", page.text)
    for door_ in ("paper", "code", f"card/{folk.other_group}"):
        refused = zoe.get(f"{url}/{door_}")
        assert refused.status_code == 409
        assert OFF in refused.text
    switch(True)
    assert "Laisser un regard" in zoe.get("/").text
    assert OFF not in zoe.get(url).text


class TestAtAFair:
    """A code, and what it opens when it opens no card."""

    @pytest.fixture
    def board_id(self, at_a_fair):
        return at_a_fair

    def test_a_visitor_reads_at_once_that_it_is_off(self, door, new_client, switch):  # noqa: F811
        """Before they write, not after; on again, the form is back."""
        switch(False)
        page = new_client().get(door)
        assert page.status_code == 404
        assert OFF in page.text
        assert "<textarea" not in page.text
        switch(True)
        assert "<textarea" in new_client().get(door).text

    def test_all_that_a_visitor_forgot_is_said_at_once(self, leave):  # noqa: F811
        refused = leave(risky="", question="")
        assert refused.status_code == 422
        assert BESIDE.findall(refused.text) == [MISSING] * 2

    def test_cards_in_one_s_own_name_are_counted_once(self, leave, sign_in, folk, url):  # noqa: F811
        leave()
        text = words(sign_in(folk.awa).get(url))
        assert "1 carte est rendue, en nom propre, par une personne de passage ou sur papier." in text


@pytest.fixture
def question(hand_in, reveal, kept):
    hand_in()
    reveal()
    return next(each.id for each in kept().lines if each.lens == "question")


@pytest.fixture
def made(question, sign_in, post, folk):
    """Make an ephemeral lab of the question; give its address."""
    lea = sign_in(folk.lea)
    address = f"/labs/{folk.other_id}/open?takes_up=regards.question:{question}"
    form = next(form for form in every_form_of("/", lea.get(address).text) if "question" in form.values)
    return post(lea, address, {name: value.strip() for name, value in form.values.items()}).location


def test_what_a_question_became_is_said_wherever_it_stands(made, question, sign_in, folk, url):
    """C36 SPEC 5: its kind in words, its title, its link; and nobody is called to take it up again."""
    browser = sign_in(folk.zoe)
    for page in (f"/regards/q/{question}", "/regards/q/", url, f"{url}/wall", f"{url}/sheet"):
        assert f"Devenue le labo éphémère : {TYPED['question']}" in words(browser.get(page)), page
    for page in (f"/regards/q/{question}", "/regards/q/", url):
        assert f'href="{made}"' in browser.get(page).text
    assert "En faire" not in browser.get(f"/regards/q/{question}").text


def test_what_a_question_became_is_text_while_it_is_off(made, question, sign_in, folk, writing):
    with writing():
        session.execute(sa.text("UPDATE regards_line SET became_kind = 'stands.stand' WHERE became_id IS NOT NULL"))
    for page in (f"/regards/q/{question}", "/regards/q/"):
        assert "Devenue autre chose, qui ne vous est pas ouvert en ce moment." in words(sign_in(folk.zoe).get(page))


def test_what_is_quoted_within_a_quotation_stands_between_others(folk):
    said = texts("regards")("The reviewed team has replied: “%(title)s”", title="Regards sur « Labo », foire")
    assert said.replace("\u00a0", " ") == "L’équipe relue a répondu : « Regards sur “Labo”, foire »"


def test_the_empty_list_says_what_can_be_reviewed_here(sign_in, folk, plug):
    """Of the plugins that are on, no others."""

    class Circles:
        @hookimpl(optionalhook=True)
        def regards_kinds(self):
            return ["un cercle"]

    assert "Ce qui peut être relu ici : un labo, un projet, un labo éphémère." in words(
        sign_in(folk.zoe).get("/regards/")
    )
    plug(Circles(), "circles")
    assert "un cercle" in words(sign_in(folk.zoe).get("/regards/"))


def test_the_reviewed_team_is_told_that_it_is_reviewed(sign_in, post, folk):
    """C36 SPEC 2: it is not called to write; whoever else follows what is reviewed is."""
    post(sign_in(folk.lea), f"/follow/labs.lab/{folk.lab_id}")
    post(sign_in(folk.zoe), f"/regards/on/labs.lab/{folk.lab_id}", {"occasion": "Foire"})
    assert "Votre équipe est relue" in sign_in(folk.ben).get("/news").text
    assert "sont invités à laisser" not in sign_in(folk.ben).get("/news").text
    assert "sont invités à laisser" in sign_in(folk.lea).get("/news").text
