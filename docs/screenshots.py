"""Pictures of the demonstration: those of the README, and a set to look at.

`make screenshots` writes them in `docs/`. With a folder, `make screenshots ARGS=/tmp/pictures`, every page below is
taken there too: narrow and wide, light and dark. The journeys of the tests take the README's pictures the same way.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from portal.testing.browser import launch_options
from portal.testing.demonstration import Demonstration, served

DOCS = Path(__file__).parent
# the pictures of the README, wide and light: their name, the address
OF_README = {
    "home.png": "/",
    "promised.png": "/copils/hall",
    "day.png": "/programmes/1#slot-3",
    "board.png": "/regards/2",
}
WIDTHS = {"320": (320, 640), "1280": (1280, 800)}
SCHEMES = ("light", "dark")
OPEN_LAB = "/labs/e/3"
# who looks (None: nobody), the name of the picture, the address
PAGES = [
    ("Nadia Vermeersch", "today", "/"),
    ("Nadia Vermeersch", "ephemerals", "/labs/e/"),
    ("Nadia Vermeersch", "open-lab", OPEN_LAB),
    ("Fatoumata Keïta", "told-lab", "/labs/e/1"),
    ("Nadia Vermeersch", "opening", "/labs/1/open"),
    ("Nadia Vermeersch", "wall", f"{OPEN_LAB}/wall"),
    ("Nadia Vermeersch", "poster", f"{OPEN_LAB}/poster"),
    ("Nadia Vermeersch", "labs", "/labs/"),
    ("Nadia Vermeersch", "lab", "/labs/1"),
    ("Régine Schmitt", "lab-mulhouse", "/labs/4"),
    ("Nadia Vermeersch", "members", "/labs/1/members"),
    ("Nadia Vermeersch", "projects", "/labs/projects"),
    ("Thomas Nguyen", "project", "/labs/projects/3"),
    ("Nadia Vermeersch", "graveyard", "/labs/projects/graveyard"),
    ("Nadia Vermeersch", "mine", "/labs/mine"),
    ("Karim Haddad", "board", "/copils/"),
    ("Karim Haddad", "board-picture", "/copils/picture"),
    ("Karim Haddad", "hall", "/copils/hall"),
    ("Karim Haddad", "sheet", "/copils/sheet"),
    ("Karim Haddad", "copils", "/copils/sessions/"),
    ("Karim Haddad", "past-copil", "/copils/sessions/1"),
    ("Fatoumata Keïta", "call", "/copils/sessions/2"),
    ("Fatoumata Keïta", "asking", "/copils/sessions/2/ask"),
    ("Mireille Puech", "call-poster", "/copils/sessions/2/poster"),
    ("Josiane Pruvost", "answered-question", "/copils/q/1"),
    ("Josiane Pruvost", "gathering-question", "/copils/q/8"),
    ("Ludovic Carpentier", "kept", "/copils/c/2"),
    ("Thomas Nguyen", "postponed", "/copils/c/3"),
    (None, "promised-to-all", "/copils/public"),
    ("Nadia Vermeersch", "day", "/programmes/1"),
    ("Ludovic Carpentier", "day-of-an-agent", "/programmes/1"),
    ("Nadia Vermeersch", "delay", "/programmes/1/delay?minutes=20"),
    ("Nadia Vermeersch", "day-wall", "/programmes/1/wall"),
    ("Nadia Vermeersch", "day-sheet", "/programmes/1/sheet"),
    ("Karim Haddad", "stand", "/programmes/stands/1"),
    (None, "day-for-all", "/programmes/public/1"),
    ("Nadia Vermeersch", "rounds", "/regards/"),
    ("Sarah Benguigui", "revealed-round", "/regards/2"),
    ("Régine Schmitt", "hidden-round", "/regards/3"),
    ("Fatoumata Keïta", "open-questions", "/regards/q/"),
    ("Nadia Vermeersch", "to-confirm", "/restitutions/1"),
    ("Nadia Vermeersch", "to-check", "/restitutions/3"),
    ("Nadia Vermeersch", "account", "/account"),
    ("Awa Mbengue", "plugins", "/plugins"),
    ("Awa Mbengue", "screens", "/screens"),
    ("Awa Mbengue", "create-lab", "/labs/new"),
    ("Nadia Vermeersch", "error-404", "/nulle-part"),
    (None, "sign-in", "/sign-in"),
    (None, "legal", "/accessibilite"),
]


def enter(page: Page, link: str) -> None:
    """Enter by a one-time link, as its person would."""
    page.goto(link)
    page.get_by_role("button", name="Entrer").click()
    page.locator(".band-menu form").wait_for(state="attached")


def take_of_readme(browser: Browser, demo: Demonstration, folder: Path = DOCS) -> Iterator[Path]:
    """Take the pictures of the README."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="fr-FR", color_scheme="light")
    page = context.new_page()
    enter(page, demo.links["Nadia Vermeersch"])
    for name, address in OF_README.items():
        page.goto(demo.url(address))
        page.screenshot(path=folder / name)
        yield folder / name
    context.close()


