"""`kill -9` while people write: what was answered is there, and nothing that was not sent (P13).

A kill between the commit and the answer is what no server can tell to whoever asks: they send again, and it may be
there twice. How often that is has a figure of its own, without an aim.
"""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from pathlib import Path

from tests.hosting.instances import place_for, site_in
from tests.proof.writers import doubled, losses, people_at_work

# Rounds, each on a new instance (the page lists every screen): kills in a round, writes acknowledged in a round.
SHORT, LONG = (1, 4, 24), (10, 5, 500)


def workers_of(server):
    """List the processes that answer; the companion that does background work is left out."""
    listed = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children").read_text().split()
    found = []
    for number in listed:
        with suppress(OSError):
            words = Path(f"/proc/{number}/cmdline").read_bytes().split(b"\0")
            found += [int(number)] if b"work" not in words else []
    return found


def kill(server, *, everybody):
    workers = workers_of(server)
    for number in workers if everybody else workers[:1]:
        with suppress(ProcessLookupError):
            os.kill(number, signal.SIGKILL)


def hurt(site, *, kills, wanted):
    """Write while workers are killed, one or all in turn; give the people who wrote."""
    with people_at_work(site) as people:
        for number in range(kills):
            people.wait_for(wanted * (number + 1) // kills)
            kill(people.server, everybody=number % 2 == 1)
    return people


def test_what_was_acknowledged_before_a_kill_is_there_once(database, tmp_path, proof, figure):
    rounds, kills, wanted = LONG if proof else SHORT
    lost = twice = written = again = kept_both = 0
    for number in range(rounds):
        site = site_in(place_for(database, tmp_path / str(number)))
        people = hurt(site, kills=kills, wanted=wanted)
        one, two = losses(site, people)
        lost, twice, written = lost + one, twice + two, written + len(people.acknowledged)
        one, two = doubled(site, people)
        again, kept_both = again + one, kept_both + two
    figure(
        "of what a kill left unanswered and was sent again, there twice: the first had been kept",
        database.kind,
        aim="—",
        found=f"{kept_both} of {again}",
    )
    figure(
        "acknowledged writes lost, or there oftener than sent, by kill -9 of a worker or of all of them",
        database.kind,
        aim="0 and 0",
        found=f"{lost} and {twice} of {written}, {rounds * kills} kills",
    )
    assert (lost, twice) == (0, 0)
    assert again or not proof  # something was under way when they were killed
    assert written >= rounds * wanted
