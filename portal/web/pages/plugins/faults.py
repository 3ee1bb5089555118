"""The faults of plugins and of the portal itself, found by the reference that a person reads out on the phone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from flask import Response, request, url_for
from sqlalchemy.orm import defer

from portal.db import db
from portal.errors import NotFound
from portal.loader.discovery import name_of
from portal.loader.models import Breaker, Fault, Quarantine
from portal.people.permissions import MANAGE_PLUGINS
from portal.texts import CORE, texts
from portal.web.answers import page, see
from portal.web.listing import listing
from portal.web.pages.blueprint import blueprint
from portal.web.pages.plugins.words import PHASES
from portal.web.policy import requires

_ = texts(CORE)
DASHLESS = re.compile(r"([0-9a-f]{4}) ?([0-9a-f]{2})")  # as one writes down what is read out


@dataclass(frozen=True, slots=True)
class FoundFault:
    """One fault as its page shows it."""

    plugin: str
    place: str
    at: datetime
    reference: str
    summary: str
    trace: str


@dataclass(slots=True)
class FaultGroup:
    """The same fault at the same place, as often as it is kept."""

    place: str
    summary: str
    count: int
    first_at: datetime
    last_at: datetime
    reference: str
    is_cut: bool

    @property
    def url(self) -> str:
        """Give the address of the newest."""
        return url_for("core.plugin_fault", reference=self.reference)


def fault_groups(plugin: str) -> list[FaultGroup]:
    """Group the kept faults of a plugin by what and where, the newest first."""
    cut = set(db.session.scalars(sa.select(Breaker.hook).where(Breaker.plugin == plugin, Breaker.cut_at.is_not(None))))
    groups: dict[tuple[str, str], FaultGroup] = {}
    newest = sa.select(Fault).where(Fault.plugin == plugin).order_by(Fault.id.desc()).options(defer(Fault.trace))
    for fault in db.session.scalars(newest):
        key = (fault.place, fault.summary)
        if key not in groups:
            groups[key] = FaultGroup(
                fault.place, fault.summary, 0, fault.at, fault.at, fault.reference, fault.place in cut
            )
        groups[key].count += 1
        groups[key].first_at = fault.at
    return list(groups.values())


def one_fault(reference: str) -> FoundFault:
    """Find a fault by its reference.

    :raises NotFound: none has it, or it is no longer kept
    """
    running = db.session.scalar(sa.select(Fault).where(Fault.reference == reference).order_by(Fault.id.desc()))
    if running is not None:
        return FoundFault(running.plugin, running.place, running.at, reference, running.summary, running.trace)
    aside = db.session.scalar(sa.select(Quarantine).where(Quarantine.reference == reference))
    if aside is None:
        raise NotFound(_("No fault has this reference, or it is no longer kept."))
    place = str(PHASES.get(aside.phase, aside.phase))
    return FoundFault(aside.plugin, place, aside.at, reference, aside.reason, aside.trace)


@blueprint.get("/plugins/faults")
@requires(MANAGE_PLUGINS)
def plugin_faults() -> Response:
    """List the faults, newest first; a whole reference leads straight to its fault."""
    wanted = DASHLESS.sub(r"\1-\2", request.args.get("reference", "").strip().lower())
    statement = sa.select(Fault).options(defer(Fault.trace))
    if wanted:
        try:
            return see("core.plugin_fault", reference=one_fault(wanted).reference)
        except NotFound:
            statement = statement.where(Fault.reference.startswith(wanted, autoescape=True))
    found = listing(statement, order_by=[Fault.id])
    return page("pages/plugin_faults.html", page=found, wanted=wanted, name_of=owner_name)


@blueprint.get("/plugins/faults/<reference>")
@requires(MANAGE_PLUGINS)
def plugin_fault(reference: str) -> Response:
    """Show what broke, for IT."""
    fault = one_fault(reference)  # after the permission: whether a reference is one is not for everybody
    owner = owner_name(fault.plugin)
    back = url_for("core.plugins_page") if fault.plugin == CORE else url_for("core.plugin_sheet", plugin=fault.plugin)
    return page("pages/plugin_fault.html", fault=fault, owner=owner, back_url=back)


def owner_name(plugin: str) -> str:
    """Name whose fault it is: a plugin, or the portal itself."""
    return _("The portal itself") if plugin == CORE else name_of(plugin)
