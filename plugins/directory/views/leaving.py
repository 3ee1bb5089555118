"""A departure: what exactly goes, then one act; or a day to come, which can still be dropped."""

from __future__ import annotations

from datetime import timedelta

from flask import url_for

from portal.api import (
    departure_of,
    form_page,
    leave,
    local_midnight,
    message,
    now,
    plan_leaving,
    planned_leaving,
    requires,
    see,
    texts,
    viewer,
)

from plugins.directory import permissions
from plugins.directory.forms.people import LeaveForm
from plugins.directory.views.blueprint import blueprint
from plugins.directory.views.loaders import one_person

_ = texts("directory")


@blueprint.route("/people/<int:person_id>/leave", methods=["GET", "POST"])
@requires(permissions.MANAGE, person=one_person)
def leave_page(person):
    """Say exactly what goes, ask once; now, or at the end of a day."""
    form = LeaveForm()
    if form.submitted():
        with form.attempt():
            return _planned(person, form.on.data) if form.on.data else _gone(person)
    return form_page(
        "directory/leave.html",
        form,
        person=person,
        departure=departure_of(person.id, at=now()),
        planned_at=planned_leaving(person.id),
        is_me=viewer().person_id == person.id,
        cancel_url=url_for("directory.show_person", person_id=person.id),
    )


def _planned(person, on):
    plan_leaving(person.id, on=local_midnight(on + timedelta(days=1)), actor=viewer(), at=now())
    message(_("The departure is planned. Until then, it can be dropped."))
    return see("directory.leave_page", person_id=person.id)


def _gone(person):
    leave(person.id, actor=viewer(), at=now())
    message(
        _(
            "%(name)s has left: nothing of theirs opens any more. What they did stays.",
            name=person.name,
        )
    )
    return see("directory.index")


@blueprint.post("/people/<int:person_id>/stay")
@requires(permissions.MANAGE, person=one_person)
def stay(person):
    """Drop a planned departure."""
    plan_leaving(person.id, on=None, actor=viewer(), at=now())
    message(_("The planned departure is dropped: %(name)s stays.", name=person.name))
    return see("directory.show_person", person_id=person.id)
