"""Write one line of an import: a service, or a person, by the verbs that pages use."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from portal.api import (
    Conflict,
    NotFound,
    PersonFacts,
    ServiceFacts,
    Viewer,
    add_person,
    add_service,
    change_person,
    change_service,
    leave,
    plan_leaving,
    texts,
)

from plugins.directory.models.imports import Change, Line
from plugins.directory.services.imports.cells import Faulty
from plugins.directory.services.imports.knowing import Known
from plugins.directory.services.imports.problems import why
from plugins.directory.services.imports.rows import leaves_at
from plugins.directory.services.imports.trees import Tree

_ = texts("directory")
PLAIN = ("name", "matricule", "email", "job_title", "phone")


def write_service(line: Line, tree: Tree, *, actor: Viewer | None, at: datetime) -> bool:
    """Add or change a service; False if it is so already.

    :raises PortalError: it can no longer be
    """
    said: dict[str, Any] = line.facts
    if line.change == Change.UNCHANGED:
        return False
    node = tree.by_id.get(said["id"]) if "id" in said else _there(said, tree)
    if "id" in said and node is None:
        raise NotFound(_("This service has been closed meanwhile."))
    if node is not None and node.id is not None:
        parent_id = _parent_id(said, tree) if "parent" in said else (node.parent.id if node.parent else None)
        facts = ServiceFacts(said.get("name", node.name), said.get("code") or node.code, parent_id)
        changed = change_service(node.id, facts, actor=actor, at=at)
        tree.change(node, facts)
        return changed
    facts = ServiceFacts(said["name"], said.get("code"), _parent_id(said, tree))
    tree.add(add_service(facts, actor=actor, at=at), facts)
    return True


def _there(said: dict[str, Any], tree: Tree) -> Any:
    """Find a service that somebody added since the preview."""
    path = [*said.get("path", []), said["name"]]
    if said.get("code"):
        return tree.by_code.get(said["code"])
    node = tree.resolve({"code": None, "path": path})
    return node if node is not None and len(node.path) == len(path) else None


def _parent_id(said: dict[str, Any], tree: Tree) -> int | None:
    """Give the service above.

    :raises NotFound: it is not there
    """
    code, path = said.get("parent"), said.get("path")
    if not code and not path:
        return None
    node = tree.by_code.get(code) if code else tree.resolve({"code": None, "path": path})
    if node is None or node.id is None:
        raise NotFound(_("The service above is not there."))
    return node.id


def write_person(
    line: Line, known: Known, tree: Tree, *, actor: Viewer | None, at: datetime
) -> tuple[int | None, bool]:
    """Add a person, change them, or let them leave; give their id, and False if it is so already.

    :raises PortalError: it can no longer be
    """
    if line.change == Change.LEFT:
        return line.person_id, _let_leave(line, actor=actor, at=at)
    number = _match(line, known)
    before = known.facts[number] if number is not None else None
    facts = _facts(line, before, known, tree)
    if number is None:
        number = add_person(facts, actor=actor, at=at)
        changed = True
    else:
        changed = change_person(number, facts, actor=actor, at=at)
    planned = _plan(line, known, number, actor=actor, at=at)
    _remember(known, number, facts)
    return number, planned or changed


def _match(line: Line, known: Known) -> int | None:
    """Find the person again: they may have come, changed or left since the preview.

    :raises PortalError: they left, or their address is another's now
    """
    try:
        number = known.match(line.key, line.facts)
    except Faulty as fault:
        raise Conflict(why(fault.problem, fault.detail)) from fault
    if number is None and line.change == Change.CHANGED:
        raise NotFound(_("This person has left meanwhile."))
    return number


def _facts(line: Line, before: PersonFacts | None, known: Known, tree: Tree) -> PersonFacts:
    said: dict[str, Any] = line.facts
    changes: dict[str, Any] = {name: said[name] for name in PLAIN if name in said}
    if "service" in said:
        changes["service_id"] = _service_id(said["service"], tree)
    if "superior" in said:
        changes["superior_id"] = _superior_id(said["superior"], known)
    return replace(before or PersonFacts(line.name), **changes)


def _service_id(said: dict[str, Any] | None, tree: Tree) -> int | None:
    node = tree.resolve(said) if said else None
    if said and (node is None or node.id is None):
        raise NotFound(_("Their service is not there."))
    return node.id if node else None


def _superior_id(key: str | None, known: Known) -> int | None:
    number = known.by_key(key) if key else None
    if key and number is None:
        raise NotFound(_("Their superior is not here."))
    return number


def _remember(known: Known, number: int, facts: PersonFacts) -> None:
    """Let the next lines of the batch find this person."""
    known.facts[number] = facts
    if facts.matricule:
        known.by_matricule[facts.matricule] = number
    if facts.email:
        known.by_email[facts.email] = number


def _plan(line: Line, known: Known, number: int, *, actor: Viewer | None, at: datetime) -> bool:
    """Plan the last day, where the line says one."""
    if "leaves_on" not in line.facts:
        return False
    day = line.facts["leaves_on"]
    wanted = leaves_at(day) if day else None
    if wanted == known.leaves_at.get(number):
        return False
    plan_leaving(number, on=wanted, actor=actor, at=at)
    return True


def _let_leave(line: Line, *, actor: Viewer | None, at: datetime) -> bool:
    try:
        leave(line.person_id or 0, actor=actor, at=at)
    except NotFound:
        return False
    return True
