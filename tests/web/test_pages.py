"""Every page of the core, as somebody who may see it: French words, no address that leads nowhere.

What a browser shows of every page of every plugin is looked at in `tests/review/test_looking.py`; the markup is judged
here too, for pages that no address shows: what a refused form, a new screen or a colour to try answers.
"""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa

from portal.errors import PluginFault
from portal.hosting.factory import create_app
from portal.loader.models import Quarantine
from portal.loader.states import quarantine
from portal.people.users import issue_link
from portal.testing.browser import ToolUnavailable, html_faults_of

from tests.reading import words
from tests.strict import unavailable
from tests.web.catalogues import CORE, said, written

PAGES = [
    "/",
    "/account",
    "/plugins",
    "/plugins/labs/switch",
    "/plugins/labs/settings",
    "/plugins/labs",
    "/plugins/faults",
    "/plugins/faults?reference=0000-00",
    "/screens",
    "/theme",
    "/theme?ink=%23ffff00&accent=%23ffcc00",
    "/theme?ink=%23003189&accent=%23e1000f",
    "/accessibilite",
    "/mentions-legales",
    "/donnees-personnelles",
    "/ecoconception",
    "/nowhere",
]


@pytest.fixture
def pages(site, app, admin, new_client, make_user, writing, post):
    """Give every page of the core, by name."""
    yves = make_user("Yves K.")
    with writing():
        link = f"/link/{issue_link(yves.id)}"
    make_user("Zoé L.", matricule="C02", pin="204816")
    anonymous = new_client()
    found = {url: admin.get(url) for url in PAGES}
    found |= {f"{url} (nobody)": anonymous.get(url) for url in ("/", "/sign-in", link, "/nowhere")}
    found["refused sign-in"] = anonymous.post("/sign-in", data={"identifier": "x", "password": "y"})
    found["refused account"] = post(admin, "/account/preferences", {})
    enrolled = post(admin, "/screens", {"name": "Hall"})
    found["enrolled"] = enrolled
    address = re.search(r"/screen/enrol/[\w.=-]+", enrolled.text).group(0)
    screen = new_client()
    found["enrol"] = screen.get(address)
    screen.post(address)
    found |= {"rest": screen.get("/screen"), "pin": screen.get("/screen/pin"), "shown": screen.get("/sign-in")}
    found["refused pin"] = screen.post("/screen/pin", data={"identifier": "C02", "pin": "1"})
    screen.post("/screen/pin", data={"identifier": "C02", "pin": "204816"})
    found |= {f"screen {url}": screen.get(url) for url in ("/screen", "/", "/account")}
    return {name: answer for name, answer in found.items() if answer.mimetype == "text/html"}


@pytest.mark.html
def test_every_page_is_sound_markup(pages):
    assert len(pages) >= 25
    try:
        faults = html_faults_of({name: answer.text for name, answer in pages.items()})
    except ToolUnavailable as error:
        unavailable(error)
    # without a script, a refresh is the clock of a shared screen
    allowed = {name: {"meta-refresh"} if name.startswith("screen ") else set() for name in faults}
    wrong = {name: [str(one) for one in found if one.rule not in allowed[name]] for name, found in faults.items()}
    assert not {name: found for name, found in wrong.items() if found}


def test_no_page_shows_an_english_word(pages):
    assert all('<html lang="fr"' in answer.text for answer in pages.values())
    french = {text for forms in written(CORE).values() for text in forms}
    keys = [key for key in said(CORE) if " " in key and "%(" not in key and key not in french]
    shown = {name: [key for key in keys if key in words(answer)] for name, answer in pages.items()}
    assert not {name: found for name, found in shown.items() if found}
    names = "|".join(
        ["Back", "Name", "Role", "Theme", "none", "Today", "Sign in", "Sign out", "Enter", "Save", "Close"]
    )
    assert not {
        name: found for name, answer in pages.items() if (found := re.findall(rf"\b(?:{names})\b", words(answer)))
    }


def test_no_page_leads_nowhere(pages, admin):
    addresses = {url for answer in pages.values() for url in re.findall(r'href="(/[^"]*)"', answer.text)}
    lost = {url for url in addresses if admin.get(url.replace("&amp;", "&")).status_code == 404}
    assert lost <= {"/screen", "/screen/pin"}  # open on an enrolled device only


def test_every_icon_is_drawn(pages):
    assert any('class="notice' in answer.text for answer in pages.values())
    for name, answer in pages.items():
        assert not re.search(r'<svg class="icon"[^>]*>\s*</svg>', answer.text), name


def test_the_page_of_faults_is_sound_too(site, admin):
    quarantine(site.engine, PluginFault("labs", "import", "<b>no</b>", "<script>x</script>"))
    assert create_app(site)
    with site.engine.connect() as conn:
        reference = conn.scalar(sa.select(Quarantine.reference))
    for path in ("/plugins", "/plugins/labs", f"/plugins/faults/{reference}"):
        text = admin.get(path).text
        assert "<script>x" not in text
        assert "<b>no</b>" not in text
