"""What labs put on « Aujourd'hui »: what is open, what waits for this person, what is promised."""

from __future__ import annotations

from collections.abc import Iterator

from flask import url_for

from portal.api import HomeItem, Viewer, can, local_midnight, minutes, now, texts

from plugins.labs import permissions
from plugins.labs.queries.ephemerals import Glance, open_now, soon_to_tell_by
from plugins.labs.queries.labs import margins_to_review
from plugins.labs.queries.projects import changes_waiting_for, results_expected_of
from plugins.labs.queries.sand import minutes_left
from plugins.labs.queries.votes import votes_waiting_for
from plugins.labs.views.days import today

_ = texts("labs")


def home_items(viewer: Viewer) -> Iterator[HomeItem]:
    """Give the open labs this viewer may read; for a person, what waits to be told, voted, agreed, looked at, done."""
    at = now()
    for glance in open_now(viewer, at=at):
        yield _now(glance, viewer)
    if not viewer.is_signed_in:
        return
    for glance in soon_to_tell_by(viewer, at=at):
        yield _to_tell(glance)
    yield from _votes(viewer)
    yield from _changes(viewer)
    yield from _margins(viewer)
    yield from _results(viewer)


def _now(glance: Glance, viewer: Viewer) -> HomeItem:
    ephemeral = glance.ephemeral
    url = url_for("labs.ephemeral", ephemeral_id=ephemeral.id)
    wall = url_for("labs.ephemeral_wall", ephemeral_id=ephemeral.id)
    may_join = not glance.is_in and viewer.is_signed_in and can(viewer, permissions.JOIN, ephemeral)
    action = (_("Join"), url) if may_join else (_("Sand-timer"), wall)
    lines = tuple(line for line in (glance.lab.name, ephemeral.place, left_words(glance)) if line)
    return HomeItem(
        "now", ephemeral.question, url, lines=lines, due_at=ephemeral.ends_at, action=action, state=glance.mark
    )


def left_words(glance: Glance) -> str:
    """Say how much time is left, in the words of the lab's own page."""
    return _("%(time)s left", time=minutes(minutes_left(glance.ephemeral, at=now())))


def _to_tell(glance: Glance) -> HomeItem:
    ephemeral = glance.ephemeral
    url = url_for("labs.ephemeral", ephemeral_id=ephemeral.id)
    tell = url_for("labs.ephemeral_tell", ephemeral_id=ephemeral.id)
    lines = (_("One sentence is enough: what was learnt."), glance.lab.name)
    return HomeItem(
        "todo", ephemeral.question, url, lines=lines, due_at=ephemeral.ends_at, action=(_("Tell this lab"), tell)
    )


def _votes(viewer: Viewer) -> Iterator[HomeItem]:
    for lab, vote in votes_waiting_for(viewer, at=now()):
        url = url_for("labs.vote", lab_id=lab.id, vote_id=vote.id)
        title = _("A vote of “%(lab)s” waits for your voice", lab=lab.name)
        yield HomeItem("todo", title, url, due_at=vote.ends_at, action=(_("Give my voice"), url))


def _changes(viewer: Viewer) -> Iterator[HomeItem]:
    for project, _change in changes_waiting_for(viewer):
        url = url_for("labs.project", project_id=project.id)
        title = _("“%(title)s”: a change of clause waits for your agreement", title=project.title)
        yield HomeItem("todo", title, url, action=(_("Answer"), url))


def _margins(viewer: Viewer) -> Iterator[HomeItem]:
    for lab, margin in margins_to_review(viewer, by=today()):
        url = url_for("labs.margin", lab_id=lab.id, margin_id=margin.id)
        title = _("Can this still change in “%(lab)s”?", lab=lab.name)
        due_at = local_midnight(margin.review_on)
        yield HomeItem("todo", title, url, lines=(margin.text,), due_at=due_at, action=(_("Look again"), url))


def _results(viewer: Viewer) -> Iterator[HomeItem]:
    for project in results_expected_of(viewer):
        if project.expected_on is None:
            continue
        is_late = project.expected_on < today()
        state = (_("the day has passed"), "late") if is_late else (_("to come"), "wait")
        yield HomeItem(
            "promised",
            project.expected_what,
            url_for("labs.project", project_id=project.id),
            lines=(_("Expected by %(who)s", who=project.expected_by), project.title),
            due_at=local_midnight(project.expected_on),
            state=state,
        )
