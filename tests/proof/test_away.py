"""The database goes away while people write, then comes back: clear pages, nothing lost, no restart (P13)."""

from __future__ import annotations

import threading

import pytest

from portal.testing.databases import Databases
from portal.testing.postgres import SAFE, PostgresUnavailable, postgresql_cluster

from tests.hosting.instances import place_for, site_in
from tests.proof.writers import losses, people_at_work
from tests.strict import unavailable

# Seconds without database, writes acknowledged before and after.
SHORT, LONG = (1, 12), (30, 200)


@pytest.fixture
def cluster():
    """Give a careful server that the test may stop."""
    try:
        with postgresql_cluster(settings=SAFE) as running:
            yield running
    except PostgresUnavailable as reason:
        unavailable(reason)


@pytest.mark.postgresql
def test_a_database_away_for_a_while_loses_nothing_and_asks_for_no_restart(tmp_path, cluster, proof, figure):
    seconds, wanted = LONG if proof else SHORT
    site = site_in(place_for(Databases("postgresql", tmp_path, cluster), tmp_path / "instance"))
    with people_at_work(site) as people:
        people.wait_for(wanted)
        cluster.stop()
        threading.Event().wait(seconds)  # the length of the fault itself, which nothing announces
        people.wait_for_refusals(people.refused + 1)
        cluster.start()
        before = len(people.acknowledged)
        people.wait_for(before + wanted)
    lost, twice = losses(site, people)
    figure(
        f"acknowledged writes lost, or there twice, the database away for {seconds} s",
        "postgresql",
        aim="0 and 0",
        found=f"{lost} and {twice} of {len(people.acknowledged)}; {people.refused} refused with a clear page",
    )
    assert (lost, twice) == (0, 0)
