"""What the clock does to rounds, written down once with its true instant, and who is reviewed by now.

No page waits for this: what is revealed is derived. The sweep may be late; it never says a thing twice.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from portal.api import session

from plugins.regards.models.board import Board
from plugins.regards.services.due import is_late, set_due
from plugins.regards.services.facts import hold
from plugins.regards.services.opening import follow_reviewed, those_behind
from plugins.regards.services.revealing import note_reveal

AT_A_TURN = 50
FOLLOWED = timedelta(days=366)
HIDDEN = Board.revealed_at.is_(None)
_HIDDEN = sa.select(Board).where(HIDDEN).order_by(Board.id)
_RECENT = Board.opened_at > sa.bindparam("since", type_=Board.opened_at.type)
_FOLLOWED = sa.select(Board).where(sa.or_(HIDDEN, _RECENT)).order_by(Board.id)


def sweep_reveals(at: datetime) -> bool | None:
    """Follow the end of a fair, which may move; note the rounds that are revealed by themselves.

    A round at a turn: whoever writes holds one round, then the audit; who held a second one would close a ring.
    """
    for board in session.scalars(_HIDDEN).all():
        if is_late(board, at=at):
            hold(board)
            set_due(board, at=at)
            return True
        if board.shown_since(at) is not None:
            hold(board)
            _note(board, at)
            return True
    return None


def _note(board: Board, at: datetime) -> None:
    since = board.shown_since(at)
    if board.revealed_at is None and since is not None:
        note_reveal(board, since=since, actor_id=None)


def sweep_teams(at: datetime) -> bool | None:
    """Follow who is reviewed and what it is called, in rounds that are hidden, however old, and in those of the year.

    Only what has changed is held and written, a batch a turn; the audit is not held here.
    """
    found = session.scalars(_FOLLOWED, {"since": at - FOLLOWED}, execution_options={"yield_per": AT_A_TURN})
    for some in found.partitions():
        changed = those_behind(some, at=at)
        if changed:
            found.close()
            follow_reviewed(changed, at=at)
            return True
    return None
