"""The look of a collectivity: colours everybody can read, seen before they are kept; a logo; the way back."""

from __future__ import annotations

import io
import re

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.content.files.models import File
from portal.web.colours import (
    TEXT,
    Colour,
    _linear_of,
    _pairs,
    contrast,
    faults_of,
    nearest,
    of_hex,
    read_hex,
    sheet,
    to_hex,
)
from portal.web.environment import core_templates
from portal.web.pages.theme import USUAL

from tests.content.files import samples
from tests.houses import opened
from tests.reading import words

SEEN = "/theme?ink=%23003189&accent=%23e1000f"
PALE = {"ink": "#ffff00", "accent": "#ffcc00"}
GOOD = {"ink": "#003189", "accent": "#e1000f"}
HEX = st.integers(0, 0xFFFFFF).map("#{:06x}".format)


@pytest.fixture
def house(site):
    with opened(site.instance) as made:
        yield made


@pytest.fixture
def odile(house):
    """Give the browser of an administrator, behind the dispatcher: what is chosen shows on the next page."""
    return house.browser()


def sheets(answer):
    return re.findall(r'<link rel="stylesheet" href="([^"]+)"', answer.text)


def test_colours_are_kept_and_every_worker_draws_the_next_page_with_them(site, odile):
    with opened(site.instance) as another:
        second = another.browser(name="Ida L.")
        assert len(sheets(second.get("/account"))) == 1
        assert odile.post("/theme", GOOD).status_code == 303
        (_usual, own) = sheets(second.get("/account"))
        css = second.get(own)
    assert re.fullmatch(r"/theme/[0-9a-f]{12}\.css", own)
    assert "#003189" in css.text
    assert css.mimetype == "text/css"
    assert "immutable" in css.headers["Cache-Control"]


def test_a_visitor_without_account_sees_the_colours_and_gets_no_cookie(house, odile):
    odile.post("/theme", GOOD)
    (_usual, own) = sheets(odile.get("/account"))
    visitor = house.app().test_client()
    assert own in sheets(visitor.get("/sign-in"))
    answer = visitor.get(own)
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers


def test_colours_are_seen_before_they_are_kept(admin):
    page = admin.get(SEEN)
    assert "Rien n’est encore enregistré" in words(page)
    assert "Garder ces couleurs" in words(page)
    preview = sheets(page)[1].replace("&amp;", "&")
    answer = admin.get(preview)
    assert "#e1000f" in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert len(sheets(admin.get("/theme"))) == 1


@pytest.mark.parametrize("query", ["", "?ink=%23003189", "?ink=red;}&accent=%23000000"])
def test_the_preview_takes_colours_and_nothing_else(admin, query):
    assert admin.get(f"/theme/preview.css{query}").status_code == 404


def test_colours_that_cannot_be_read_are_refused_with_the_nearest_that_can(admin, post):
    refused = post(admin, "/theme", PALE)
    assert refused.status_code == 422
    said = words(refused)
    assert "Pas assez lisible (mots du bandeau, en clair) : contraste de 1,0 pour 1, il en faut 4,5." in said
    ink, accent = re.findall(r'name="(?:ink|accent)" value="(#[0-9a-f]{6})"', refused.text)[:2]
    assert not faults_of(ink, accent)
    assert ink in said
    assert post(admin, "/theme", {"ink": ink, "accent": accent}).status_code == 303  # in one click


def test_what_is_no_colour_is_said_so(admin, post):
    answer = post(admin, "/theme", {"ink": "bleu", "accent": "#000000"})
    assert answer.status_code == 422
    assert "Écrivez une couleur comme #0b3d5c." in words(answer)


def test_the_colours_go_back_after_it_was_asked(house, odile):
    odile.post("/theme", GOOD)
    assert "#003189" in words(odile.get("/theme/reset"))
    assert odile.post("/theme/reset").status_code == 303
    assert len(sheets(odile.get("/account"))) == 1
    assert odile.get("/theme/reset").status_code == 303


def test_a_logo_takes_the_place_of_the_mark_is_replaced_and_goes(house, odile):
    def send(content, **fields):
        return odile.post("/theme/logo", {"logo": (io.BytesIO(content), "logo.png"), **fields})

    assert "brand-mark" in odile.get("/account").text
    assert send(samples.picture(size=(900, 300))).status_code == 303
    first = re.search(r'<img\s+src="(/theme/logo-[0-9a-f]+)"', odile.get("/account").text).group(1)
    logo = odile.get(first)
    assert (logo.mimetype, logo.status_code) == ("image/png", 200)
    assert "immutable" in logo.headers["Cache-Control"]
    assert "brand-mark" not in odile.get("/account").text
    assert send(samples.picture("JPEG"), on_plate="y").status_code == 303
    assert 'class="brand-plate"' in odile.get("/account").text
    assert odile.get(first).status_code == 404
    assert len(house.rows(File.__table__.select())) == 1
    assert "Retirer le logo ?" in words(odile.get("/theme/logo/remove"))
    assert odile.post("/theme/logo/remove").status_code == 303
    assert "brand-mark" in odile.get("/account").text
    assert not house.rows(File.__table__.select())


