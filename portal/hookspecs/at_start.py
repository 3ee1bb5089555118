"""Hooks called once, when the app of a collectivity is built. They declare; they touch no database and no request."""

from __future__ import annotations

import click
import pluggy
from flask import Blueprint
from wtforms import Form

from portal.values import Job, LinkKind, NavItem, SubjectType

hookspec = pluggy.HookspecMarker("portal")


@hookspec
def portal_blueprints() -> list[Blueprint]:  # type: ignore[empty-body]
    """Give the blueprints of the plugin; the portal mounts each under `/<plugin id>/`.

    Called at start, for each app. Every route must declare its policy. A blueprint has no template or static folder of
    its own: both are found beside `plugin.py`.

    Example::

        @hookimpl
        def portal_blueprints():
            return [blueprint]
    """


@hookspec
def portal_nav_items() -> list[NavItem]:  # type: ignore[empty-body]
    """Give entries of the navigation, in one of the five groups.

    Called at start. Shown to whoever holds the entry's permission; ordered by `order`, then plugin id.

    Example::

        @hookimpl
        def portal_nav_items():
            return [NavItem("experiment", _.later("Labs"), "labs.index")]
    """


@hookspec
def portal_settings() -> type[Form]:  # type: ignore[empty-body]
    """Give the form of what the collectivity may set in this plugin: one class, a subclass of `portal.api.Form`.

    Called at start. The core makes its page (« Extensions », « Régler »), checks it, keeps what differs from the
    defaults, writes each change in the audit. Read a value with `setting("<plugin>", "<field>")`: it is read once per
    request, and typed by its field. A value that no longer passes after an update counts as not set. Each field has a
    `default`; a secret is a `SecretField`, of which only where it stands is kept.

    Example::

        class NoticeSettings(Form):
            days = IntegerField(_.later("Days a notice stays"), default=30, validators=[NumberRange(1, 365)])

        @hookimpl
        def portal_settings():
            return NoticeSettings
    """


@hookspec
def portal_subject_types() -> list[SubjectType]:  # type: ignore[empty-body]
    """Give the kinds of subject this plugin owns, `<plugin>.<noun>`.

    Called at start. An audit entry, an event or a token about an undeclared kind is refused.

    Example::

        @hookimpl
        def portal_subject_types():
            return [SubjectType("labs.lab", _.later("Lab"))]
    """


@hookspec
def portal_link_kinds() -> list[LinkKind]:  # type: ignore[empty-body]
    """Give the sorts of link this plugin makes between subjects, its own or others', `<plugin>.<verb>`.

    Called at start. `link` refuses an undeclared one. Both words are read on the page of one side, before the title of
    the other; where one is empty, nothing: a section of yours says it. While your plugin is
    off its links still show, as « linked to ».

    Example::

        @hookimpl
        def portal_link_kinds():
            return [LinkKind("notices.about", _.later("about"), _.later("notice about this"))]
    """


@hookspec
def portal_jobs() -> list[Job]:  # type: ignore[empty-body]
    """Give the work that `portal work` does by itself.

    Called in the worker, at each of its rounds. Each job runs in one write transaction of its own; what it raises is
    logged with the plugin's name and tried again when it is due next. A job that gives True has more to do: it runs
    again at once, in a transaction of its own, in turn with the others. One that computes long says
    `in_transaction=False`, and opens its own transactions around what it reads and what it keeps.

    Example::

        @hookimpl
        def portal_jobs():
            return [Job("close", every_minutes=1, run=close_ended)]
    """


@hookspec
def portal_commands() -> list[click.Command]:  # type: ignore[empty-body]
    """Give what the plugin adds to the command line: `portal <plugin id> <command>`.

    Called when somebody types such a command, for the collectivity it names and only where the plugin is on. The
    command runs inside the app of that collectivity, on the side of the operator: nobody is signed in. What writes does
    so in `with api.transaction():`, once or several times. A `PortalError` is said in one sentence.

    Example::

        @click.command(name="import", help="Ajoute les agents d'un fichier.")
        @click.argument("file", type=click.File("rb"))
        def import_people(file):
            with api.transaction():
                click.echo(f"{add_all(file)} personnes ajoutées.")

        @hookimpl
        def portal_commands():
            return [import_people]
    """
