"""What changes a permanent lab: its creation, its settings, who carries it, its end.

The facts of the acts reserved to administrators are their role, asked by the pages; everything else is asked here.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from portal.api import (
    Event,
    Invalid,
    Person,
    Subject,
    Viewer,
    add_member,
    create_group,
    fold,
    publish,
    record,
    rename_group,
    session,
    setting,
    texts,
)

from plugins.labs.models.lab import MAX_MINUTES, MIN_MINUTES, Lab, Sponsor
from plugins.labs.services.facts import hold, must_animate, must_be_animator
from plugins.labs.services.margins import write_line

_ = texts("labs")


class FirstMargin(NamedTuple):
    """The first line of « what may still change »: a lab is born with it (C42 SPEC 1)."""

    text: str
    review_on: date


def subject_of(lab: Lab) -> Subject:
    """Give the lab as others speak of it."""
    return Subject("labs.lab", lab.id)


def create_lab(
    actor: Viewer, name: str, *, place: str, animator: Person, margin: FirstMargin, at: datetime, today: date
) -> Lab:
    """Create a lab with its group, its first animator and the first line of its margins.

    Rule: law 1 (five fields), C42 SPEC 1, C01 SPEC 2 (the collectivity sets the duration).
    """
    lab = Lab(name=name, folded=fold(name), place=place, group_id=create_group("lab", name), created_at=at)
    lab.max_minutes = setting("labs", "max_minutes")
    session.add(lab)
    session.flush()
    add_member(lab.group_id, animator.id, at=at, is_animator=True)
    write_line(lab, margin.text, review_on=margin.review_on, at=at, today=today)
    publish(Event("labs.lab_created", subject_of(lab), actor.person_id, at))
    return lab


def set_up_lab(actor: Viewer, lab: Lab, *, name: str, place: str, max_minutes: int, at: datetime) -> None:
    """Change the name, the usual place and the longest duration of a lab.

    Rule: C01 SPEC 2 (one hour to ninety days).

    :raises Forbidden: the actor does not animate the lab
    :raises Invalid: the duration is out of bounds
    """
    must_animate(actor, lab)
    if not MIN_MINUTES <= max_minutes <= MAX_MINUTES:
        raise Invalid(_("Between one hour and ninety days."), field="max_minutes")
    changed = [*_rename(lab, name), *_set(lab, "place", place), *_set(lab, "max_minutes", max_minutes)]
    session.flush()
    if changed:
        record("labs.lab_set_up", subject_of(lab), actor=actor, at=at, facts={"changed": changed})


def _set(lab: Lab, column: str, value: object) -> list[str]:
    if getattr(lab, column) == value:
        return []
    setattr(lab, column, value)
    return [column]


def _rename(lab: Lab, name: str) -> list[str]:
    changed = _set(lab, "name", name)
    if changed:
        lab.folded = fold(name)
        rename_group(lab.group_id, name)
    return changed


def add_sponsor(actor: Viewer, lab: Lab, *, function_id: int, at: datetime) -> None:
    """Say that a function carries the lab; saying it twice changes nothing.

    Rule: C42 SPEC 2.

    :raises Forbidden: the actor does not animate the lab
    """
    must_animate(actor, lab)
    if session.get(Sponsor, (lab.id, function_id)) is not None:
        return
    session.add(Sponsor(lab_id=lab.id, function_id=function_id))
    session.flush()
    record("labs.sponsor_added", subject_of(lab), actor=actor, at=at, facts={"function": function_id})


def remove_sponsor(actor: Viewer, lab: Lab, *, function_id: int, at: datetime) -> None:
    """Say that a function no longer carries the lab; saying it twice changes nothing.

    :raises Forbidden: the actor does not animate the lab
    """
    must_be_animator(actor, lab)
    hold(lab)
    sponsor = session.get(Sponsor, (lab.id, function_id))
    if sponsor is None:
        return
    session.delete(sponsor)
    session.flush()
    record("labs.sponsor_removed", subject_of(lab), actor=actor, at=at, facts={"function": function_id})


def close_lab(actor: Viewer, lab: Lab, *, at: datetime) -> None:
    """End a lab: nothing new starts in it, its pages stay. Closing it twice changes nothing."""
    hold(lab)
    if lab.closed_at is not None:
        return
    lab.closed_at = at
    session.flush()
    publish(Event("labs.lab_closed", subject_of(lab), actor.person_id, at))


def reopen_lab(actor: Viewer, lab: Lab, *, at: datetime) -> None:
    """Take a closing back."""
    hold(lab)
    if lab.closed_at is None:
        return
    lab.closed_at = None
    session.flush()
    record("labs.lab_reopened", subject_of(lab), actor=actor, at=at)
