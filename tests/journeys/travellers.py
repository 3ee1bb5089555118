"""Somebody with a browser of their own, who notes everything a browser complains of."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Request

from docs.screenshots import enter
from portal.testing.demonstration import Demonstration

# Every journey can be made with each of them.
HANDS = {"mouse": {}, "keyboard": {"keyboard": True}, "no-script": {"java_script_enabled": False}}
by_every_hand = pytest.mark.parametrize("hand", HANDS.values(), ids=HANDS)
MOST_TABS = 120
PHONE = {"width": 320, "height": 640}
DESK = {"width": 1280, "height": 800}
# Chromium says so of every page that answers 4xx; pages do, when a journey means them to.
NOT_OK = "Failed to load resource: the server responded with a status of"
# What a page of a plugin that is off says.
SWITCHED_OFF = "Ce qui y était écrit n’est pas perdu"


class Traveller:
    """A person before a browser.

    :ivar complaints: errors of the console, breaches of the content policy, requests to another host
    :ivar taps: how many times they have tapped
    :ivar keyboard: they have no mouse: `act`, `type` and `choose` go by Tab, arrows, Space and Enter alone
    """

    def __init__(
        self, browser: Browser, demo: Demonstration, *, phone: bool = False, keyboard: bool = False, **options
    ) -> None:
        self.demo, self.complaints, self.taps = demo, [], 0
        self.keyboard, self.scripted = keyboard, options.get("java_script_enabled", True)
        touch = {"has_touch": True, "is_mobile": True} if phone else {}
        settings = {"viewport": PHONE if phone else DESK, "locale": "fr-FR", **touch, **options}
        self.context = browser.new_context(**settings)
        self.context.set_default_timeout(15_000)
        self.page: Page = self.context.new_page()
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))
        self.page.on("request", self._asked)

    def _heard(self, message: ConsoleMessage) -> None:
        where = message.location["url"]
        is_answer = message.text.startswith(NOT_OK) and where == self.page.url
        if message.type == "error" and not is_answer:
            self.complaints.append(f"console: {message.text} ({where})")

    def _asked(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme not in {"data", "blob"} and address.port != self.demo.port:
            self.complaints.append(f"off the host: {request.url}")

    def enter(self, who: str) -> None:
        """Enter by the link that the demonstration prints."""
        enter(self.page, self.demo.links[who])

    def go(self, path: str) -> int:
        """Open a page of the portal; give its status."""
        answer = self.page.goto(path if path.startswith("http") else self.demo.url(path))
        assert answer is not None
        return answer.status

    def tap(self, target: Locator) -> None:
        """Tap once, and count it."""
        self.taps += 1
        target.tap()

    def reach(self, target: Locator) -> None:
        """Press Tab until the focus is there, as somebody without a mouse would; what has the focus shows it."""
        target.wait_for()
        for _time in range(MOST_TABS):
            if target.evaluate("e => e === document.activeElement"):
                assert target.evaluate("e => getComputedStyle(e).outlineStyle") != "none", "a focus that nobody sees"
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab never reaches {target}")

    def act(self, target: Locator) -> None:
        """Press a button, follow a link."""
        if not self.keyboard:
            target.click()
            return
        self.reach(target)
        self.page.keyboard.press("Enter")

    def type(self, target: Locator, text: str) -> None:
        """Write in a field."""
        if not self.keyboard:
            target.fill(text)
            return
        self.reach(target)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def choose(self, target: Locator) -> None:
        """Tick one answer of several."""
        if not self.keyboard:
            target.check()
            return
        answers = self.page.locator(f"input[type=radio][name='{target.get_attribute('name')}']")
        ticked = answers.and_(self.page.locator(":checked"))
        self.reach(ticked if ticked.count() else answers.first)
        for _answer in range(answers.count()):
            if target.is_checked():
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"the arrows never reach {target}")

    def reads(self) -> str:
        """Give the words of the main part, on one line, no-break spaces made plain."""
        words = self.page.locator("main").inner_text()
        return " ".join(words.replace("\u00a0", " ").replace("\u202f", " ").split())


def named(page: Page, name: object, role: str = "link") -> Locator:
    """Find a link or a button of the main part by its exact name."""
    return page.locator("main").get_by_role(role, name=name, exact=True).first


def enter_pin(hall, address, *, matricule="D214", code="581402"):
    """Enrol the screen, and let somebody in with their number and their code: Josiane."""
    hall.go(address)
    hall.act(hall.page.get_by_role("button").first)
    hall.page.wait_for_url("**/screen")
    hall.act(hall.page.get_by_role("link", name="Entrer avec mon matricule"))
    hall.page.wait_for_url("**/screen/pin")
    hall.type(hall.page.locator("[name=identifier]"), matricule)
    hall.type(hall.page.locator("[name=pin]"), code)
    hall.page.keyboard.press("Enter")
    hall.page.wait_for_url("**/screen")


def switch(admin, plugin, word):
    """Switch a plugin as the administrator does: with the script in a dialog, without it on a page that asks."""
    admin.go("/plugins")
    row = admin.page.get_by_role("listitem").filter(has=admin.page.get_by_role("heading", name=plugin, exact=True))
    admin.act(row.get_by_role("link" if word == "Éteindre" else "button").filter(has_text=word).first)
    if word == "Éteindre":
        dialog = admin.page.get_by_role("dialog")
        asked = dialog if dialog.count() else admin.page.locator("main")
        admin.act(asked.get_by_role("button").filter(has_text=word).first)
    admin.page.get_by_role("status").locator("p, div").first.wait_for()
