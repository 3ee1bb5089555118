"""The audit log: opened for an hour with a reason, which is an entry of the log; then a list like any other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from flask import request
from wtforms.fields.choices import SelectChoice

from portal.api import (
    Column,
    Person,
    Subject,
    SubjectCard,
    act_in_words,
    audit_until,
    check_chain,
    export,
    export_links,
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
from plugins.directory.views.home import PAGES, subject_cards

_ = texts("directory")
KEPT = ("action", "kind", "person", "actor", "first_on", "last_on")
EXPORTED_AT_MOST, EXPORTED_AT_ONCE = 50_000, 1000


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


def _lines(rows: Sequence[Any]) -> list[Line]:
    """Say entries in words: names as they are today, so those who left have none; the same queries for many."""
    subjects = [Subject(row.subject_kind, row.subject_id) for row in rows]
    cards = subject_cards(subjects)
    others = {subject for subject in subjects if subject not in cards and subject.kind not in PAGES}
    cards |= {subject: card for subject in others if (card := resolve(subject))}
    names = people([subject.id for subject in subjects if subject.kind == "portal.user"] + [r.actor_id for r in rows])
    return [_line(row, subject, cards.get(subject), names) for row, subject in zip(rows, subjects, strict=True)]


def _line(row: Any, subject: Subject, card: SubjectCard | None, names: Mapping[int, Person]) -> Line:
    left = names[subject.id].name if subject.kind == "portal.user" and subject.id in names else None
    known_as = row.facts.get("plugin") or subject.id  # a plugin has a name, no number
    return Line(
        at=row.recorded_at,
        act=act_in_words(row.action),
        action=row.action,
        about=card.title if card else left or f"{KINDS.get(subject.kind, subject.kind)} {known_as}",
        url=card.url if card else None,
        who=names[row.actor_id].name if row.actor_id in names else _("the portal, or forgotten"),
        details=_details(row.facts),
    )


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
    lines = (line for part in rows.partitions(EXPORTED_AT_ONCE) for line in _lines(part))
    return export(fmt, "directory-audit", columns=columns, rows=map(asdict, lines))


@blueprint.get("/audit/chain")
@requires(permissions.AUDIT)
def audit_chain():
    """Check the whole chain and say what was found."""
    return page("directory/audit_chain.html", report=check_chain(), asked=request.args)
