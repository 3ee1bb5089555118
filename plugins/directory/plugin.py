"""The table of contents of `directory`: what the plugin answers to each hook of the portal."""

from __future__ import annotations

import click
from flask import Blueprint

from portal.api import HomeItem, Job, NavItem, SubjectCard, SubjectType, Viewer, hookimpl, texts

from plugins.directory import permissions
from plugins.directory.commands import directory_commands
from plugins.directory.jobs import directory_jobs
from plugins.directory.views import audit, counter, functions, groups, import_acts, imports, leaving, people, tree
from plugins.directory.views.blueprint import blueprint
from plugins.directory.views.home import cards_of, waiting
from plugins.directory.views.imports import import_cards

_ = texts("directory")

# imported for their routes
PAGES = (audit, counter, functions, groups, import_acts, imports, leaving, people, tree)


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
        NavItem("administer", _.later("Imports"), "directory.imports", permissions.IMPORT, order=20),
        NavItem("administer", _.later("Links to come in"), "directory.slips", permissions.COUNTER, order=30),
        NavItem("administer", _.later("Audit log"), "directory.audit", permissions.AUDIT, order=80),
    ]


@hookimpl
def portal_subject_types() -> list[SubjectType]:
    """Give what others may speak of; people, services and functions are kinds of the core."""
    return [SubjectType("directory.import", _.later("Import"))]


@hookimpl
def portal_jobs() -> list[Job]:
    """Give what `portal work` does."""
    return directory_jobs()


@hookimpl
def portal_commands() -> list[click.Command]:
    """Give `portal directory …`."""
    return directory_commands()


@hookimpl
def portal_home_items(viewer: Viewer) -> list[HomeItem]:
    """Give what waits for an administrator."""
    return waiting(viewer)


@hookimpl
def portal_subjects(kind: str, ids: tuple[int, ...], viewer: Viewer) -> list[SubjectCard]:
    """Name people, services, functions or imports."""
    return cards_of(kind, ids, viewer) + import_cards(kind, ids, viewer)