def enrol_screen(browser: Browser, demo: Demonstration, name: str) -> str:
    """Add a shared screen as the administrator does; give the address that enrols the device."""
    context = browser.new_context(locale="fr-FR")
    page = context.new_page()
    enter(page, demo.links["Awa Mbengue"])
    page.goto(demo.url("/screens"))
    page.locator("input[name=name]").fill(name)
    page.locator("main form:has(input[name=name]) button").click()
    page.get_by_text("/screen/enrol/").first.wait_for()
    found = re.search(r"http://[^\s\"<]+/screen/enrol/[^\s\"<]+", page.content())
    context.close()
    assert found, "no address to enrol the screen"
    return found.group(0)


def guest_door(browser: Browser, demo: Demonstration) -> str:
    """Give the address that the code of the open lab stands for."""
    context = browser.new_context(locale="fr-FR")
    page = context.new_page()
    enter(page, demo.links["Nadia Vermeersch"])
    page.goto(demo.url(f"{OPEN_LAB}/poster"))
    found = re.search(r"/labs/q/[^\s\"<]+", page.content())
    context.close()
    assert found, "no code on the poster"
    return demo.url(found.group(0))


def take_all(browser: Browser, demo: Demonstration, folder: Path) -> Iterator[Path]:
    """Take every page, at each width, in each scheme."""
    folder.mkdir(parents=True, exist_ok=True)
    door = guest_door(browser, demo)
    for width, size in WIDTHS.items():
        for scheme in SCHEMES:
            shot = Camera(browser, demo, size, scheme)
            for who, name, path in PAGES:
                yield shot.take(who, demo.url(path), folder / f"{name}-{width}-{scheme}.png")
            yield shot.take(None, door, folder / f"guest-door-{width}-{scheme}.png")
            yield from shot.take_screen(folder, f"{width}-{scheme}")
            shot.close()


class Camera:
    """Browsers of one size and one scheme, one per person."""

    def __init__(self, browser: Browser, demo: Demonstration, size: tuple[int, int], scheme: str) -> None:
        self.browser, self.demo, self.size, self.scheme = browser, demo, size, scheme
        self.pages: dict[str | None, Page] = {}

    def page(self, who: str | None) -> Page:
        """Give the browser of a person."""
        if who not in self.pages:
            viewport = {"width": self.size[0], "height": self.size[1]}
            context = self.browser.new_context(viewport=viewport, locale="fr-FR", color_scheme=self.scheme)
            self.pages[who] = context.new_page()
            if who in self.demo.links:
                enter(self.pages[who], self.demo.links[who])
        return self.pages[who]

    def take(self, who: str | None, url: str, path: Path) -> Path:
        """Take one page, whole."""
        page = self.page(who)
        page.goto(url)
        page.screenshot(path=path, full_page=True)
        return path

    def take_screen(self, folder: Path, suffix: str) -> Iterator[Path]:
        """Take the shared screen: enrolling it, at rest, the code, somebody in."""
        page = self.page("screen")
        steps = [
            ("enrol", lambda: page.goto(enrol_screen(self.browser, self.demo, f"Hall {suffix}"))),
            ("kiosk-home", page.locator("form button").first.click),
            ("kiosk-pin", lambda: page.goto(self.demo.url("/screen/pin"))),
            ("kiosk-in", lambda: self._enter_screen(page)),
        ]
        for name, act in steps:
            act()
            page.screenshot(path=folder / f"{name}-{suffix}.png", full_page=True)
            yield folder / f"{name}-{suffix}.png"

    def _enter_screen(self, page: Page) -> None:
        page.locator("[name=identifier]").fill("D214")
        page.locator("[name=pin]").fill("581402")
        page.keyboard.press("Enter")
        page.wait_for_url("**/screen")

    def close(self) -> None:
        """Close the browsers."""
        for page in self.pages.values():
            page.context.close()


def main() -> None:
    """Play the demonstration in a folder that is thrown away, and take the pictures."""
    with tempfile.TemporaryDirectory() as name, served(Path(name) / "demo") as demo, sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_options())
        for path in take_of_readme(browser, demo):
            print(path)
        for path in take_all(browser, demo, Path(sys.argv[1])) if len(sys.argv) > 1 else ():
            print(path)
        browser.close()
        sys.exit("\n".join(demo.faults()) or None)


if __name__ == "__main__":
    main()
