"""The day when it runs late, when it is a week old, and when a part of it is off."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from tests.journeys.travellers import SWITCHED_OFF, named, switch

pytestmark = pytest.mark.browser

ALONE = True
PARIS = ZoneInfo("Europe/Paris")
DAY = "/programmes/1"
FILM = "/restitutions/1"
YOUTUBE = re.compile(r"https://www\.youtube-nocookie\.com/")
SUMMARY = "Un site commun, trois visites par an, et quelqu’un qui s’en occupe à tour de rôle."
ADDING = "Ajouter une restitution"
CAPTIONS = """WEBVTT

00:00:02.000 --> 00:00:06.000
On commence par dire qui s’en occupe.

00:01:10.000 --> 00:01:15.000
Un petit déjeuner par mois, sans ordre du jour.
"""


def _hours(somebody):
    """Give the hours of the programme, line by line."""
    return [" ".join(line.split()) for line in somebody.page.locator("main .programmes-hours").all_inner_texts()]


def test_the_organiser_is_twenty_minutes_late_and_lunch_stays(demo, travel, is_accessible):
    """C34 SPEC 2 and 4: a preview, one click, lunch where it was, the surprise still kept, one click back."""
    nadia, karim = travel("Nadia Vermeersch"), travel("Karim Haddad")
    demo.set_clock(datetime(2018, 1, 26, 10, 20, tzinfo=PARIS))
    nadia.go(DAY)
    before = _hours(nadia)
    nadia.act(named(nadia.page, re.compile(r"^\+ 20")))
    nadia.page.wait_for_url("**/delay?minutes=20")
    read = nadia.reads()
    assert "Foire aux Transfos 10 h – 11 h → 10 h – 11 h 20" in read
    assert "écourté : « Pause déjeuner » ne bouge pas" in read
    assert "Ce qui ne bouge pas Pause déjeuner 12 h 30 – 14 h" in read
    is_accessible(nadia)
    assert _hours_of(karim) == before  # a preview moves nothing
    nadia.act(named(nadia.page, re.compile(r"^Décaler de 20"), "button"))
    nadia.page.wait_for_url(f"**{DAY}")
    assert {
        "10 h – 11 h 20 prévu jusqu’à 11 h",
        "11 h 20 – 12 h 30 prévu à 11 h",
        "12 h 30 – 14 h",
        "14 h 20 – 14 h 50 prévu à 14 h",
        "à partir de 17 h 50 prévu à 17 h 30",
    } <= set(_hours(nadia))
    karim.go(DAY)
    assert "La journée a 20 min de retard sur ce qui était prévu." in karim.reads()
    assert "Surprise !" in karim.reads()
    assert "sieste" not in karim.page.content()
    nadia.act(named(nadia.page, "Annuler ce décalage", "button"))
    expect(nadia.page.get_by_role("status").first).to_contain_text("Tout est revenu à son heure")
    assert _hours(nadia) == before
    demo.set_clock(datetime(2018, 1, 26, 14, 1, tzinfo=PARIS))
    karim.go(DAY)
    assert "La sieste des mots" in karim.reads()


def _hours_of(somebody):
    somebody.go(DAY)
    return _hours(somebody)


def test_a_week_later_a_colleague_reads_then_watches_and_nobody_knows_before(demo, travel, is_accessible):
    """C33 SPEC 3, 4 and 5: nothing leaves the portal before the click, what is said is found and read."""
    nadia, celine = travel("Nadia Vermeersch"), travel("Céline Wagner")
    assert celine.go(FILM) == 404  # nothing of it is shown as a fact before its owner says so
    nadia.go(FILM)
    nadia.act(named(nadia.page, "Oui, c’est elle", "button"))
    assert celine.go(FILM) == 404  # nor before somebody says who is filmed
    nadia.act(named(nadia.page, "Personne n’y est reconnaissable", "button"))
    nadia.go(f"{FILM}/change")
    nadia.type(nadia.page.get_by_label("Résumé"), SUMMARY)
    nadia.page.keyboard.press("Control+Enter")
    nadia.act(nadia.page.locator("main form button").last)
    nadia.page.wait_for_url(f"**{FILM}")
    nadia.go(f"{FILM}/captions")
    nadia.type(nadia.page.locator("[name=typed]"), CAPTIONS)
    nadia.act(nadia.page.locator("main form button").last)
    nadia.page.wait_for_url(f"**{FILM}")

    demo.set_clock(datetime(2018, 2, 2, 9, 0, tzinfo=PARIS))
    celine.context.route(YOUTUBE, lambda route: route.fulfill(body="", content_type="text/html"))
    celine.go("/restitutions/?q=petit+déjeuner")
    celine.act(named(celine.page, re.compile("Atelier 1")))
    celine.page.wait_for_url(re.compile(FILM))
    assert SUMMARY in celine.reads()
    assert celine.page.locator("main iframe").count() == 0
    celine.act(named(celine.page, "Lire ce qui est dit"))
    assert "Un petit déjeuner par mois, sans ordre du jour." in celine.reads()
    is_accessible(celine)
    celine.go(FILM)
    assert not celine.complaints  # of them, a request to another host
    celine.act(named(celine.page, "Montrer la vidéo", "button"))
    celine.page.locator("main iframe").wait_for()
    assert [YOUTUBE.search(complaint) is not None for complaint in celine.complaints] == [True]
    celine.complaints = []


def test_a_film_of_the_house_plays_from_here_with_its_captions(travel):
    """C33 SPEC 3 and 6: no other host, a player that jumps to a moment, what is said in full."""
    celine = travel("Céline Wagner")
    celine.go("/restitutions/?q=stand+en+stand")
    celine.act(named(celine.page, "trouvé à 12 s"))
    celine.page.wait_for_url(re.compile(r"/restitutions/4\?at=12#film$"))
    found = celine.page.evaluate(
        """() => new Promise((done, failed) => {
          const film = document.querySelector('video'), captions = film.textTracks[0];
          captions.mode = 'showing';
          film.addEventListener('error', () => failed(new Error(film.error.message)));
          captions.addEventListener('cuechange', () => {
            const cue = captions.activeCues[0];
            if (film.currentTime === 33 && cue) done([film.duration, film.videoWidth, captions.language, cue.text]);
          });
          film.addEventListener('canplay', () => { film.currentTime = 33; }, { once: true });
          film.preload = 'auto';
          film.load();
        })"""
    )
    assert found == [42, 640, "fr", "Et une surprise, à l’heure dite, que personne n’a lue avant."]
    assert not celine.complaints


def test_who_is_filmed_agrees_on_today_and_changes_their_mind(travel, is_accessible):
    """C33 SPEC 7: nobody else finds it before, the question leads to the answer, one no is enough."""
    inaki, celine, nadia = travel("Iñaki Etcheverry"), travel("Céline Wagner"), travel("Nadia Vermeersch")
    assert celine.go("/restitutions/5") == 404
    inaki.go("/")
    inaki.act(named(inaki.page, re.compile("Vous apparaissez dans")))
    inaki.page.wait_for_url("**/mine")
    is_accessible(inaki)
    inaki.act(named(inaki.page, "Voir d’abord la vidéo"))
    inaki.page.locator("main video").wait_for()
    inaki.act(named(inaki.page, "Vous y apparaissez : répondre"))
    inaki.act(named(inaki.page, "Oui, je suis d’accord", "button"))
    assert "Vous êtes d’accord pour que la voient" in inaki.reads()
    assert celine.go("/restitutions/5") == 200
    nadia.go("/restitutions/5/filmed")
    assert "Iñaki Etcheverry d’accord" in nadia.reads()
    celine.go("/restitutions/5")
    inaki.go("/restitutions/5")
    inaki.act(named(inaki.page, "Je ne suis plus d’accord pour y apparaître"))
    inaki.act(named(inaki.page, "Je ne suis plus d’accord", "button"))
    assert "La vidéo n’est plus montrée" in inaki.reads()
    assert celine.go("/restitutions/5") == 404
    nadia.go("/restitutions/5")
    assert "retirée" in nadia.reads()


# A plugin that is switched off: its name, a page of its own, then pages of others, and what is missing there.
PARTS = (
    (
        "Programmes de journée",
        DAY,
        {"/": "Interlabos : les quatre labos", "/regards/5": "", FILM: ""},
    ),
    (
        "Regards croisés",
        "/regards/2",
        {
            "/": "Des cartes attendent",
            "/programmes/stands/1": "ouvert, lignes cachées",
            "/labs/1": "Montre-moi où en est ton projet",
            "/labs/e/5": "",
            "/copils/q/9": "",
        },
    ),
    (
        "Restitutions",
        FILM,
        {"/": "Est-ce la bonne vidéo", "/programmes/slots/6": ADDING, DAY: ADDING},
    ),
)


def test_with_a_part_off_the_day_goes_on_without_it(travel):
    """P12: the same pages stand, without what is missing; on again, all is back."""
    awa, nadia = travel("Awa Mbengue"), travel("Nadia Vermeersch")
    for name, own, others in PARTS:
        for path, words in others.items():
            assert nadia.go(path) == 200
            assert words in nadia.reads(), path
        switch(awa, name, "Éteindre")
        assert nadia.go(own) == 404
        assert SWITCHED_OFF in nadia.reads()
        for path, words in others.items():
            assert nadia.go(path) == 200
            assert not words or words not in nadia.reads(), path
        switch(awa, name, "Allumer")
        assert nadia.go(own) == 200
