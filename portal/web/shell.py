"""What every page knows of the portal around it: the value `shell` of the templates."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask import current_app, g, get_flashed_messages, request, url_for
from flask_wtf.csrf import generate_csrf

from portal.content.clock import now
from portal.loader.discovery import PORTAL_VERSION
from portal.people.permissions import MANAGE_ACCOUNT, READ_NEWS, can
from portal.people.sessions import SCREEN, SCREEN_GRACE_SECONDS, SCREEN_IDLE_SECONDS
from portal.texts import CORE, language, texts
from portal.values import NAV_GROUPS, NavItem
from portal.web.dates import hour, weekday
from portal.web.policy import account, viewer

_ = texts(CORE)
GROUP_TITLES = {
    "experiment": _.later("Experiment"),
    "decide": _.later("Decide"),
    "share": _.later("Share"),
    "people": _.later("People"),
    "administer": _.later("Administer"),
}
LEGAL = {
    "accessibilite": _.later("Accessibility: not compliant"),
    "mentions-legales": _.later("Legal notice"),
    "donnees-personnelles": _.later("Personal data"),
    "ecoconception": _.later("Eco-design"),
}


@dataclass(frozen=True, slots=True)
class NavEntry:
    """One address of the navigation.

    :ivar current: `page` on it, `true` below it, else empty: the words of `aria-current`
    """

    title: str
    url: str
    current: str


@dataclass(frozen=True, slots=True)
class NavGroup:
    """One group of the navigation; its address is its first entry's, and a lone entry is the group."""

    title: str
    url: str
    current: str
    items: list[NavEntry]


@dataclass(frozen=True, slots=True)
class ScreenTimer:
    """The clock of a person on a shared screen."""

    idle_seconds: int
    warn_seconds: int
    extend_url: str
    leave_url: str


class Shell:
    """The portal around a page, for whoever reads it; each part is made when the template asks."""

    search = None
    version = PORTAL_VERSION

    @property
    def collectivity(self) -> str:
        """Give the name of the collectivity."""
        return str(current_app.config["COLLECTIVITY_NAME"])

    @property
    def language(self) -> str:
        """Give the language of the page."""
        return language.get()

    @property
    def theme(self) -> str:
        """Give the theme the person chose: system, light or dark."""
        found = account()
        return found.theme if found else "system"

    @cached_property
    def assets(self) -> dict[str, Any]:
        """Give the addresses of the sheet and the scripts."""
        bundle, theme = current_app.config["ASSETS"], current_app.config["THEME"].sheet
        return {
            "css": url_for("core.asset", name=bundle.sheet.name),
            "theme": url_for("core.theme_file", name=theme.name.removeprefix("theme-")) if theme else None,
            "icon": url_for("core.asset", name=bundle.icon.name),
            "scripts": [url_for("core.asset", name=script.name) for script in bundle.scripts],
        }

    @property
    def logo_url(self) -> str | None:
        """Give the address of the collectivity's logo; None for the mark."""
        logo = current_app.config["THEME"].logo
        return url_for("core.theme_file", name=logo.name) if logo else None

    @property
    def logo_on_plate(self) -> bool:
        """Tell whether the logo stands on a light ground."""
        logo = current_app.config["THEME"].logo
        return logo is not None and logo.on_plate

    @cached_property
    def person(self) -> dict[str, str | None] | None:
        """Give who is signed in."""
        found = account()
        if found is None:
            return None
        return {
            "name": found.person.name,
            "initials": found.person.initials,
            "account_url": url_for("core.my_account") if can(found.viewer, MANAGE_ACCOUNT) else None,
            "news_url": url_for("core.my_news") if can(found.viewer, READ_NEWS) else None,
        }

    @cached_property
    def screen_timer(self) -> ScreenTimer | None:
        """Give the clock of the person on a shared screen; None elsewhere."""
        return screen_timer()

    @property
    def home_url(self) -> str:
        """Give the way home: « Aujourd'hui », or the doors of the shared screen."""
        return url_for("core.screen") if self.screen_timer else url_for("core.today")

    @property
    def sign_in_url(self) -> str:
        """Give the address to sign in, and come back here."""
        back = request.full_path.rstrip("?") if request.method == "GET" else "/"
        return url_for("core.sign_in", next=back) if back not in {"/", "/sign-in"} else url_for("core.sign_in")

    @property
    def sign_out_url(self) -> str:
        """Give the address to sign out."""
        return url_for("core.sign_out")

    @property
    def now(self) -> Any:
        """Give the instant of the domain.

        :raises AttributeError: the page may have been kept for days; a template sees that it is not defined
        """
        if g.get("is_lasting"):
            raise AttributeError("now")
        return now()

    @property
    def address(self) -> str:
        """Give the address of this page, for paper; a secret one is not printed."""
        return "" if "token" in (request.view_args or {}) else request.base_url

    @property
    def way_back(self) -> str | None:
        """Give the page that a wall or a sheet is of, one step up its address, to whoever is signed in; None if none.

        What is projected at a secret address leads nowhere else.
        """
        above = self.address and request.path.rpartition("/")[0]
        leads = current_app.create_url_adapter(request)
        return request.root_path + above if above and account() and leads and leads.test(above, "GET") else None

    @property
    def clock_band(self) -> str | None:
        """Say which day it is here, where that is not today."""
        if not current_app.config["CLOCK_OFFSET_SECONDS"]:
            return None
        at = now()
        return _("Demonstration: here it is %(day)s, %(hour)s.", day=weekday(at), hour=hour(at))

    @cached_property
    def nav(self) -> list[NavGroup]:
        """Give the navigation this viewer may use: « Aujourd'hui », then the groups that have something."""
        who = viewer()
        if not who.is_signed_in:
            return []
        today = NavGroup(_("Today"), url_for("core.today"), _mark("core.today", None), [])
        items: list[NavItem] = current_app.config["NAV_ITEMS"]
        allowed = [item for item in items if item.permission is None or can(who, item.permission)]
        group, entry = _place(allowed)
        groups = (
            _group(name, [item for item in allowed if item.group == name], entry, is_here=name == group)
            for name in NAV_GROUPS
        )
        return [today, *(group for group in groups if group is not None)]

    @property
    def footer(self) -> list[tuple[str, str]]:
        """Give the legal pages."""
        return [(str(title), url_for("core.legal", topic=topic)) for topic, title in LEGAL.items()]

    @cached_property
    def messages(self) -> list[tuple[str, str]]:
        """Give what the last act had to say, once."""
        return get_flashed_messages(with_categories=True)  # type: ignore[return-value]


