"""Levels of engagement: chosen by the person alone, both ways, told to nobody; on pause as a state of its own (C22)."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal.api import Audience, Subject, now, session

from plugins.ambassadors.models.card import Card
from plugins.ambassadors.models.engagement import LEVELS, PAUSED, Engagement, LevelChange
from plugins.ambassadors.models.request import HelpRequest
from plugins.ambassadors.queries.cards import shown_cards
from plugins.ambassadors.queries.engagement import shown_level
from plugins.ambassadors.services.drafts import type_cards
from plugins.ambassadors.services.engagement import Choice, choose_level
from plugins.ambassadors.services.sweeping import sweep
from tests.plugins.ambassadors.factories import make_card, typed_settings
from tests.plugins.labs.pages import main_of, order_of, words

PLUGINS = ["ambassadors"]
URL = "/ambassadors/level"
NAMES = (
    "ambassadeur ou ambassadrice",
    "animateur ou animatrice",
    "contributeur ou contributrice",
    "curieux ou curieuse",
    "en pause",
    "relais",
)
IN_ORDER = ["ambassador", "animator", "contributor", "curious", "paused", "relay"]
NOTICES = "SELECT person_id, text FROM notices WHERE domain = 'ambassadors' ORDER BY id"
ACTORS = "SELECT a.action, p.actor_id FROM audit a JOIN audit_person p ON p.audit_id = a.id"


def _chosen(lab_id, level, **told):
    return {"level": level, "audience": "lab", "reader_group": lab_id, **told}


@pytest.fixture
def level_of(reading):
    """Say which level a person stands at; None if they never said."""

    def look(who):
        with reading():
            return session.scalar(sa.select(Engagement.level).where(Engagement.author_id == who.id))

    return look


@pytest.fixture
def known_by(reading, as_viewer):
    """Say what somebody knows of the level of another, and whether they find their card."""

    def look(reader, owner):
        viewer = as_viewer(reader)
        with reading():
            return shown_level(viewer, owner.id, at=now()), owner.id in shown_cards(viewer, [owner.id], at=now())

    return look


@pytest.fixture
def told(app):
    """List the notices of the plugin: to whom, in which words."""

    def read():
        with app.app_context():
            return [tuple(row) for row in session.execute(sa.text(NOTICES))]

    return read


@pytest.fixture
def stands(writing, as_viewer):
    """Let somebody choose a level."""

    def choose(who, level, group_id=None, audience=Audience.INTRANET):
        viewer = as_viewer(who)
        with writing():
            choose_level(viewer, Choice(level, audience, group_id, has_read=True), at=now())

    return choose


def test_there_are_six_levels_and_the_collectivity_names_them(sign_in, make_user, awa, lab_id, post):
    """C22 SPEC 1."""
    assert len(LEVELS) == 6
    page = sign_in(awa).get(URL)
    assert order_of(page, *(name for name in NAMES if name != "en pause")) == sorted(set(NAMES) - {"en pause"})
    assert re.findall(r'name="level" value="(\w+)"', page.text) == IN_ORDER
    admin = sign_in(make_user("Odile F.", role="admin"))
    settings = "/plugins/ambassadors/settings"
    typed = {f"label_{level}": level for level in LEVELS} | {f"time_{level}": "une heure" for level in LEVELS}
    answer = post(
        admin, settings, typed_settings(**typed | {"label_relay": "passeur ou passeuse", "charter": "Venir."})
    )
    assert answer.status_code == 303
    assert "passeur ou passeuse" in words(admin.get(URL))


def test_a_level_changes_in_both_directions_at_once_and_nobody_is_told(
    client, sign_in, awa, lab_id, post, level_of, told, app
):
    """C22 SPEC 2."""
    sign_in(awa)
    assert post(client, URL, _chosen(lab_id, "animator", has_read="y")).status_code == 303
    assert level_of(awa) == "animator"
    assert post(client, URL, _chosen(lab_id, "curious")).status_code == 303
    assert level_of(awa) == "curious"
    assert told() == []
    with app.app_context():
        rows = [tuple(row) for row in session.execute(sa.text(ACTORS)) if row.action.startswith("ambassadors.")]
    assert rows == [("ambassadors.level_chosen", None)] * 2


def test_each_level_says_its_time_and_the_charter_is_read_once(client, sign_in, awa, lab_id, post, level_of):
    """C22 SPEC 3: needed from *ambassador* only."""
    sign_in(awa)
    page = words(client.get(URL))
    assert "une demi-journée à une journée par mois" in page
    assert "rien, aussi longtemps que vous voulez" in page
    assert post(client, URL, _chosen(lab_id, "contributor")).status_code == 303
    refused = post(client, URL, _chosen(lab_id, "ambassador"))
    assert refused.status_code == 422
    assert "lisez-la, puis cochez" in words(refused)
    assert level_of(awa) == "contributor"
    assert post(client, URL, _chosen(lab_id, "ambassador", has_read="y")).status_code == 303
    assert "J’ai lu la charte" not in words(client.get(URL))
    post(client, URL, _chosen(lab_id, "relay"))
    assert post(client, URL, _chosen(lab_id, "animator")).status_code == 303


def test_it_is_no_ladder_and_its_past_is_for_oneself(client, sign_in, awa, ben, lab_id, post, reading):
    """C22 SPEC 4: equal choices, alphabetical; no number, bar nor arrow; what one chose before is on one's own page."""
    sign_in(awa)
    for level in ("relay", "contributor"):
        post(client, URL, _chosen(lab_id, level))
    page = main_of(client.get(URL))
    assert not any(sign in page for sign in ("<progress", "<meter", "<ol class", "→", "↑"))
    assert "Ce que j’avais choisi" in page
    sign_in(ben)
    assert "Ce que j’avais choisi" not in words(client.get(URL))
    with reading():
        assert session.scalar(sa.select(sa.func.count()).select_from(LevelChange)) == 2


