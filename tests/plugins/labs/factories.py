"""Things for the tests of labs, with sensible defaults. Call them inside `with writing():`; they give ids."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from portal.api import Person, add_member, create_group, fold, now, session

from plugins.labs.models.lab import Lab, Margin
from plugins.labs.models.project import Project


def make_lab(
    name: str = "Labo",
    members: Iterable[Person] = (),
    animator: Person | None = None,
    *,
    margin: str = "Le lieu des séances",
    review_on: date = date(2027, 6, 1),
    at: datetime | None = None,
    **columns: Any,
) -> int:
    """Make a permanent lab with its group, its members, and one margin line; give its id."""
    at = at or now()
    group = create_group("lab", name)
    defaults: dict[str, Any] = {"place": "Salle des Dunes", "folded": fold(name), "created_at": at}
    lab = Lab(name=name, group_id=group, **defaults | columns)
    session.add(lab)
    session.flush()
    session.add(Margin(lab_id=lab.id, text=margin, review_on=review_on, position=1, written_at=at))
    for person in {person.id: person for person in members}.values():
        if animator is None or person.id != animator.id:
            add_member(lab.group_id, person.id, at=at)
    if animator is not None:
        add_member(lab.group_id, animator.id, at=at, is_animator=True)
    session.flush()
    return lab.id


def make_project(lab_id: int, lead: Person, *, guarantor: Person | None = None, **columns: Any) -> int:
    """Make a project without obligation of result that its lab reads; give its id."""
    lab = session.get_one(Lab, lab_id)
    defaults: dict[str, Any] = {
        "title": "Un projet",
        "audience": "lab",
        "reader_group_id": lab.group_id,
        "author_id": lead.id,
        "clause": "none",
        "opened_at": now(),
    }
    values = defaults | columns
    values.setdefault("folded", fold(values["title"]))
    project = Project(lab_id=lab_id, lead_id=lead.id, guarantor_id=guarantor.id if guarantor else None, **values)
    session.add(project)
    session.flush()
    return project.id