def _place(items: Iterable[NavItem]) -> tuple[str | None, str | None]:
    """Name the one group this page stands in, and its entry there: its own, else its plugin's nearest above it."""
    own = [item for item in items if item.endpoint.partition(".")[0] == request.blueprint]
    nearest = max(own, key=_shared, default=None)
    if nearest is not None and _shared(nearest):
        return nearest.group, nearest.endpoint
    return own[0].group if own and request.blueprint != "core" else None, None


def _shared(item: NavItem) -> int:
    """Give the length of what stands for an entry above the address of this page; 0 if nothing does."""
    places = [url_for(item.endpoint), *(f"/{request.blueprint}/{place}" for place in item.also)]
    return max((len(place) for place in places if request.path.startswith(place)), default=0)


def _group(name: str, items: list[NavItem], entry: str | None, *, is_here: bool) -> NavGroup | None:
    if not items:
        return None
    entries = [NavEntry(str(item.title), url_for(item.endpoint), _mark(item.endpoint, entry)) for item in items]
    mark = entries[0].current if len(entries) == 1 else ""
    return NavGroup(str(GROUP_TITLES[name]), entries[0].url, mark or ("true" if is_here else ""), entries)


def _mark(endpoint: str, entry: str | None) -> str:
    if endpoint == request.endpoint:
        return "page"
    return "true" if endpoint == entry else ""


def screen_timer() -> ScreenTimer | None:
    """Give the clock of the person on a shared screen; None elsewhere."""
    found = account()
    if found is None or found.kind != SCREEN:
        return None
    return ScreenTimer(
        SCREEN_IDLE_SECONDS - SCREEN_GRACE_SECONDS,
        SCREEN_GRACE_SECONDS,
        url_for("core.screen_extend"),
        url_for("core.screen_leave"),
    )


def csrf_token() -> str:
    """Give the CSRF token of a signed-in person; others have none, so that public pages set no cookie."""
    return generate_csrf() if account() else ""


def template_values() -> dict[str, Any]:
    """Give what every template may use. Plugins cannot add to it."""
    return {"shell": Shell()}
