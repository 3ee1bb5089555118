"""The eyes are themselves tested: a page with one fault of each kind, and each is caught by its check (P20).

The pages are those of a careless plugin that nobody announced: the review finds them in the URL map.
"""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from flask import Blueprint, Response, render_template_string, request

from portal.api import signed_in

from tests.review import sights
from tests.review.building import opened
from tests.review.furniture import furniture_of
from tests.review.looking import LOOKS
from tests.review.looks import Looks, pages, unlike, unseen
from tests.review.serving import served
from tests.review.walking import Walk
from tests.review.world import AGENT

pytestmark = [pytest.mark.browser, pytest.mark.html]
PAGE = '{% extends "layout/shell.html" %}{% block title %}Essai{% endblock %}{% block content %}BODY{% endblock %}'
FORM = """<form method="post"><input type="hidden" name="csrf_token" value="{{ csrf_token() }}">
<label for="why">Pourquoi</label><input id="why" name="why" required><button>Dire</button></form>"""
NOISE = random.Random(7).randbytes  # what no compression makes smaller
FILES = {
    "pale.css": ("text/css", "@media (prefers-color-scheme: dark) { main p { color: #333; background: #222; } }"),
    "wide.css": ("text/css", "main p { inline-size: 400px; }"),
    "loud.js": ("text/javascript", "console.error('lost');"),
    "broken.js": ("text/javascript", "nothing.at.all();"),
    "jumpy.js": (
        "text/javascript",
        "new PerformanceObserver(() => document.body.prepend('Tout bouge')).observe({type: 'paint', buffered: true})",
    ),
    "large.js": ("text/javascript", f"// {NOISE(9_000).hex()}"),
    "huge.css": ("text/css", f"/* {NOISE(60_000).hex()} */"),
}
SHEET, SCRIPT = '<p>Un</p><link rel="stylesheet" href="/try/{}">', '<script src="/try/{}" defer></script>'
# One fault each: what stands in the page, which check catches it, by which words.
FAULTS = {
    "inline-style": ('<p style="margin: 0">Un</p>', sights.inline, 'style="margin'),
    "inline-script": ("<script>1</script>", sights.inline, "<script>"),
    "inline-style-by-policy": ('<p style="margin: 0">Un</p>', sights.complaints, "style-src-attr refuses"),
    "inline-style-by-markup": ('<p style="margin: 0">Un</p>', sights.unsound, "no-inline-style"),
    "nesting": ("<p><div>Un</div></p>", sights.unsound, "close-order"),
    "label": ('<input name="why">', sights.inaccessible, "320 px, light: label"),
    "pale-in-the-dark": (SHEET.format("pale.css"), sights.inaccessible, "1280 px, dark: color-contrast"),
    "too-wide": (SHEET.format("wide.css"), sights.too_wide, "px: <p>"),
    "two-titles": ("<h1>Encore</h1>", sights.ill_titled, "has 2 h1"),
    "jump": (SCRIPT.format("jumpy.js"), sights.moving, "shifts by"),
    "console": (SCRIPT.format("loud.js"), sights.complaints, "console: lost"),
    "script-error": (SCRIPT.format("broken.js"), sights.complaints, "nothing is not defined"),
    "picture-abroad": ('<img alt="" src="http://elsewhere.example/x.png">', sights.complaints, "img-src refuses"),
    "heavier": (NOISE(16_000).hex(), sights.heavy, "the next page takes"),
    "heavy-first": (SHEET.format("huge.css"), sights.heavy, "a first visit takes"),
    "heavy-script": (SCRIPT.format("large.js"), sights.heavy, "the script takes"),
    "many": ("".join(f'<img alt="" src="/try/{n}.png">' for n in range(8)), sights.heavy, "requests"),
    "form-taken": (FORM, sights.not_refused, "the form was taken"),
    "form-unfocused": (FORM, sights.unfocused, "the focus is on"),
    "form-jump": (FORM, sights.moving, "form 1 → 422 shifts by"),
}


def careless():
    """Make the blueprint of a plugin that does it all wrong."""
    rooms = Blueprint("careless", __name__)
    for name, (body, *_caught) in {**FAULTS, "sound": ["<p>Un</p>"]}.items():

        def show(body=body, name=name):
            is_sent = request.method == "POST"
            jump = SCRIPT.format("jumpy.js") if is_sent and name == "form-jump" else ""
            is_refused = is_sent and name in {"form-unfocused", "form-jump"}
            return render_template_string(PAGE.replace("BODY", body + jump)), 422 if is_refused else 200

        rooms.add_url_rule(f"/try/{name}", name, signed_in()(show), methods=["GET", "POST"])

    @rooms.get("/try/<any({}):name>".format(", ".join(f"'{name}'" for name in FILES)))
    @signed_in()
    def file(name):
        kind, body = FILES[name]
        return Response(body, mimetype=kind)

    return rooms


@pytest.fixture(scope="module")
def looks(built, database, browser):
    """Serve the world, with the careless plugin in it."""
    with opened(built, database) as app:
        app.register_blueprint(careless())
        with served(app) as base:
            yield Looks(Walk(app, built.world, furniture_of(app, built.plugins)), browser, base)


@pytest.mark.parametrize("name", FAULTS)
def test_the_fault_is_caught(looks, name):
    _body, check, words = FAULTS[name]
    with looks.looking(AGENT) as somebody:
        sight = somebody.look(f"/try/{name}", LOOKS if check is sights.inaccessible else LOOKS[:1])
        if name.startswith("form"):
            sight = somebody.send(1, looks=LOOKS[:1])
    faults = list(check([sight]))
    assert any(words in fault for fault in faults), faults


def test_nothing_is_held_against_a_sound_page(looks):
    with looks.looking(AGENT) as somebody:
        sight = somebody.look("/try/sound", LOOKS)
    assert not [fault for check in sights.CHECKS for fault in check([sight])]


def test_what_is_asked_abroad_is_caught_where_no_policy_stops_it(looks):
    with looks.looking(AGENT, csp=False) as somebody:
        faults = list(sights.abroad([somebody.look("/try/picture-abroad")]))
    assert any("asks http://elsewhere.example/x.png" in fault for fault in faults), faults


def test_a_new_page_is_found_by_itself(looks):
    assert {f"careless.{name}" for name in FAULTS} <= set(unseen(looks, []))
    assert {f"/try/{name}" for name in FAULTS} <= {visit.url for visit in pages(looks, AGENT)}


def test_of_pages_of_one_shape_the_heaviest_is_drawn_and_the_markup_of_all_is_judged(looks):
    sound = next(visit for visit in pages(looks, AGENT) if visit.door.endpoint == "careless.sound")
    raw, heavy = (
        replace(sound, body=sound.body.replace(b">Un<", words))
        for words in (b">1 & 2<", NOISE(99).hex().encode().join([b">", b"<"]))
    )
    assert unlike(looks, [raw, heavy]) == [heavy]
    assert any("no-raw-characters" in fault for fault in sights.unsound(looks.alike))
