"""Votes of a lab, counted from the clock: a page tells the result at the very instant the vote ends (G10).

Members vote: whoever casts a voice is asked then whether they belong to the lab; at the count nobody is asked again.
The voice of somebody who leaves the lab or the collectivity before the end stays as they gave it; else taking people
out would turn a vote, and its result would change while it waits to be written down (G6).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from portal.api import NotFound, Viewer, session, texts

from plugins.labs.models.lab import QUORUM_VOTES, Ballot, Lab, Vote

_ = texts("labs")


@dataclass(frozen=True, slots=True)
class Tally:
    """A vote and its voices. Which way they go is nobody's to know before the end."""

    vote: Vote
    yes: int
    no: int
    is_over: bool

    @property
    def voices(self) -> int:
        """Count the voices, whichever way they go."""
        return self.yes + self.no

    @property
    def is_carried(self) -> bool:
        """Tell whether the vote has ended with yes > no and at least three voices.

        Rule: G10.
        """
        return self.is_over and self.yes > self.no and self.voices >= QUORUM_VOTES


def _counts(votes: Iterable[Vote]) -> dict[int, dict[bool, int]]:
    uncounted = [vote.id for vote in votes if vote.counted_at is None]
    counts: dict[int, dict[bool, int]] = {number: {} for number in uncounted}
    if not uncounted:
        return counts
    statement = (
        sa.select(Ballot.vote_id, Ballot.is_yes, sa.func.count())
        .where(Ballot.vote_id.in_(uncounted))
        .group_by(Ballot.vote_id, Ballot.is_yes)
    )
    for vote_id, is_yes, number in session.execute(statement):
        counts[vote_id][is_yes] = number
    return counts


def tallies(votes: Iterable[Vote], *, at: datetime) -> list[Tally]:
    """Count several votes as they stand at `at`."""
    listed = list(votes)
    counts = _counts(listed)

    def tally(vote: Vote) -> Tally:
        found = counts.get(vote.id, {True: vote.yes or 0, False: vote.no or 0})
        return Tally(vote, found.get(True, 0), found.get(False, 0), is_over=vote.ends_at <= at)

    return [tally(vote) for vote in listed]


def one_vote(lab_id: int, vote_id: int, *, at: datetime) -> Tally:
    """Give a vote of a lab.

    :raises NotFound: this lab has no such vote
    """
    vote = session.get(Vote, vote_id)
    if vote is None or vote.lab_id != lab_id:
        raise NotFound(_("There is no vote at this address."))
    return tallies([vote], at=at)[0]


_VOTES = sa.select(Vote).where(Vote.lab_id == sa.bindparam("lab")).order_by(Vote.ends_at.desc(), Vote.id.desc())


def votes_of(lab_id: int, *, at: datetime) -> list[Tally]:
    """List the votes of a lab, the last to end first; at most one runs, the first."""
    return tallies(session.scalars(_VOTES, {"lab": lab_id}), at=at)


def running_among(votes: Iterable[Tally]) -> Tally | None:
    """Give the vote that runs; there is at most one."""
    return next((tally for tally in votes if not tally.is_over), None)


def removal_among(votes: Iterable[Tally], lab: Lab) -> Tally | None:
    """Give the vote that took the margins off the page of `lab`, among `votes_of` it; None while the block stands.

    Derived from the ballots, so the block goes at the true instant even if no job runs. Rule: C42 SPEC 1.
    """
    newest = next((tally for tally in votes if tally.is_carried), None)
    if newest is None or (lab.margins_restored_at is not None and lab.margins_restored_at >= newest.vote.ends_at):
        return None
    return newest


def ballot_of(vote_id: int, viewer: Viewer) -> Ballot | None:
    """Give this person's own voice; None if they have not voted, or once it is counted and erased."""
    return session.get(Ballot, (vote_id, viewer.person_id)) if viewer.person_id is not None else None


def votes_waiting_for(viewer: Viewer, *, at: datetime) -> list[tuple[Lab, Vote]]:
    """List the running votes of this person's labs in which they have not voted, first to end first."""
    if not viewer.lab_ids:
        return []
    mine = sa.select(Ballot.vote_id).where(Ballot.person_id == viewer.person_id)
    statement = (
        sa.select(Lab, Vote)
        .join(Vote, Vote.lab_id == Lab.id)
        .where(Lab.group_id.in_(viewer.lab_ids), Vote.ends_at > at, Vote.id.not_in(mine))
        .order_by(Vote.ends_at, Vote.id)
        .limit(5)
    )
    return [(lab, vote) for lab, vote in session.execute(statement)]


def votes_to_count(*, at: datetime) -> list[Vote]:
    """List the votes that have ended and whose ballots are not counted yet, oldest first."""
    statement = sa.select(Vote).where(Vote.ends_at <= at, Vote.counted_at.is_(None)).order_by(Vote.ends_at)
    return list(session.scalars(statement))
