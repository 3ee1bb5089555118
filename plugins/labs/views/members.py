"""Who belongs to a lab: the list, adding, removing, leaving, giving an animator back."""

from __future__ import annotations

from collections.abc import Iterator
from operator import attrgetter
from typing import Any

from flask import request, url_for

from portal.api import (
    Person,
    Table,
    exported,
    find_people,
    form_page,
    message,
    now,
    page,
    person,
    requires,
    see,
    signed_in,
    texts,
    viewer,
)

from plugins.labs import permissions
from plugins.labs.forms.labs import PeopleFilters, PersonForm
from plugins.labs.models.lab import Lab
from plugins.labs.queries.labs import one_lab
from plugins.labs.queries.members import animators_of, is_last_animator, members_of
from plugins.labs.services.members import add_to_lab, give_animator, leave_lab, remove_from_lab, share_animation
from plugins.labs.views.blueprint import blueprint

_ = texts("labs")
FOUND_SHOWN = 20


@blueprint.get("/<int:lab_id>/members")
@signed_in(lab=one_lab)
def members(lab):
    """List the members of a lab, alphabetical; an animator finds whom to add here."""
    filters, listed = PeopleFilters(), members_of(lab)
    animating = {who.id for who in animators_of(lab)}
    return page(
        "labs/members.html",
        lab=lab,
        filters=filters,
        members=listed,
        animator_ids=animating,
        is_animator=_animates(lab),
        found=_found(lab, filters.q.data, {who.id for who in listed}),
        found_shown=FOUND_SHOWN,
        acts_on={who.id: list(_acts(lab, who, animating)) for who in listed},
    )


def _animates(lab: Lab) -> bool:
    return lab.group_id in viewer().animated_ids


def _found(lab: Lab, words: str, inside: set[int]) -> list[tuple[Person, bool]]:
    found = find_people(words, limit=FOUND_SHOWN) if words and _animates(lab) else []
    return [(who, who.id in inside) for who in found]


def _acts(lab: Lab, member: Person, animating: set[int]) -> Iterator[dict[str, str]]:
    if not _animates(lab) or member.id == viewer().person_id:
        return
    there: dict[str, Any] = {"lab_id": lab.id, "person_id": member.id}
    look = {"about": member.name, "method": "post", "kind": "quiet"}
    if lab.closed_at is None and member.id not in animating:
        yield {"label": _("Let animate too"), "url": url_for("labs.animate", **there), **look}
    yield {"label": _("Remove"), "url": url_for("labs.remove", **there), **look}


@blueprint.get("/<int:lab_id>/members.<any(csv, json):fmt>")
@signed_in(lab=one_lab)
def members_export(lab, fmt):
    """Give the same names as the list."""
    animating = {animator.id for animator in animators_of(lab)}
    table: Table = {
        "name": (_("Name"), attrgetter("name")),
        "animates": (_("Animates"), lambda who: _("yes") if who.id in animating else _("no")),
    }
    return exported(fmt, "labs-members", table, members_of(lab))


def _back(lab):
    return see("labs.members", lab_id=lab.id, q=request.args.get("q"))


@blueprint.post("/<int:lab_id>/members/<int:person_id>/add")
@requires(permissions.ANIMATE, lab=one_lab)
def add(lab, person_id):
    """Add somebody."""
    who = person(person_id)
    add_to_lab(viewer(), lab, person=who, at=now())
    message(_("%(name)s belongs to the lab.", name=who.name))
    return _back(lab)


@blueprint.post("/<int:lab_id>/members/<int:person_id>/remove")
@requires(permissions.ANIMATE, lab=one_lab)
def remove(lab, person_id):
    """Remove somebody; the list offers to add them again."""
    who = person(person_id)
    remove_from_lab(viewer(), lab, person=who, at=now())
    message(_("%(name)s no longer belongs to the lab. What they wrote stays.", name=who.name))
    return see("labs.members", lab_id=lab.id, q=who.name)


@blueprint.post("/<int:lab_id>/members/<int:person_id>/animate")
@requires(permissions.ANIMATE, lab=one_lab)
def animate(lab, person_id):
    """Make a member an animator too."""
    who = person(person_id)
    share_animation(viewer(), lab, person=who, at=now())
    message(_("%(name)s animates the lab with you.", name=who.name))
    return _back(lab)


@blueprint.get("/<int:lab_id>/leave")
@signed_in(lab=one_lab)
def leave_page(lab):
    """Ask before leaving; the last animator is warned."""
    last = is_last_animator(lab, viewer())
    return page("labs/leave.html", lab=lab, is_last=last, cancel_url=url_for("labs.show", lab_id=lab.id))


@blueprint.post("/<int:lab_id>/leave")
@signed_in(lab=one_lab)
def leave(lab):
    """Leave the lab."""
    leave_lab(viewer(), lab, now())
    message(_("You no longer belong to “%(name)s”. What you wrote stays.", name=lab.name))
    return see("labs.show", lab_id=lab.id)


@blueprint.route("/<int:lab_id>/animator", methods=["GET", "POST"])
@requires(permissions.CREATE, lab=one_lab)
def animator(lab):
    """Let an administrator give a lab an animator when none is left."""
    form = PersonForm()
    if form.submitted():
        with form.attempt():
            give_animator(viewer(), lab, person=form.who, at=now())
            message(_("%(name)s animates the lab.", name=form.who.name))
            return see("labs.show", lab_id=lab.id)
    cancel_url = url_for("labs.show", lab_id=lab.id)
    return form_page("labs/animator.html", form, lab=lab, animators=animators_of(lab), cancel_url=cancel_url)
