"""Compare a file of people with who is here: created, changed, unchanged, left, refused. Nothing is written."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from portal.api import PersonFacts, Role, local_day, services

from plugins.directory.models.imports import Change, Kind
from plugins.directory.services.imports.cells import Faulty, is_same_name, is_same_phone, is_same_text
from plugins.directory.services.imports.columns import Columns
from plugins.directory.services.imports.drafts import PERSON, SERVICE, Draft, Plan
from plugins.directory.services.imports.knowing import Known, listed_ids, without_zeros
from plugins.directory.services.imports.reading import Table
from plugins.directory.services.imports.rows import leaves_at, read_person
from plugins.directory.services.imports.superiors import settle_superiors
from plugins.directory.services.imports.trees import Node, Tree


def plan_people(table: Table, columns: Columns, *, is_complete: bool, actor_id: int | None, at: datetime) -> Plan:
    """Say what a file of people would do.

    :param is_complete: those whom it no longer names may leave
    :raises Invalid: the file cannot be read to its end
    """
    known, tree = Known(), Tree(services(with_closed=True))
    drafts = [read_person(row, columns) for row in table.rows()]
    keyless = sum(1 for draft in drafts if not draft.key)
    named = _recognise(drafts, known)
    for draft in _going_on(drafts):
        _place(draft, tree)
    for draft in _going_on(drafts):
        _compare(draft, known, tree, at=at)
    settle_superiors(drafts, known)
    for draft in _going_on(drafts):
        if draft.change == Change.CHANGED and not draft.facts:
            draft.change = Change.UNCHANGED
    if is_complete:
        drafts += _absent(known, named, actor_id=actor_id)
    _keep_an_administrator(drafts, known)
    added = _services(tree, drafts)
    _order(drafts, first=len(added))
    return Plan(Kind.PEOPLE, table, columns, is_complete, added + drafts, keyless, len(known.facts))


def _going_on(drafts: list[Draft]) -> Iterator[Draft]:
    return (draft for draft in drafts if draft.change in {Change.CREATED, Change.CHANGED})


def _recognise(drafts: list[Draft], known: Known) -> set[int]:
    """Find who each line is about, refuse second lines; give everybody whom the file names."""
    seen: dict[str, int] = {}
    owners: dict[int, int] = {}
    zeros = without_zeros(known.by_matricule)
    for draft in drafts:
        try:
            _once(draft, seen)
            draft.person_id = known.match(draft.key, draft.facts) if draft.key else None
            if draft.person_id is None and draft.key in zeros:
                draft.person_id = known.by_matricule[zeros[draft.key]]
                raise Faulty("zeros", "matricule", draft.key, zeros[draft.key])
            if draft.person_id is not None and owners.setdefault(draft.person_id, draft.number) != draft.number:
                raise Faulty("twice", "email", draft.key, owners[draft.person_id])
        except Faulty as fault:
            if draft.change != Change.REFUSED:
                draft.refuse(fault)
    return {draft.person_id for draft in drafts if draft.person_id is not None}


def _once(draft: Draft, seen: dict[str, int]) -> None:
    """Refuse a key, or an address, that another line has."""
    first = seen.setdefault(draft.key, draft.number) if draft.key else draft.number
    if first != draft.number:
        raise Faulty("twice", "matricule", draft.key, first)
    email = draft.facts.get("email")
    if email and seen.setdefault(email, draft.number) != draft.number:
        raise Faulty("address_taken", "email", email)


def _place(draft: Draft, tree: Tree) -> None:
    said = draft.facts.get("service")
    if said is None:
        return
    if not said["code"] and not said["path"]:
        draft.facts["service"] = None
        return
    try:
        node = tree.find_or_add(said["code"], said["path"], number=draft.number)
    except Faulty as fault:
        draft.refuse(fault)
        return
    draft.facts["service"] = {"code": node.code, "path": node.path}


def _compare(draft: Draft, known: Known, tree: Tree, *, at: datetime) -> None:
    """Keep of a line only what changes; the superior is settled later, once everybody is known."""
    day = draft.facts.get("leaves_on")
    if day and leaves_at(day) <= at:
        _already_gone(draft)
        return
    if draft.person_id is None:
        return
    before = known.facts[draft.person_id]
    node = tree.by_id.get(before.service_id) if before.service_id else None
    now_says = _said_of(before, node, known.leaves_at.get(draft.person_id))
    changes = {
        field: value
        for field, value in draft.facts.items()
        if field == "superior" or not _is_same(field, now_says.get(field), value)
    }
    draft.change, draft.facts = Change.CHANGED, changes
    draft.before = {field: now_says.get(field) for field in changes if field != "superior"}


def _already_gone(draft: Draft) -> None:
    draft.facts, draft.before = {}, {}
    draft.change = Change.OUTSIDE if draft.person_id is None else Change.LEFT
    draft.problem = "gone" if draft.person_id is None else "past_day"


def _said_of(facts: PersonFacts, node: Node | None, leaves: datetime | None) -> dict[str, Any]:
    """Write what is known of somebody as a line of a file would."""
    return {
        "name": facts.name,
        "matricule": facts.matricule,
        "email": facts.email,
        "job_title": facts.job_title,
        "phone": facts.phone,
        "service": {"code": node.code, "path": node.path} if node else None,
        "leaves_on": (local_day(leaves) - timedelta(days=1)).isoformat() if leaves else None,
    }


def _is_same(field: str, before: Any, after: Any) -> bool:
    alike = {"name": is_same_name, "phone": is_same_phone}.get(field, is_same_text)
    if isinstance(before, str) and isinstance(after, str):
        return alike(before, after)
    return bool(before == after)


def _absent(known: Known, named: set[int], *, actor_id: int | None) -> list[Draft]:
    """Give a line to everybody here whom the complete list does not name; only those of an earlier list may leave."""
    listed, drafts = listed_ids(), []
    for number in sorted(set(known.facts) - named):
        facts = known.facts[number]
        draft = Draft(0, PERSON, Change.LEFT, facts.matricule or facts.email or "", facts.name, number)
        draft.problem = "absent"
        if number == actor_id or number not in listed:
            draft.change = Change.OUTSIDE
            draft.problem = "yourself" if number == actor_id else "never_listed"
        drafts.append(draft)
    return drafts


def _keep_an_administrator(drafts: list[Draft], known: Known) -> None:
    """Never let the last administrator leave; of several, the first one stays."""
    leaving = {draft.person_id for draft in drafts if draft.change == Change.LEFT}
    staying = [
        number
        for number, facts in sorted(known.facts.items())
        if facts.role is Role.ADMIN and number not in known.leaves_at
    ]
    if not staying or set(staying) - leaving:
        return
    for draft in drafts:
        if draft.person_id == staying[0] and draft.change == Change.LEFT:
            draft.change, draft.problem = Change.OUTSIDE, "last_administrator"


def _services(tree: Tree, drafts: list[Draft]) -> list[Draft]:
    """Give a line to each service that is added and that somebody needs, those above first."""
    wanted = {
        tuple(draft.facts["service"]["path"][:depth])
        for draft in _going_on(drafts)
        if draft.facts.get("service")
        for depth in range(1, len(draft.facts["service"]["path"]) + 1)
    }
    added: list[Draft] = []
    for node in tree.added:
        if tuple(node.path) in wanted:
            facts = {"name": node.name, "code": node.code, "path": node.path[:-1]}
            draft = Draft(node.number, SERVICE, Change.CREATED, node.code or "", node.words[:160], None, facts)
            draft.position = len(added)
            added.append(draft)
    return added


def _order(drafts: list[Draft], *, first: int) -> None:
    """Set in which order lines are applied: superiors before those they answer for, who leaves last."""
    late = {Change.UNCHANGED: 1, Change.LEFT: 2}
    ordered = sorted(drafts, key=lambda draft: (late.get(Change(draft.change), 0), draft.position, draft.number))
    for place, draft in enumerate(ordered):
        draft.position = first + place