def test_the_audience_of_a_level_is_chosen_as_for_a_field(stands, writing, known_by, awa, ben, lea, lab_id):
    with writing():
        make_card(awa, lab_id, bring="dessiner")
    stands(awa, "relay", lab_id, Audience.LAB)
    assert known_by(ben, awa) == ("relais", True)
    assert known_by(lea, awa) == ("", True)
    stands(awa, "relay", None, Audience.SELF)
    assert known_by(ben, awa) == ("", True)


def test_a_pause_hides_the_card_declines_what_waits_and_tells_nobody(
    client, sign_in, stands, writing, known_by, awa, ben, lab_id, post, told, level_of, reading
):
    """C22 SPEC 5."""
    with writing():
        make_card(awa, lab_id, bring="dessiner")
        asked = HelpRequest(
            asker_id=ben.id, person_id=awa.id, words="une affiche", asked_at=now(), closes_at=now() + timedelta(days=14)
        )
        session.add(asked)
    stands(awa, "relay", lab_id)
    sign_in(awa)
    assert post(client, f"{URL}/pause").status_code == 303
    assert level_of(awa) == PAUSED
    assert known_by(ben, awa) == ("", False)
    assert told() == [(ben.id, "“%(title)s”: not available")]
    with reading():
        assert session.scalar(sa.select(HelpRequest.answer)) == "no"
    sign_in(awa)
    assert client.get("/ambassadors/mine").status_code == 200
    assert post(client, f"{URL}/back").status_code == 303
    assert level_of(awa) == "relay"
    assert known_by(ben, awa) == ("relais", True)


def test_a_card_written_on_pause_stays_hidden(client, sign_in, writing, known_by, awa, ben, lab_id, post):
    """C22 SPEC 5."""
    sign_in(awa)
    post(client, f"{URL}/pause")
    with writing():
        make_card(awa, lab_id, bring="dessiner")
    assert known_by(ben, awa) == ("", False)
    post(client, f"{URL}/back")
    assert known_by(ben, awa) == ("", True)


def test_the_quiet_are_asked_then_pause_and_lose_nothing(
    stands, writing, clock, run_jobs, told, level_of, awa, ben, lea, lab_id, known_by, sign_in, client, post
):
    """C22 SPEC 6; who chose no level is asked nothing."""
    with writing():
        make_card(awa, lab_id, bring="dessiner")
        make_card(lea, lab_id, bring="coudre")
    stands(awa, "ambassador", lab_id)
    clock.advance(days=181)
    run_jobs()
    assert told() == []
    clock.advance(days=2)
    run_jobs()
    run_jobs()
    assert [person for person, _text in told()] == [awa.id]
    sign_in(awa)
    assert "Toujours partant" in words(client.get("/"))
    post(client, "/news/read/99")
    run_jobs()
    assert len(told()) == 1
    clock.advance(days=31)
    run_jobs()
    assert level_of(awa) == PAUSED
    assert not level_of(lea)
    assert known_by(ben, awa) == ("", False)
    assert [person for person, text in told() if "on pause" in text and "Still" not in text] == [awa.id]
    sign_in(awa)
    assert "dessiner" in client.get("/ambassadors/mine").text