@pytest.mark.parametrize("content", [samples.SVG, samples.PDF, samples.moving()])
def test_what_is_no_still_picture_is_no_logo(odile, content):
    answer = odile.post("/theme/logo", {"logo": (io.BytesIO(content), "logo.svg")})
    assert answer.status_code == 422
    assert "brand-mark" in odile.get("/account").text


def test_who_chose_what_is_in_the_audit(house, odile):
    odile.post("/theme", GOOD)
    odile.post("/theme/logo", {"logo": (io.BytesIO(samples.picture()), "logo.png")})
    odile.post("/theme/logo/remove")
    odile.post("/theme/reset")
    found = [row.action for row in house.rows(sa.text("SELECT action FROM audit ORDER BY id"))]
    assert [action for action in found if "theme" in action or "logo" in action] == [
        "portal.theme_changed",
        "portal.logo_changed",
        "portal.logo_removed",
        "portal.theme_reset",
    ]


@settings(max_examples=150, deadline=None)
@given(HEX, HEX)
def test_there_is_always_a_pair_that_can_be_read_and_it_stays_itself(ink, accent):
    found = nearest(ink, accent)
    assert not faults_of(*found)
    assert nearest(*found) == found
    if not faults_of(ink, accent):
        assert found == (ink, accent)


@settings(max_examples=100, deadline=None)
@given(HEX)
def test_a_colour_comes_back_as_it_was_written(text):
    assert to_hex(of_hex(text)) == text


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#767676", "#ffffff", 4.54),
        ("#ff0000", "#ffffff", 4.0),
        ("#0000ff", "#000000", 2.44),
    ],
)
def test_contrast_is_that_of_the_standard(one, other, ratio):
    assert contrast(of_hex(one), of_hex(other)) == pytest.approx(ratio, abs=0.01)


@pytest.mark.parametrize("text", ["#12345", "red", "", "#12345g", "#000000;}", "url(x)"])
def test_only_a_colour_is_a_colour(text):
    assert read_hex(text) is None


def test_the_colours_of_the_product_can_be_read():
    assert not faults_of(*USUAL)


def tokens():
    """Read the colours of the sheet: name → the two of `light-dark`."""
    css = (core_templates() / "layout/tokens.css").read_text()
    return dict(re.findall(r"--([a-z-]+): ((?:light-dark|oklch)\(.*\));", css))


def light_and_dark(text, ink, accent):
    """Compute the colours of a token, as a browser would with these two."""
    places = {
        "--ink-hue": ink.hue,
        "--ink-chroma": ink.chroma,
        "--accent-hue": accent.hue,
        "--accent-chroma": accent.chroma,
    }
    for name, value in places.items():
        text = text.replace(f"var({name})", f"{value}")
    found = re.findall(r"oklch\(([\d.]+)% ([\d.]+) ([\d.]+)", text)
    return [Colour(float(one) / 100, float(two), float(three)) for one, two, three in found]


def test_the_judge_looks_at_the_pairs_that_the_sheet_draws():
    ink, accent = (of_hex(colour) for colour in USUAL)
    drawn = [one for text in tokens().values() for one in light_and_dark(text, ink, accent)]
    judged = [one for _blamed, _where, front, ground, _least in _pairs(ink, accent) for one in (front, ground)]
    unknown = {to_hex(one) for one in judged} - {to_hex(one) for one in drawn}
    assert not unknown, "layout/tokens.css and portal/web/colours.py differ"


def test_a_grey_collectivity_gets_no_colour_it_did_not_ask_for():
    css = sheet("#333333", "#555555")
    assert re.search(r"--accent:light-dark\(#555555,oklch\(76% 0\.0+ ", css)


def test_the_dark_side_is_judged_too():
    assert {where.rpartition(", ")[2] for _b, where, *_rest in _pairs(Colour(0.3, 0, 0), Colour(0.5, 0, 0))} == {
        "en clair",
        "en sombre",
    }
    assert TEXT == 4.5
    assert _linear_of(Colour(1, 0, 0)) == pytest.approx((1, 1, 1), abs=1e-6)
