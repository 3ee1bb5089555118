"""What the core itself answers to the hooks: it has no door of its own."""

from __future__ import annotations

import pluggy
from flask import current_app, url_for

from portal.content.clock import real_now
from portal.content.files.storing import sweep_contents
from portal.content.following import is_following
from portal.content.links import link_cards, retitle
from portal.content.privacy.retention import run_retention
from portal.people.leaving import leave_due
from portal.people.limits import sweep_limits
from portal.people.permissions import MANAGE_PLUGINS, MANAGE_PRIVACY, MANAGE_SCREENS, MANAGE_THEME, READ_NEWS, can
from portal.people.sessions import sweep_sessions
from portal.texts import CORE, texts
from portal.values import Action, Job, NavItem, Section, Subject, Viewer

_ = texts(CORE)
hookimpl = pluggy.HookimplMarker("portal")


@hookimpl
def portal_nav_items() -> list[NavItem]:
    """Give the group « Administrer »."""
    return [
        NavItem("administer", _.later("Plugins"), "core.plugins_page", MANAGE_PLUGINS, order=10),
        NavItem("administer", _.later("Shared screens"), "core.screens", MANAGE_SCREENS, order=20),
        NavItem("administer", _.later("Look"), "core.theme_page", MANAGE_THEME, order=30),
        NavItem("administer", _.later("Personal data"), "core.privacy", MANAGE_PRIVACY, order=40),
    ]


@hookimpl
def portal_jobs() -> list[Job]:
    """Give what the core does by itself: departures, titles of links, what was kept long enough, what ended."""
    return [
        Job("leaving", every_minutes=1, run=leave_due),
        Job("links", every_minutes=60, run=retitle),
        Job("files", every_minutes=60, run=sweep_contents),
        Job("retention", every_minutes=24 * 60, run=run_retention),
        Job("sessions", every_minutes=5, run=lambda _at: sweep_sessions(real_now())),
        Job("limits", every_minutes=60, run=lambda _at: sweep_limits(real_now())),
    ]


@hookimpl
def portal_sections(subject: Subject, viewer: Viewer) -> list[Section]:
    """Show the links of a subject on its page."""
    links = link_cards(subject, viewer)
    return [Section(_("Linked to this"), "pages/_links.html", {"links": links}, order=20)] if links else []


@hookimpl
def portal_actions(subject: Subject, viewer: Viewer) -> list[Action]:
    """Offer to follow a subject of a kind that may be followed, or no longer."""
    if subject.kind not in current_app.config["FOLLOWED_KINDS"] or not can(viewer, READ_NEWS):
        return []
    label, endpoint = _("Follow"), "core.follow"
    if is_following(viewer, subject):
        label, endpoint = _("Stop following"), "core.unfollow"
    return [Action(label, url_for(endpoint, kind=subject.kind, number=subject.id), "post", "quiet", order=75)]
