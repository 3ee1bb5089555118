"""What those outside may learn without being told: the same pages, before and after something private is added (P19).

A marker finds words. This finds counts, orders, badges, totals and anything else that moves: nothing may.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from portal.db import transaction

from tests.review.checks import plain
from tests.review.doors import Door
from tests.review.expecting import is_let_in
from tests.review.furniture import modules
from tests.review.walking import Walk

MEASURED = {
    "core.plugins_page": "what each plugin costs is measured as one looks",
    "core.plugin_sheet": "what each plugin costs is measured as one looks",
}


def compare_before_and_after(
    walk: Walk, roles: Iterable[str], *, plugins: Iterable[str], doors: Iterable[Door] | None = None
) -> list[str]:
    """Read the pages of these roles, add what none of them may know of, read them again."""
    asked = [(role, door) for role in roles for door in doors or walk.doors if _is_read(door, role, walk)]
    before = [plain(walk.visit(role, door)) for role, door in asked]
    world = walk.world.copy()
    with walk.app.test_request_context(), transaction():
        for module in modules(plugins):
            getattr(module, "add_private", lambda _world: None)(world)
    assert world.things != walk.world.things, "nothing was added"
    return list(_moved(walk, asked, before))


def _is_read(door: Door, role: str, walk: Walk) -> bool:
    is_page = door.method == "GET" and door.endpoint not in MEASURED
    return is_page and is_let_in(door, role, walk.world, walk.furniture)


def _moved(walk: Walk, asked: list[tuple[str, Door]], before: list[str]) -> Iterator[str]:
    for (role, door), was in zip(asked, before, strict=True):
        visit = walk.visit(role, door)
        if plain(visit) != was:
            lines = set(was.splitlines())
            told = next((line for line in plain(visit).splitlines() if line not in lines), "a line is gone")
            yield f"{visit} has moved: {told.strip()[:160]}"
