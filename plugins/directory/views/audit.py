"""The audit log: opened for an hour with a reason, which is an entry of the log; then a list like any other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import request
from wtforms.fields.choices import SelectChoice

from portal.api import (
    Column,
    Subject,
    act_in_words,
    audit_until,
    check_chain,
    export,
    form_page,
    listing,
    open_audit,
    page,
    people,
    requires,
    resolve,
    see,
    session,
    texts,
    viewer,
)

from plugins.directory import permissions
from plugins.directory.forms.audit import FACTS, KINDS, AuditFilters, ReasonForm
from plugins.directory.queries.audit import actions_in, entries_for
from plugins.directory.views.blueprint import blueprint
from plugins.directory.views.exporting import export_links

_ = texts("directory")
KEPT = ("action", "kind", "person", "actor", "first_on", "last_on")
EXPORTED_AT_MOST = 50_000


@dataclass(frozen=True, slots=True)
class Line:
    """One entry, in words."""

    at: datetime
    act: str
    action: str
    about: str
    url: str | None
    who: str
    details: str


@blueprint.route("/audit", methods=["GET", "POST"])
@requires(permissions.AUDIT)
def audit():
    """Ask why, then show the entries for an hour."""
    form = ReasonForm()
    if form.submitted():
        open_audit(viewer(), reason=form.reason.data)
        return see("directory.audit")
    until = audit_until(viewer())
    if until is None or form.is_submitted():
        return form_page("directory/audit_closed.html", form)
    filters = _filters()
    statement, number = entries_for(viewer(), filters.question())
    found = listing(statement, order_by=[number], size=50)
    return page(
        "directory/audit.html",
        page=found,
        lines=_lines(found.items),
        filters=filters,
        until=until,
        exports=export_links("directory.audit_export", *KEPT),
    )


def _filters() -> AuditFilters:
    filters = AuditFilters()
    known = sorted((act_in_words(action), action) for action in actions_in(viewer()))
    filters.action.choices = [SelectChoice("", _("all")), *(SelectChoice(action, words) for words, action in known)]
    return filters


def _lines(rows):
    """Say entries in words: names as they are today, so those who left have none."""
    rows = list(rows)
    about = [row.subject_id for row in rows if row.subject_kind == "portal.user"]
    names = people([*about, *(row.actor_id for row in rows)])
    return [_line(row, names) for row in rows]


def _line(row, names):
    subject = Subject(row.subject_kind, row.subject_id)
    card = resolve(subject)
    return Line(
        at=row.recorded_at,
        act=act_in_words(row.action),
        action=row.action,
        about=card.title if card else _about(subject, names),
        url=card.url if card else None,
        who=names[row.actor_id].name if row.actor_id in names else _("the portal, or forgotten"),
        details=_details(row.facts),
    )


def _about(subject, names):
    if subject.kind == "portal.user" and subject.id in names:
        return names[subject.id].name
    return f"{KINDS.get(subject.kind, subject.kind)} {subject.id}"


def _details(facts):
    """Say the facts that have words: why the log was opened, the role given, the fields that changed."""
    values = [facts.get("reason"), facts.get("role"), *(facts.get("fields") or [])]
    return ", ".join(str(FACTS[str(value)]) for value in values if value in FACTS)


@blueprint.get("/audit.<any(csv, json):fmt>")
@requires(permissions.AUDIT)
def audit_export(fmt):
    """Give the same entries as a file, while the reading is open."""
    statement, number = entries_for(viewer(), AuditFilters().question())
    rows = session.execute(statement.order_by(number.desc()).limit(EXPORTED_AT_MOST))
    columns = [
        Column("at", _("When")),
        Column("act", _("Act")),
        Column("action", _("Code of the act")),
        Column("about", _("About")),
        Column("who", _("Done by")),
        Column("details", _("Details")),
    ]
    lines = ({name: getattr(line, name) for name in Line.__slots__} for line in _lines(rows))
    return export(fmt, "directory-audit", columns=columns, rows=lines)


@blueprint.get("/audit/chain")
@requires(permissions.AUDIT)
def audit_chain():
    """Check the whole chain and say what was found."""
    return page("directory/audit_chain.html", report=check_chain(), asked=request.args)
