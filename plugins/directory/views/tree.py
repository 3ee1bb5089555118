"""Services: the whole tree on one page, one service, and what the administration writes."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import sqlalchemy as sa
from flask import request, url_for

from portal.api import (
    Action,
    Column,
    ServiceCard,
    Subject,
    actions_of,
    add_service,
    can,
    change_service,
    close_service,
    export,
    export_links,
    fold,
    form_page,
    functions,
    history_of,
    listing,
    message,
    now,
    page,
    requires,
    sections_of,
    see,
    service_ids_under,
    services,
    session,
    texts,
    viewer,
)

from plugins.directory import permissions
from plugins.directory.forms.choices import as_id
from plugins.directory.forms.organisation import CloseServiceForm, ServiceFilters, ServiceForm
from plugins.directory.queries.people import ORDER, PEOPLE, people_found
from plugins.directory.views.blueprint import blueprint
from plugins.directory.views.loaders import one_service

_ = texts("directory")
OPEN_AT_MOST = 60


@dataclass(frozen=True, slots=True)
class Branch:
    """A service in the picture of the tree, with those under it.

    :ivar people: those of this service, without those under it
    """

    card: ServiceCard
    people: int
    under: list[Branch]


def _branches(tree: list[ServiceCard]) -> list[Branch]:
    counted = sa.select(PEOPLE.c.service_id, sa.func.count()).group_by(PEOPLE.c.service_id)
    counts: dict[int | None, int] = dict(session.execute(counted).all())
    branches = {card.id: Branch(card, counts.get(card.id, 0), []) for card in tree}
    for card in tree:
        if card.parent_id in branches:
            branches[card.parent_id].under.append(branches[card.id])
    return [branches[card.id] for card in tree if card.parent_id not in branches]


@blueprint.get("/services")
@requires(permissions.READ)
def service_tree():
    """Show the whole tree, or the services that hold a word with those above them."""
    filters, tree = ServiceFilters(), services()
    shown = _around([card for card in tree if fold(filters.q.data) in fold(card.name)], tree)
    return page(
        "directory/services.html",
        branches=_branches(shown),
        total=len(shown),
        open_all=bool(filters.q.data) or len(shown) <= OPEN_AT_MOST,
        filters=filters,
        exports=export_links("directory.services_export"),
        may_manage=can(viewer(), permissions.MANAGE),
    )


def _around(found: list[ServiceCard], tree: list[ServiceCard]) -> list[ServiceCard]:
    """Add to the services found those they stand under, in the order of the tree."""
    cards, kept = {card.id: card for card in tree}, set()
    for card in found:
        above: ServiceCard | None = card
        while above is not None and above.id not in kept:
            kept.add(above.id)
            above = cards.get(above.parent_id or 0)
    return [card for card in tree if card.id in kept]


@blueprint.get("/services.<any(csv, json):fmt>")
@requires(permissions.READ)
def services_export(fmt):
    """Give the tree as a file, each service with the one it stands under (G4)."""
    tree = services()
    names = {card.id: card.name for card in tree}
    rows = ({**asdict(card), "under": names.get(card.parent_id or 0)} for card in tree)
    columns = [Column("name", _("Service")), Column("code", _("Code")), Column("under", _("Under"))]
    return export(fmt, "directory-services", columns=columns, rows=rows)


@blueprint.get("/services/<int:service_id>")
@requires(permissions.READ, service=one_service)
def show_service(service):
    """Show a service: where it stands, what answers there, who works there."""
    subject, tree = Subject("portal.service", service.id), services()
    return page(
        "directory/service.html",
        service=service,
        above=_above(service, tree),
        under=[card for card in tree if card.parent_id == service.id],
        held=functions(at=now(), service_id=service.id),
        page=listing(people_found(service_id=service.id, with_under=False), order_by=ORDER, ascending=True),
        offers=[*_offers(service), *actions_of(subject)],
        sections=sections_of(subject),
        past=history_of(subject),
    )


def _above(service: ServiceCard, tree: list[ServiceCard]) -> list[ServiceCard]:
    chain = _around([service], tree)
    return [card for card in chain if card.id != service.id]


def _offers(service: ServiceCard) -> list[Action]:
    if not can(viewer(), permissions.MANAGE) or service.closed_at is not None:
        return []
    return [
        Action(_("Change or move"), url_for("directory.change_one_service", service_id=service.id)),
        Action(_("Add a service under it"), url_for("directory.new_service", under=service.id)),
        Action(_("Close this service"), url_for("directory.close_one_service", service_id=service.id), kind="quiet"),
    ]


@blueprint.route("/services/new", methods=["GET", "POST"])
@requires(permissions.MANAGE)
def new_service():
    """Add a service."""
    form = ServiceForm(parent_id=request.args.get("under", type=as_id))
    if form.submitted():
        with form.attempt():
            number = add_service(form.written(), actor=viewer(), at=now())
            message(_("The service is in the tree."))
            return see("directory.show_service", service_id=number)
    return form_page("directory/service_form.html", form, service=None, cancel_url=url_for("directory.service_tree"))


@blueprint.route("/services/<int:service_id>/change", methods=["GET", "POST"])
@requires(permissions.MANAGE, service=one_service)
def change_one_service(service):
    """Rename or move a service."""
    form = ServiceForm(without=service_ids_under(service.id), **asdict(service))
    if form.submitted():
        with form.attempt():
            if change_service(service.id, form.written(), actor=viewer(), at=now()):
                message(_("The changes are kept."))
            return see("directory.show_service", service_id=service.id)
    back = url_for("directory.show_service", service_id=service.id)
    return form_page("directory/service_form.html", form, service=service, cancel_url=back)


@blueprint.route("/services/<int:service_id>/close", methods=["GET", "POST"])
@requires(permissions.MANAGE, service=one_service)
def close_one_service(service):
    """Say what a closing moves, then close."""
    form = CloseServiceForm(without=frozenset({service.id}))
    if form.submitted():
        with form.attempt():
            close_service(service.id, people_to=form.people_to.data, actor=viewer(), at=now())
            message(_("“%(name)s” is closed.", name=service.name))
            return see("directory.service_tree")
    in_it = sa.select(sa.func.count()).select_from(people_found(service_id=service.id, with_under=False).subquery())
    return form_page(
        "directory/close_service.html",
        form,
        service=service,
        people_count=session.scalar(in_it),
        held=functions(at=now(), service_id=service.id),
        under=[card for card in services() if card.parent_id == service.id],
        cancel_url=url_for("directory.show_service", service_id=service.id),
    )
