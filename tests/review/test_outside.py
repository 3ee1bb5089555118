"""What those outside may learn from what moves, and what a page costs as its collectivity grows (P19)."""

from __future__ import annotations

from tests.review.growing import compare_ten_and_a_thousand
from tests.review.outside import compare_before_and_after
from tests.review.world import ADMIN, AGENT, OWNER, SUPERIOR


def test_nothing_moves_for_those_outside_when_something_private_is_added(walk, built, clock, figure, database):
    clock.advance()
    # not who administers plugins: some of what is added is theirs
    roles = (SUPERIOR, ADMIN, AGENT) if built.world.is_full else (SUPERIOR, ADMIN)
    faults = compare_before_and_after(walk, roles, plugins=built.plugins)
    found = f"{len(faults)} in {walk.visits} requests"
    figure("pages that move as something private is added", database.kind, aim="0", found=found)
    assert not faults, "\n".join(faults)


def test_a_page_makes_no_more_statements_with_a_thousand_rows_than_with_ten(walk, figure, database):
    faults = compare_ten_and_a_thousand(walk, (OWNER, ADMIN))
    found = f"{len(faults)} in {walk.visits} requests"
    figure("pages whose statements grow from 10 rows to 1 000", database.kind, aim="0", found=found)
    assert not faults, "\n".join(faults)
