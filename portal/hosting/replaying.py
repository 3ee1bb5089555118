"""A restored backup is made to forget again those who were erased since."""

from __future__ import annotations

from portal.content.clock import now
from portal.hosting.erasures import read_journal, settle_erasure
from portal.hosting.operating import at_work
from portal.hosting.site import Site
from portal.people.erasing import forget_again


def replay_erasures(site: Site) -> list[int]:
    """Make a restored database forget those whom the journal names; give their numbers.

    Repeatable. Called by `portal restore`, once the tables are up to date and before anybody comes in.
    """
    lines = read_journal(site)
    with at_work(site):
        again = forget_again(lines, at=now())
    settle_erasure(site)
    return again
