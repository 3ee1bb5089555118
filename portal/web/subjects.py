"""What stands on the page of a subject: sections and actions of every plugin, and its history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import render_template, request
from markupsafe import Markup

from portal.content.audit import entries_about
from portal.content.links import link_cards
from portal.content.subjects import card_of, is_question
from portal.loader.discovery import name_of
from portal.loader.hooks import current_hooks
from portal.people.persons import people
from portal.texts import dgettext
from portal.values import Action, LinkCard, Section, Subject, SubjectCard
from portal.web.policy import viewer

HISTORY_MAX = 50
LAST = 1000  # where a block of unknown place stands


@dataclass(frozen=True, slots=True)
class Block:
    """A section ready for the page: its text, or the word that it failed."""

    title: object
    html: Markup
    failed: bool
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of a history: when, what, who."""

    at: datetime
    text: str
    who: str | None


def ask_plugins(hook: str, **arguments: object) -> list[Any]:
    """Ask a hook that your `hookspecs.py` offers: all that others answered, flattened, ordered as any hook's.

    Whoever raises is left out and booked; nobody may write while answering. `hook` is `<your id>_…`; empty if nobody
    implements it. What crosses is values: ids, subjects, words, never models.
    """
    return current_hooks().call(hook, **arguments)


def question_to_take_up() -> SubjectCard | None:
    """Give the open question that the address names, `?takes_up=<kind>:<id>`, if whoever reads may read it."""
    kind, _colon, number = request.args.get("takes_up", "").partition(":")
    is_number = number.isascii() and number.isdigit() and len(number) < 10
    return resolve(Subject(kind, int(number))) if is_number and is_question(kind) else None


def resolve(subject: Subject) -> SubjectCard | None:
    """Name a subject for whoever reads; None if it is absent, private, or of a plugin that is off."""
    return card_of(subject, viewer())


def links_of(subject: Subject) -> list[LinkCard]:
    """Give the links of a subject whose other side whoever reads may read; its page shows them beside it by itself."""
    return link_cards(subject, viewer())


def actions_of(subject: Subject) -> list[Action]:
    """Give what the viewer may do with a subject, of every plugin."""
    return current_hooks().call("portal_actions", subject=subject, viewer=viewer())


def sections_of(subject: Subject) -> list[Block]:
    """Give the blocks that plugins add to the page of a subject; one that breaks says so in its place."""
    given: list[tuple[int, Block]] = []
    for answer in current_hooks().ask("portal_sections", subject=subject, viewer=viewer()):
        if answer.broke:
            given.append((LAST, Block(name_of(answer.plugin), Markup(), failed=True, reference=answer.reference)))
        given += [(section.order, _block(answer.plugin, section)) for section in answer.items]
    return [block for _order, block in sorted(given, key=lambda pair: pair[0])]


def _block(plugin: str, section: Section) -> Block:
    hooks = current_hooks()
    try:
        html = hooks.guard(plugin, "portal_sections", lambda: render_template(section.template, **section.context))
    except Exception as error:  # the edge of another's template: the rest of the page stands
        reference = hooks.note_fault(plugin, "portal_sections", error, place=section.template)
        return Block(section.title, Markup(), failed=True, reference=reference)
    return Block(section.title, Markup(html), failed=False)  # noqa: S704 rendered by our escaping environment


def act_in_words(action: str) -> str:
    """Say an act of the audit, `<plugin>.<past verb>`, in the language of the page."""
    return dgettext(action.partition(".")[0], action)


def history_of(subject: Subject, *, without: tuple[str, ...] = ()) -> list[Happening]:
    """Give what happened to a subject, newest first; the words of an action are the plugin's catalogue.

    :param without: actions that this page does not say, `<plugin>.<past verb>`
    """
    entries = entries_about(subject, limit=HISTORY_MAX, without=without)
    names = people(actor for _entry, actor in entries)
    return [
        Happening(
            at=entry.at,
            text=act_in_words(entry.action),
            who=names[actor].name if actor in names else None,
        )
        for entry, actor in entries
    ]
