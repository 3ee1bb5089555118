"""People: the list, one person as their colleagues see them, and what the administration writes."""

from __future__ import annotations

from dataclasses import asdict

from flask import url_for

from portal.api import (
    Action,
    Column,
    Person,
    PersonFacts,
    Subject,
    actions_of,
    add_person,
    can,
    change_person,
    export,
    export_links,
    form_page,
    functions,
    groups_of,
    history_of,
    listing,
    message,
    now,
    page,
    people,
    people_facts,
    requires,
    sections_of,
    see,
    services,
    session,
    texts,
    viewer,
    ways_in,
)

from plugins.directory import permissions
from plugins.directory.forms.people import ROLES, PeopleFilters, PersonForm
from plugins.directory.queries.people import ORDER, people_found
from plugins.directory.views.blueprint import blueprint
from plugins.directory.views.loaders import one_person

_ = texts("directory")
KEPT = ("q", "service")


@blueprint.get("/")
@requires(permissions.READ)
def index():
    """List the people who are here."""
    filters = PeopleFilters()
    found = listing(people_found(filters.q.data, service_id=filters.service.data), order_by=ORDER, ascending=True)
    return page(
        "directory/index.html",
        page=found,
        filters=filters,
        exports=export_links("directory.people_export", *KEPT),
        may_manage=can(viewer(), permissions.MANAGE),
    )


@blueprint.get("/people.<any(csv, json):fmt>")
@requires(permissions.READ)
def people_export(fmt):
    """Give the same people as the list, as a file (G4)."""
    filters = PeopleFilters()
    found = people_found(filters.q.data, service_id=filters.service.data).order_by(*ORDER)
    columns = [
        Column("name", _("Name")),
        Column("service", _("Service")),
        Column("job_title", _("Job title")),
        Column("phone", _("Work phone")),
        Column("email", _("Work e-mail address")),
    ]
    return export(
        fmt, "directory-people", columns=columns, rows=(dict(row) for row in session.execute(found).mappings())
    )


@blueprint.get("/people/<int:person_id>")
@requires(permissions.READ, person=one_person)
def show_person(person):
    """Show a person as every colleague sees them, themselves too."""
    facts, subject = people_facts([person.id])[person.id], Subject("portal.user", person.id)
    may_manage, is_me = can(viewer(), permissions.MANAGE), viewer().person_id == person.id
    return page(
        "directory/person.html",
        person=person,
        facts=facts,
        service=next((card for card in services() if card.id == facts.service_id), None),
        superior=_superior(facts),
        held=functions(at=now(), person_id=person.id),
        groups=groups_of(person.id, viewer()),
        is_me=is_me,
        kept=_kept(person, facts) if may_manage else None,
        offers=[*_offers(person), *actions_of(subject)],
        sections=sections_of(subject),
        past=history_of(subject) if may_manage or is_me else [],
    )


def _superior(facts: PersonFacts) -> Person | None:
    return people([facts.superior_id]).get(facts.superior_id or 0)


def _kept(person: Person, facts: PersonFacts) -> list[tuple[str, str]]:
    """Give what only the administration and the person see."""
    ways = ways_in(person.id)
    words = [word for has, word in ((ways.password, _("password")), (ways.pin, _("six-digit code"))) if has]
    return [
        (_("Staff number"), facts.matricule or _("none")),
        (_("Role in the portal"), str(ROLES[facts.role])),
        (_("Comes in with"), ", ".join(words) or _("nothing yet: print a link")),
    ]


def _offers(person: Person) -> list[Action]:
    acts = []
    if can(viewer(), permissions.COUNTER):
        acts.append(Action(_("Print a link to come in"), url_for("directory.slips", person=person.id)))
    if can(viewer(), permissions.MANAGE):
        acts.append(Action(_("Change"), url_for("directory.change", person_id=person.id)))
        acts.append(Action(_("Departure"), url_for("directory.leave_page", person_id=person.id), kind="quiet"))
    return acts


@blueprint.route("/people/new", methods=["GET", "POST"])
@requires(permissions.MANAGE)
def add():
    """Add a person."""
    form = PersonForm()
    if form.submitted():
        with form.attempt():
            number = add_person(form.written(), actor=viewer(), at=now())
            message(_("%(name)s is in the directory. Print a link so that they can come in.", name=form.name.data))
            return see("directory.show_person", person_id=number)
    return form_page("directory/person_form.html", form, person=None, cancel_url=url_for("directory.index"))


@blueprint.route("/people/<int:person_id>/change", methods=["GET", "POST"])
@requires(permissions.MANAGE, person=one_person)
def change(person):
    """Change what is written of a person."""
    facts = people_facts([person.id])[person.id]
    form = PersonForm(**asdict(facts), superior=_superior(facts))
    back = url_for("directory.show_person", person_id=person.id)
    if form.submitted():
        with form.attempt():
            if change_person(person.id, form.written(), actor=viewer(), at=now()):
                message(_("The changes are kept."))
            return see("directory.show_person", person_id=person.id)
    return form_page("directory/person_form.html", form, person=person, cancel_url=back, details_open=True)
