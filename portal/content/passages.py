"""Derived states recorded: pages read the clock, the sweep writes each passage down once, maybe late, never twice."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from portal.content.models import Passage
from portal.content.subjects import check_kind
from portal.db import db
from portal.values import Subject


def record_passage(subject: Subject, state: str, at: datetime) -> bool:
    """Note that `subject` passed into `state` at `at` (its true instant); tell whether this is the first time."""
    check_kind(subject.kind)
    key = (subject.kind, subject.id, state)
    if db.session.get(Passage, key) is not None:
        return False
    db.session.execute(sa.insert(Passage).values(subject_kind=subject.kind, subject_id=subject.id, state=state, at=at))
    return True
