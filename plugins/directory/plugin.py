"""The table of contents of `directory`: what the plugin answers to each hook of the portal."""

from __future__ import annotations

from flask import Blueprint

from portal.api import HomeItem, NavItem, Subject, SubjectCard, Viewer, hookimpl, texts

from plugins.directory import permissions
from plugins.directory.views import audit, counter, functions, groups, leaving, people, tree
from plugins.directory.views.blueprint import blueprint
from plugins.directory.views.home import subject_card, waiting

_ = texts("directory")

# imported for their routes
PAGES = (audit, counter, functions, groups, leaving, people, tree)


@hookimpl
def portal_blueprints() -> list[Blueprint]:
    """Give the pages."""
    return [blueprint]


@hookimpl
def portal_nav_items() -> list[NavItem]:
    """Give the entries of « Les gens » and « Administrer »."""
    return [
        NavItem("people", _.later("Directory"), "directory.index", permissions.READ, order=10),
        NavItem("people", _.later("Services"), "directory.service_tree", permissions.READ, order=20),
        NavItem("people", _.later("Functions"), "directory.function_list", permissions.READ, order=30),
        NavItem("people", _.later("Groups"), "directory.group_list", permissions.READ, order=40),
        NavItem("people", _.later("Roles"), "directory.roles", permissions.READ, order=50),
        NavItem("administer", _.later("Links to come in"), "directory.slips", permissions.COUNTER, order=30),
        NavItem("administer", _.later("Audit log"), "directory.audit", permissions.AUDIT, order=80),
    ]


@hookimpl
def portal_home_items(viewer: Viewer) -> list[HomeItem]:
    """Give what waits for an administrator."""
    return waiting(viewer)


@hookimpl
def portal_subject(subject: Subject, viewer: Viewer) -> SubjectCard | None:
    """Name a person, a service or a function."""
    return subject_card(subject, viewer)
