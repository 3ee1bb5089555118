"""What the directory brings to the review: an import in each state, and who may do what."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from portal.api import now, session
from portal.people.sessions import viewer_of

from plugins.directory.models.imports import Import, Kind, Line, State
from plugins.directory.services.imports.staging import pack, stage
from tests.plugins.directory.import_files import file_of, plan_of
from tests.review.world import ADMIN, ADMINS, AGENTS, Thing, World

ARGUMENTS = {"import_id": "directory.import"}
ASKS = {
    "directory.audit": "audit audit_chain audit_export",
    "directory.counter": "slips",
    "directory.import": "import_abandon import_abandon_page import_columns import_lines import_new import_now"
    " import_pause import_report import_resume import_show import_start imports",
    "directory.manage": "add change change_one_function change_one_service close_one_function close_one_service hold"
    " leave_page new_function new_service stay vacate",
    "directory.read": "function_list functions_export group_list index people_export roles service_tree"
    " services_export show_function show_person show_service",
}
ON_SCREENS = "directory.read"
MAY = {
    "directory.read": AGENTS,
    "directory.manage": ADMINS,
    "directory.counter": ADMINS,
    "directory.audit": ADMINS,
    "directory.import": ADMINS,
}
ONE_OF_TWO = {"body": ""}
SENT = {
    "directory.audit": {"reason": "incident"},
    "directory.change": {"superior": "Superior"},
    "directory.change_one_function": ONE_OF_TWO,
    "directory.new_function": ONE_OF_TWO,
    "directory.hold": {"since": "2099-01-05", "until": "2099-06-30"},
}
HIDDEN = {"directory_import.content": "read again to choose the columns, never handed out"}
KIND = "a word of the code"
EXEMPT = {
    **{f"directory_import.{name}": KIND for name in ("kind", "state", "encoding", "delimiter")},
    **{f"directory_import.{name}": "numbers" for name in ("counts", "results")},
    **{f"directory_import_line.{name}": KIND for name in ("target", "change", "problem", "cell", "outcome")},
    "directory_listed": "numbers of people",
}
READERS = {
    "directory_import": lambda row, world: world.one("directory.import", row.id),
    "directory_import_line": lambda row, world: world.one("directory.import", row.import_id),
}


def _in_each(old: dict[str, Any], word: str) -> dict[str, Any]:
    return {name: word if isinstance(value, str) else value for name, value in old.items()} or {"name": word}


SHAPES = {
    "directory_import.headers": lambda old, word: [[title, field, word] for title, field, _example in old],
    "directory_import.content": lambda _old, word: pack(word.encode()),
    "directory_import_line.facts": _in_each,
    "directory_import_line.before": _in_each,
}


def furnish(world: World) -> None:
    """Stage a file that adds somebody, changes somebody, and holds a line nobody can read; one for each state."""
    world.values["followed"].append("directory.import")
    actor = viewer_of(world.people[ADMIN].id)
    rows = [["M90", "Diop", "Awa", "awa@ville.example"], ["M1", "Autre", "Nom"], ["", "Sans", "Clé"]]
    for state in State:
        row = stage(plan_of(file_of(*rows), kind=Kind.PEOPLE), pack(b"x"), actor=actor, at=now())
        session.execute(sa.update(Import).where(Import.id == row.id).values(state=state))
        world.add(Thing("directory.import", row.id, ADMINS, state.value, is_known=True))
    some = sa.select(sa.func.min(Line.id)).group_by(Line.import_id)
    words = {"value": "value", "detail": "detail", "reason": "reason", "problem": "zeros", "cell": "matricule"}
    session.execute(sa.update(Line).where(Line.id.in_(some)).values(**words))
