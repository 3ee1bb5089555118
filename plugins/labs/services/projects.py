"""The life of a light project: opened under a clause, led, handed over, ended with one sentence learnt (C02)."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from portal.api import (
    Event,
    Forbidden,
    Invalid,
    Person,
    Subject,
    Viewer,
    fold,
    must_have_seen,
    notify,
    publish,
    record,
    session,
    texts,
)

from plugins.labs.models.lab import Lab
from plugins.labs.models.outcomes import OUTCOMES
from plugins.labs.models.project import MAX_LEARNT, NO_RESULT_OWED, RESULT_EXPECTED, Expectation, Project
from plugins.labs.queries.members import members_of
from plugins.labs.queries.projects import waiting_change
from plugins.labs.services.facts import (
    hold,
    must_be_member,
    must_be_open,
    must_be_running,
    must_lead,
    must_steer,
)

_ = texts("labs")


class Clause(NamedTuple):
    """What a project owes: nothing, or that somebody expects something by a day (C02 SPEC 1)."""

    name: str = NO_RESULT_OWED
    by: str = ""
    what: str = ""
    on: date | None = None


def subject_of(project: Project) -> Subject:
    """Give the project as others speak of it."""
    return Subject("labs.project", project.id)


def clause_of(row: Expectation) -> Clause:
    """Read the clause of a project, or the one that a change proposes."""
    return Clause(row.clause, row.expected_by or "", row.expected_what or "", row.expected_on)


def write_clause(row: Expectation, clause: Clause) -> None:
    """Write a clause down; a project that owes no result expects nothing of anybody."""
    is_expected = clause.name == RESULT_EXPECTED
    row.clause = clause.name
    row.expected_by = clause.by if is_expected else None
    row.expected_what = clause.what if is_expected else None
    row.expected_on = clause.on if is_expected else None


def check_clause(clause: Clause, *, today: date) -> None:
    """Refuse an unknown clause, or a result expected without who, what and when, or on a day that is past.

    Rule: C02 SPEC 1.

    :param today: the day it is in the collectivity
    :raises Invalid: something is missing, or too late
    """
    if clause.name not in {NO_RESULT_OWED, RESULT_EXPECTED}:
        raise Invalid(_("Choose one of the two clauses."), field="clause")
    if clause.name == NO_RESULT_OWED:
        return
    for value, field, sentence in (
        (clause.by, "expected_by", _("Say who expects this result.")),
        (clause.what, "expected_what", _("Say what is expected.")),
        (clause.on, "expected_on", _("Say by what day.")),
    ):
        if not str(value or "").strip():
            raise Invalid(sentence, field=field)
    if clause.on is not None and clause.on < today:
        raise Invalid(_("Choose a day that is still to come."), field="expected_on")


def open_project(
    actor: Viewer,
    lab: Lab,
    *,
    title: str,
    clause: Clause,
    guarantor: Person | None,
    audience: str,
    about: str,
    at: datetime,
    today: date,
) -> Project:
    """Open a project in a lab one belongs to; whoever opens it leads it.

    Rule: C02 SPEC 1.

    :param today: the day it is in the collectivity
    :raises Invalid: the clause is incomplete or expects something in the past, or the guarantor is the lead
    """
    person_id = must_be_member(actor, lab)
    must_be_open(lab)
    check_clause(clause, today=today)
    _must_differ(person_id, guarantor)
    project = Project(
        lab_id=lab.id,
        title=title,
        about=about or None,
        folded=fold(title, about),
        lead_id=person_id,
        guarantor_id=guarantor.id if guarantor else None,
        author_id=person_id,
        audience=audience,
        reader_group_id=lab.group_id,
        opened_at=at,
    )
    write_clause(project, clause)
    session.add(project)
    session.flush()
    publish(Event("labs.project_opened", subject_of(project), person_id, at, {"lab": lab.id, "clause": clause.name}))
    return project


def _must_differ(lead_id: int, guarantor: Person | None) -> None:
    if guarantor is not None and guarantor.id == lead_id:
        raise Invalid(_("The guarantor is somebody else than the lead."), field="guarantor")


def reword_project(
    actor: Viewer, project: Project, *, title: str, about: str, audience: str | None, at: datetime
) -> None:
    """Change the words of a project, and its audience if the actor is who chose it.

    :param audience: None to leave it as it is
    :raises Forbidden: the actor does not lead the project, or would open what somebody else wrote
    """
    must_lead(actor, project)
    hold(project)
    must_be_running(project)
    if audience not in {None, project.audience} and actor.person_id != project.author_id:
        raise Forbidden(_("Who can read this project is chosen by the person who opened it."))
    project.title, project.about = title, about or None
    project.audience = audience or project.audience
    project.folded = fold(title, about)
    session.flush()
    facts = {"audience": project.audience}
    record("labs.project_reworded", subject_of(project), actor=actor, at=at, facts=facts)


def end_of(project: Project) -> dict[str, str | None]:
    """Give what is said of the end of a project by now, by the name of the field."""
    return {"outcome": project.outcome, "learnt": project.learnt, "saved": project.saved or ""}


def end_project(
    actor: Viewer,
    project: Project,
    *,
    outcome: str,
    learnt: str,
    saved: str = "",
    seen: str | None = None,
    at: datetime,
) -> None:
    """End a project, whichever way: it takes one sentence learnt, and nothing else. Ended, correct that sentence.

    The day it ended stays. Rule: C02 SPEC 4.

    :param seen: the `edition_of` its end that the actor had before them; None not to ask
    :raises Forbidden: the actor does not lead the project
    :raises Overtaken: it was ended or corrected on another page meanwhile
    """
    must_lead(actor, project)
    hold(project)
    wanted = {"outcome": outcome, "learnt": learnt, "saved": saved}
    must_have_seen(seen, end_of(project), wanted)
    if end_of(project) == wanted:
        return
    _tell(project, outcome=outcome, learnt=learnt, saved=saved)
    if project.closed_at is not None:
        session.flush()
        record("labs.project_end_corrected", subject_of(project), actor=actor, at=at)
        return
    project.closed_at = at
    _withdraw_change(actor, project, at)
    session.flush()
    publish(Event("labs.project_ended", subject_of(project), actor.person_id, at, {"lab": project.lab_id}))


def _tell(project: Project, *, outcome: str, learnt: str, saved: str) -> None:
    if outcome not in OUTCOMES:
        raise Invalid(_("Choose one of the five outcomes."), field="outcome")
    if not learnt.strip():
        raise Invalid(_("Say in one sentence what was learnt: nothing else is asked."), field="learnt")
    if len(learnt) > MAX_LEARNT:
        raise Invalid(_("At most %(num)s characters.", num=MAX_LEARNT), field="learnt")
    project.outcome, project.learnt, project.saved = outcome, learnt, saved or None
    project.folded = fold(project.title, project.about, learnt, saved)


def _withdraw_change(actor: Viewer, project: Project, at: datetime) -> None:
    change = waiting_change(project.id)
    if change is not None:
        change.settled_at, change.settled_as, change.settled_by_id = at, "withdrawn", actor.person_id


def hand_over(actor: Viewer, project: Project, *, lab: Lab, lead: Person, at: datetime) -> None:
    """Give the lead to somebody else: the lead does it, or an animator of the lab when the lead has left.

    A change of clause that waits for agreements falls: it was not asked of the new lead.

    :raises Forbidden: the actor neither leads the project nor animates its lab
    :raises Invalid: the new lead is the guarantor, or does not belong to the lab
    """
    if actor.person_id != project.lead_id and lab.group_id not in actor.animated_ids:
        raise Forbidden(_("Only the lead of this project or an animator of its lab may do that."))
    hold(project)
    must_be_running(project)
    if lead.id == project.lead_id:
        return
    if lead.id == project.guarantor_id:
        raise Invalid(_("The guarantor is somebody else than the lead."), field="person")
    if lead.id not in {member.id for member in members_of(lab)}:
        raise Invalid(_("Choose one of the members of the lab."), field="person")
    project.lead_id = lead.id
    _withdraw_change(actor, project, at)
    session.flush()
    record("labs.project_handed_over", subject_of(project), actor=actor, at=at)
    text = _.later("%(actor)s hands “%(title)s” over to you")
    notify([lead.id], subject_of(project), text, at=at, actor=actor)


def name_guarantor(actor: Viewer, project: Project, *, person: Person, at: datetime) -> None:
    """Name who vouches for the clause: the lead when there is nobody, or the guarantor who hands it on.

    :raises Forbidden: there is a guarantor, and the actor is not the one
    :raises Invalid: the guarantor would be the lead
    """
    must_steer(actor, project)
    hold(project)
    must_be_running(project)
    if project.guarantor_id not in {None, actor.person_id}:
        raise Forbidden(_("The guarantor alone may hand this on."))
    if person.id == project.lead_id:
        raise Invalid(_("The guarantor is somebody else than the lead."), field="person")
    if person.id == project.guarantor_id:
        return
    project.guarantor_id = person.id
    _withdraw_change(actor, project, at)
    session.flush()
    record("labs.guarantor_named", subject_of(project), actor=actor, at=at)
    text = _.later("%(actor)s names you guarantor of “%(title)s”")
    notify([person.id], subject_of(project), text, at=at, actor=actor)


def stop_vouching(actor: Viewer, project: Project, *, at: datetime) -> None:
    """Stop being the guarantor: nobody vouches until the lead names somebody.

    :raises Forbidden: the actor is not the guarantor
    """
    hold(project)
    if actor.person_id is None or project.guarantor_id != actor.person_id:
        raise Forbidden(_("You are not the guarantor of this project."))
    must_be_running(project)
    project.guarantor_id = None
    _withdraw_change(actor, project, at)
    session.flush()
    record("labs.guarantor_withdrew", subject_of(project), actor=actor, at=at)