def test_one_click_answers_the_question(stands, clock, run_jobs, level_of, awa, lab_id, sign_in, client, post):
    """C22 SPEC 6."""
    stands(awa, "ambassador", lab_id)
    clock.advance(days=183)
    run_jobs()
    sign_in(awa)
    assert "Oui, toujours" in client.get(URL).text
    assert post(client, f"{URL}/yes").status_code == 303
    clock.advance(days=60)
    run_jobs()
    assert level_of(awa) == "ambassador"
    assert "Toujours partant" not in words(client.get("/"))


def test_a_card_is_asked_about_once_a_month_before_it_hides(
    client, sign_in, writing, clock, run_jobs, told, awa, lab_id, post
):
    """C08 SPEC 5."""
    with writing():
        make_card(awa, lab_id, bring="dessiner")
    clock.advance(days=334)
    run_jobs()
    sign_in(awa)
    assert "toujours vraie" not in words(client.get("/"))
    clock.advance(days=2)
    run_jobs()
    run_jobs()
    assert [person for person, _text in told()] == [awa.id]
    sign_in(awa)
    assert "Votre carte aura bientôt un an" in words(client.get("/"))
    post(client, "/news/read/99")
    run_jobs()
    assert len(told()) == 1
    clock.advance(days=30)
    sign_in(awa)
    assert "Votre carte a un an, elle est cachée" in words(client.get("/"))
    post(client, "/ambassadors/mine/confirm")
    assert "toujours vraie" not in main_of(client.get("/"))
    run_jobs()
    assert len(told()) == 1


def test_what_the_clock_says_leads_to_ones_own_pages(client, sign_in, stands, clock, run_jobs, awa, lab_id):
    stands(awa, "relay", lab_id)
    clock.advance(days=183)
    run_jobs()
    sign_in(awa)
    news = client.get("/news")
    assert "Un clic suffit" in words(news)


def test_the_audit_of_levels_is_about_all_of_them(stands, audit_of, awa, lab_id):
    stands(awa, "relay", lab_id)
    assert audit_of(Subject("ambassadors.cards", 1)) == ["ambassadors.level_chosen"]


def test_who_pauses_is_asked_nothing_anywhere(
    client, sign_in, writing, as_viewer, clock, run_jobs, told, zoe, awa, lab_id, post
):
    """C22 SPEC 5: neither about the paper card that waits, nor about the card that grows old."""
    typist = as_viewer(zoe)
    with writing():
        make_card(awa, lab_id, bring="dessiner")
    sign_in(awa)
    post(client, f"{URL}/pause")
    with writing():
        type_cards(typist, {awa.id: {"bring": "coudre"}}, group_id=lab_id, at=now())
    assert "saisie pour vous" not in words(client.get("/"))
    clock.advance(days=340)
    run_jobs()
    sign_in(awa)
    assert "toujours vraie" not in words(client.get("/"))
    assert told() == []
    post(client, f"{URL}/back")
    assert "toujours vraie" in words(client.get("/"))


def test_the_clock_asks_nothing_of_who_pauses_however_many_they_are(writing, stands, clock, awa, ben, told, lab_id):
    """C22 SPEC 6: what paused by itself is not asked again either."""
    for who in (awa, ben):
        stands(who, PAUSED)
    clock.advance(days=200)
    with writing():
        session.execute(sa.update(Engagement).where(Engagement.author_id == ben.id).values(asked_at=now()))
    clock.advance(days=31)
    with writing():
        assert not sweep(now())
    assert told() == []


def test_ones_card_says_that_one_pauses_and_until_when_it_is_kept(
    client, sign_in, writing, clock, run_jobs, reading, awa, lab_id, post
):
    """A pause does not stop the eighteen months: it is said, and one may confirm."""
    with writing():
        make_card(awa, lab_id, bring="dessiner")
    sign_in(awa)
    paused = words(post(client, f"{URL}/pause", follow_redirects=True))
    assert "gardée jusqu’au 10 mars 2028" in paused
    page = words(client.get("/ambassadors/mine"))
    assert "en pause" in page
    assert "gardée jusqu’au 10 mars 2028" in page
    assert "vraie jusqu" not in page
    clock.advance(days=400)
    sign_in(awa)
    page = words(client.get("/ambassadors/mine"))
    assert "Répondez quand vous voulez" in page
    assert "personne ne la lit plus" not in page
    clock.advance(days=149)
    run_jobs()
    with reading():
        assert session.scalar(sa.select(sa.func.count()).select_from(Card)) == 0


def test_the_question_says_what_is_known_of_one(client, sign_in, stands, clock, run_jobs, awa, lab_id):
    """Who reads without acting was seen: nothing was done, and no more is said."""
    stands(awa, "relay", lab_id)
    clock.advance(days=183)
    run_jobs()
    sign_in(awa)
    page = words(client.get(URL))
    assert "Rien n’a été fait ici à votre nom" in page
    assert "vu depuis" not in page
