"""Changing what a project owes: it takes the agreement of the lead and of the guarantor, both logged (C02 SPEC 2)."""

from __future__ import annotations

from datetime import date, datetime

from portal.api import Conflict, Event, Viewer, notify, publish, record, session, texts

from plugins.labs.models.project import ClauseChange, Project
from plugins.labs.queries.projects import waiting_change
from plugins.labs.services.facts import hold, must_be_running, must_steer
from plugins.labs.services.projects import Clause, check_clause, clause_of, subject_of, write_clause

_ = texts("labs")


def propose_clause(
    actor: Viewer, project: Project, *, clause: Clause, reason: str, at: datetime, today: date
) -> ClauseChange:
    """Propose another clause; proposing it is agreeing to it.

    Rule: C02 SPEC 2.

    :raises Forbidden: the actor neither leads the project nor vouches for it
    :raises Conflict: nobody vouches for the project, a change waits already, or nothing would change
    :param today: the day it is in the collectivity
    :raises Invalid: a result expected without who, what and when, or on a day that is past
    """
    must_steer(actor, project)
    hold(project)
    must_be_running(project)
    check_clause(clause, today=today)
    if project.guarantor_id is None:
        raise Conflict(_("Name a guarantor first: the clause changes only if both agree."))
    if waiting_change(project.id) is not None:
        raise Conflict(_("Another change is waiting for an agreement."))
    if clause == clause_of(project):
        raise Conflict(_("This is already the clause of the project."))
    change = ClauseChange(project_id=project.id, reason=reason or None, proposed_by_id=actor.person_id, proposed_at=at)
    write_clause(change, clause)
    session.add(change)
    session.flush()
    record("labs.clause_change_proposed", subject_of(project), actor=actor, at=at, facts={"clause": clause.name})
    agree(actor, project, at=at)
    asked = {project.lead_id, project.guarantor_id} - {actor.person_id}
    text = _.later("%(actor)s proposes another clause for “%(title)s”: your agreement is needed")
    notify(asked, subject_of(project), text, at=at, actor=actor, must_act=True)
    return change


def _waiting(project: Project) -> ClauseChange:
    change = waiting_change(project.id)
    if change is None:
        raise Conflict(_("No change of clause is waiting: it was settled in the meantime."))
    return change


def agree(actor: Viewer, project: Project, *, at: datetime) -> None:
    """Agree as lead or as guarantor; with both agreements the clause changes. Agreeing twice changes nothing.

    :raises Forbidden: the actor is neither of them
    :raises Conflict: no change is waiting
    """
    must_steer(actor, project)
    hold(project)
    must_be_running(project)
    change = _waiting(project)
    column = "lead_agreed_at" if actor.person_id == project.lead_id else "guarantor_agreed_at"
    if getattr(change, column) is not None:
        return
    setattr(change, column, at)
    role = column.removesuffix("_agreed_at")
    facts = {"as": role, "clause": change.clause}
    record("labs.clause_change_agreed", subject_of(project), actor=actor, at=at, facts=facts)
    if change.lead_agreed_at and change.guarantor_agreed_at:
        _apply(actor, project, change, at=at)
    session.flush()


def _apply(actor: Viewer, project: Project, change: ClauseChange, *, at: datetime) -> None:
    former = project.clause
    write_clause(project, clause_of(change))
    _settle(change, "applied", actor, at)
    facts = {"from": former, "to": change.clause}
    publish(Event("labs.clause_changed", subject_of(project), actor.person_id, at, facts))


def _settle(change: ClauseChange, how: str, actor: Viewer, at: datetime) -> None:
    change.settled_at, change.settled_as, change.settled_by_id = at, how, actor.person_id


def refuse(actor: Viewer, project: Project, *, at: datetime) -> None:
    """Refuse a change of clause, or take back one's own proposal: the clause stays as it is.

    :raises Forbidden: the actor neither leads the project nor vouches for it
    :raises Conflict: no change is waiting
    """
    must_steer(actor, project)
    hold(project)
    change = _waiting(project)
    how = "withdrawn" if change.proposed_by_id == actor.person_id else "refused"
    _settle(change, how, actor, at)
    session.flush()
    record(f"labs.clause_change_{how}", subject_of(project), actor=actor, at=at)
