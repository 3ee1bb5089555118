"""The vote of a lab: seven days, its members, yes > no, at least three voices, recorded (G10)."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from portal.api import Conflict, Event, Subject, Viewer, publish, record, record_passage, session, texts

from plugins.labs.models.lab import VOTE_DAYS, Ballot, Lab, Vote
from plugins.labs.queries.votes import (
    Tally,
    ballot_of,
    removal_among,
    running_among,
    tallies,
    votes_of,
    votes_to_count,
)
from plugins.labs.services.facts import hold, must_be_member, must_be_open

_ = texts("labs")


def subject_of(vote: Vote) -> Subject:
    """Give the vote as others speak of it."""
    return Subject("labs.vote", vote.id)


def call_vote(actor: Viewer, lab: Lab, *, at: datetime) -> Vote:
    """Ask the members of a lab whether its margins should leave its page.

    Rule: C42 SPEC 1, G10.

    :raises Forbidden: the actor does not belong to the lab
    :raises Conflict: a vote runs already, or the block is not on the page
    """
    person_id = must_be_member(actor, lab)
    must_be_open(lab)
    before = votes_of(lab.id, at=at)
    if running_among(before) is not None:
        raise Conflict(_("A vote is running already."))
    if removal_among(before, lab) is not None:
        raise Conflict(_("A vote has already taken this block off the page."))
    vote = Vote(lab_id=lab.id, called_by_id=person_id, opens_at=at, ends_at=at + timedelta(days=VOTE_DAYS))
    session.add(vote)
    session.flush()
    publish(Event("labs.vote_called", subject_of(vote), person_id, at, {"lab": lab.id}))
    return vote


def cast_ballot(actor: Viewer, vote: Vote, *, lab: Lab, is_yes: bool, at: datetime) -> None:
    """Give or change one's voice while the vote runs.

    It stays if they leave the lab before the end, and nobody changes it any more (G10). The audit says that somebody
    voted, never which way.

    :raises Forbidden: the actor does not belong to the lab
    :raises Conflict: the vote has ended
    """
    person_id = must_be_member(actor, lab)
    hold(vote)
    if vote.ends_at <= at or vote.counted_at is not None:
        raise Conflict(_("This vote has ended: its result no longer changes."))
    ballot = ballot_of(vote.id, actor)
    if ballot is not None and ballot.is_yes == is_yes:
        return
    if ballot is None:
        ballot = Ballot(vote_id=vote.id, person_id=person_id)
        session.add(ballot)
    ballot.is_yes, ballot.cast_at = is_yes, at
    session.flush()
    record("labs.ballot_cast", subject_of(vote), actor=actor, at=at)


def close_ended_votes(at: datetime) -> None:
    """Count the votes that have ended, write their result down once, erase their ballots."""
    for vote in votes_to_count(at=at):
        hold(vote)  # a voice on its way is waited for
        _count(tallies([vote], at=at)[0], at)
    session.flush()


def _count(tally: Tally, at: datetime) -> None:
    vote = tally.vote
    vote.yes, vote.no, vote.counted_at = tally.yes, tally.no, at
    session.execute(sa.delete(Ballot).where(Ballot.vote_id == vote.id))
    if record_passage(subject_of(vote), "ended", vote.ends_at):
        facts = {"lab": vote.lab_id, "yes": tally.yes, "no": tally.no, "carried": tally.is_carried}
        publish(Event("labs.vote_ended", subject_of(vote), None, vote.ends_at, facts))
