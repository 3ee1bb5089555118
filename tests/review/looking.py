"""Look at pages in a real browser, as a role: what is drawn, what is asked of whom, what the browser complains of.

`Onlooker.look` opens one page and gives a `Sight`, which holds all that the checks of `tests/review/sights.py` judge.
Nothing here asserts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Page, Request

from portal.testing.browser import axe_faults

NARROW, WIDE = 320, 1280
HEIGHT = 800
LOOKS = tuple((width, scheme) for width in (NARROW, WIDE) for scheme in ("light", "dark"))
# Each width and each scheme, in two looks; the other two looks are the other pair.
PAIRS = (((NARROW, "light"), (WIDE, "dark")), ((NARROW, "dark"), (WIDE, "light")))
# Chromium says so of every page that answers 4xx; some are meant to.
NOT_OK = "Failed to load resource: the server responded with a status of"
LASTS = "immutable"
LOOKED_AT_AGAIN = 3

Look = tuple[int, str]

WATCH = Path(__file__).with_name("watch.js")


@dataclass(frozen=True)
class Load:
    """One thing that was transferred.

    :ivar lasts: the browser keeps it for the pages that follow
    """

    url: str
    kind: str
    size: int
    lasts: bool


@dataclass
class Sight:
    """One page, as somebody had it before their eyes.

    :ivar drawn: what stands in the document once it is drawn
    :ivar too_wide: by how much the page is wider than a phone, and what is
    :ivar heard: errors of the console and of scripts
    :ivar abroad: what was asked of another host
    :ivar axe: what the judge of accessibility holds against each look
    """

    role: str
    url: str
    status: int = 0
    html: str = ""
    endpoint: str = ""
    drawn: dict[str, Any] = field(default_factory=dict)
    too_wide: str = ""
    heard: list[str] = field(default_factory=list)
    abroad: list[str] = field(default_factory=list)
    loads: list[Load] = field(default_factory=list)
    axe: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{self.role}: {self.url} → {self.status}"


class Onlooker:
    """Somebody with a browser of their own.

    :ivar cold: nothing is kept from one page to the next but the cookies: each is a first visit, and is weighed
    """

    def __init__(
        self, browser: Browser, base: str, role: str, *, cookies: str = "", csp: bool = True, cold: bool = True
    ) -> None:
        self.base, self.role = base, role
        self.context = browser.new_context(locale="fr-FR", bypass_csp=not csp)
        self.context.add_init_script(path=WATCH)
        for cookie in filter(None, cookies.split("; ")):
            name, _equals, value = cookie.partition("=")
            self.context.add_cookies([{"name": name, "value": value, "url": base}])
        self.page: Page = self.context.new_page()
        self.sight = Sight(role, "")
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.sight.heard.append(f"script: {error}"))
        self.page.on("request", self._asked)
        if cold:
            self._weigh()

    def _weigh(self) -> None:
        """Note what is transferred, as it is: compressed, with the heads of the answers."""
        door, answers = self.context.new_cdp_session(self.page), {}
        door.send("Network.enable")
        door.send("Network.setCacheDisabled", {"cacheDisabled": True})

        def finished(event: dict[str, Any]) -> None:
            told = answers.pop(event["requestId"], None)
            if told is not None and told["response"]["url"].startswith("http"):
                lasts = LASTS in told["response"]["headers"].get("Cache-Control", "")
                size = int(event["encodedDataLength"])
                self.sight.loads.append(Load(told["response"]["url"], told["type"], size, lasts))

        door.on("Network.responseReceived", lambda event: answers.update({event["requestId"]: event}))
        door.on("Network.loadingFinished", finished)

    def _heard(self, message: ConsoleMessage) -> None:
        is_the_page = message.text.startswith(NOT_OK) and message.location["url"] == self.page.url
        if message.type == "error" and not is_the_page:
            self.sight.heard.append(f"console: {message.text}")

    def _asked(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme not in {"data", "blob"} and address.netloc != urlsplit(self.base).netloc:
            self.sight.abroad.append(request.url)

    def look(self, url: str, looks: Iterable[Look] = (), *, endpoint: str = "") -> Sight:
        """Open a page and look at it these ways; without a way, only once."""
        ways = list(looks)
        self.sight = Sight(self.role, url, endpoint=endpoint)
        self._dress(*(ways[0] if ways else LOOKS[0]))
        answer = self.page.goto(self.base + url)
        assert answer is not None
        self.sight.status, self.sight.html = answer.status, answer.text()
        return self._judged(ways)

    def _coming_back(self, ways: list[Look]) -> list[str]:
        """Keep a shift that comes back: on a busy machine half a document may be drawn before the rest is there.

        What answers a form is drawn again by sending it again: it was refused, or leads to a page.
        """
        sight, shifts = self.sight, self.sight.drawn["shifts"]
        for _again in range(LOOKED_AT_AGAIN if shifts else 0):
            self.sight = Sight(self.role, sight.url)
            self._dress(*ways[0])
            self.page.reload()
            shifts = shifts and self.page.evaluate("review.drawn()")["shifts"]
        self.sight = sight
        return shifts

    def send(self, number: int, text: str = "", *, looks: Iterable[Look] = ()) -> Sight:
        """Send a form of the page, with this in all that is typed or with nothing in all that is required."""
        ways = list(looks)
        self.sight = Sight(self.role, f"{self.sight.url}, form {number}", endpoint=self.sight.endpoint)
        with self.page.expect_navigation(wait_until="load") as arrival:
            self.page.evaluate("review.send", {"number": number, "text": text})
        self.sight.status, self.sight.html = arrival.value.status, arrival.value.text()
        return self._judged(ways)

    def _judged(self, ways: list[Look]) -> Sight:
        self.sight.drawn = self.page.evaluate("review.drawn()")
        for width, scheme in ways:
            self._dress(width, scheme)
            self.sight.axe += [f"{width} px, {scheme}: {fault}" for fault in axe_faults(self.page)]
        self._dress(NARROW, ways[-1][1] if ways else LOOKS[0][1])
        self.sight.too_wide = self.page.evaluate("review.tooWide()")
        self.sight.drawn["shifts"] = self._coming_back(ways) if ways else []
        return self.sight

    def _dress(self, width: int, scheme: str) -> None:
        self.page.set_viewport_size({"width": width, "height": HEIGHT})
        self.page.emulate_media(color_scheme=scheme)


@contextmanager
def looking(browser: Browser, base: str, role: str, **options: Any) -> Iterator[Onlooker]:
    """Give somebody a browser until the block ends."""
    somebody = Onlooker(browser, base, role, **options)
    try:
        yield somebody
    finally:
        somebody.context.close()
