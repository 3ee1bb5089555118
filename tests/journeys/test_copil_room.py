"""A whole copil of five questions run from one laptop, with the network lost for a minute in the middle (C07)."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from tests.journeys.strokes import seconds
from tests.journeys.travellers import named

pytestmark = pytest.mark.browser

ALONE = True
PARIS = ZoneInfo("Europe/Paris")
SESSION = "/copils/sessions/2"
ASKED = {
    "Iñaki Etcheverry": "Peut-on essayer avant d’acheter ?",
    "Fatoumata Keïta": "Où sont passés les vélos de service ?",
}
# What is answered to each: its kind, its words, the function that answers for it.
ANSWERS = (
    ("Oui : un engagement", "Les comptes rendus affichés le lendemain", "Secrétariat général, Paris"),
    ("Non : pourquoi", "Personne n’a encore essayé de le faire", None),
    ("Pas maintenant : à revoir", "", None),
    ("Déléguée à une fonction", "", "Direction de l’innovation, Occitanie"),
    ("Oui : un engagement", "Deux vélos à chaque entrée", "Direction de l’innovation, Occitanie"),
)
CLICKS_FOR_ONE = 7
TYPING_SECONDS, ANSWERS_SECONDS = 20, 120
LOST = "ERR_INTERNET_DISCONNECTED"


def _at(hour: int, minute: int) -> datetime:
    return datetime(2018, 2, 22, hour, minute, tzinfo=PARIS)


@pytest.fixture
def mireille(demo, travel):
    """Sit down in the room with the laptop, an hour before; two more questions have been asked, which makes five."""
    for who, question in ASKED.items():
        asker = travel(who)
        asker.go(f"{SESSION}/ask")
        asker.page.get_by_label("Votre question").fill(question)
        named(asker.page, "Poser cette question", "button").click()
        asker.page.wait_for_url("**/copils/q/*")
    mireille = travel("Mireille Puech")
    demo.set_clock(_at(9, 50))
    return mireille


def _open(mireille, is_accessible):
    mireille.go("/")
    mireille.act(named(mireille.page, "Commencer le copil"))
    mireille.page.wait_for_url("**/presence")
    is_accessible(mireille)
    for seat, presence in enumerate(("en personne", "en personne", "personne n’est venu")):
        mireille.choose(mireille.page.locator("fieldset").nth(seat).get_by_label(presence))
    mireille.act(named(mireille.page, "Commencer le copil", "button"))
    mireille.page.wait_for_url("**/live")


def _press(somebody, name):
    button = somebody.page.locator("main").get_by_role("button", name=re.compile(f"^{name}")).first
    somebody.act(button)
    return 1


def _answer(mireille, kind, text, function):
    """Write an answer down while it is given; count what is pointed at, typing apart."""
    page = mireille.page
    mireille.choose(page.get_by_label(kind))
    clicks = 2
    if text:
        mireille.type(page.locator("[name=text]"), text)
        clicks += 1
    if function:
        page.locator("[name=function_id]").select_option(label=function)
        clicks += 2
    _press(mireille, "Noter la réponse")
    expect(page.locator("main .card.now .state")).to_contain_text(re.compile("oui|non|pas maintenant|déléguée"))
    return clicks


def test_a_facilitator_runs_five_questions_from_one_page(demo, mireille, travel, is_accessible):
    """C07 SPEC 3, 4 and 12: presence, whose turn it is, five typed answers, closing."""
    _open(mireille, is_accessible)
    page = mireille.page
    wall = travel("Karim Haddad")
    took = 0.0
    for number, answer in enumerate(ANSWERS):
        clicks = _press(mireille, "Question suivante" if number else "À qui demande")
        expect(page.get_by_text("la parole est à celles et ceux qui demandent")).to_be_visible()
        clicks += _press(mireille, "À qui décide")
        expect(page.get_by_text("la parole est à celles et ceux qui décident")).to_be_visible()
        if not number:
            is_accessible(mireille)
            wall.go(f"{SESSION}/wall")
            is_accessible(wall)
        clicks += _answer(mireille, *answer)
        assert clicks <= CLICKS_FOR_ONE
        assert seconds(keys=len(answer[1]), points=0) < TYPING_SECONDS
        took += seconds(keys=len(answer[1]), points=clicks)
        assert page.url.endswith(f"{SESSION}/live")
    assert took < ANSWERS_SECONDS
    expect(page.get_by_text("Chaque question a sa réponse")).to_be_visible()
    is_accessible(mireille)
    mireille.act(named(page, "Clore le copil"))
    mireille.act(named(page, "Clore le copil", "button"))
    page.wait_for_url(f"**{SESSION}")
    read = mireille.reads()
    assert "a eu lieu" in read
    assert [read.count(word) for word in ("oui, et un engagement", "non, et voici pourquoi")] == [2, 1]
    assert "Deux vélos à chaque entrée" in read and "Thomas Nguyen a siégé en personne." in read
    is_accessible(mireille)


def test_the_network_is_lost_for_a_minute_and_the_turn_keeps_its_instant(demo, mireille, is_accessible):
    """C07 SPEC 3: whoever asks is not given the minute that the network took."""
    mireille.page.clock.install()
    _open(mireille, is_accessible)
    page = mireille.page
    demo.set_clock(_at(10, 0))
    _press(mireille, "À qui demande")
    expect(page.get_by_text("la parole est à celles et ceux qui demandent")).to_be_visible()
    demo.set_clock(_at(10, 10))
    mireille.context.set_offline(True)
    _press(mireille, "À qui décide")
    expect(page.get_by_text("Réseau perdu")).to_be_visible()
    demo.set_clock(_at(10, 11))
    page.clock.fast_forward("01:00")
    mireille.context.set_offline(False)
    page.clock.fast_forward("00:03")
    expect(page.get_by_text("la parole est à celles et ceux qui décident")).to_be_visible()
    expect(page.get_by_text("Réseau perdu")).to_be_hidden()
    assert "À qui demande 10 min" in mireille.reads()
    lost = [complaint for complaint in mireille.complaints if LOST in complaint]
    assert lost
    mireille.complaints = [complaint for complaint in mireille.complaints if complaint not in lost]
