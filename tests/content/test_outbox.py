"""The outbox: what is told after the commit goes at least once, and only if the change was kept."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal.content.clock import real_now
from portal.content.events import publish
from portal.content.models import OutboxMessage
from portal.content.outbox import MAX_PAUSE_MINUTES, claim, deliver, deliver_due
from portal.db import db, transaction
from portal.errors import Conflict
from portal.values import Event, Subject
from portal.web.builtin import hookimpl


class Listener:
    def __init__(self, fails=0):
        self.heard, self.fails = [], fails

    @hookimpl
    def portal_event_after(self, event):
        self.heard.append(event)
        if len(self.heard) <= self.fails:
            raise OSError("mail is away")


class Veto:
    @hookimpl
    def portal_event(self, event):
        raise Conflict("no")


def happening(number=1):
    return Event("portal.tried", Subject("portal.group", number), None, real_now(), {"n": number})


@pytest.fixture
def say(writing):
    def say(*numbers):
        for number in numbers or (1,):
            with writing():
                publish(happening(number))

    return say


def messages(app):
    with app.app_context():
        return list(db.session.scalars(sa.select(OutboxMessage).order_by(OutboxMessage.id)))


def test_what_was_kept_is_told_once_after_the_commit(app, plug, say, run_jobs):
    listener = Listener()
    plug(listener)
    say()
    assert listener.heard == []
    run_jobs()
    run_jobs()
    assert [event.facts for event in listener.heard] == [{"n": 1}]
    assert listener.heard[0].at.tzinfo is not None


def test_what_was_undone_is_told_to_nobody(app, plug, run_jobs):
    listener = Listener()
    plug(listener)
    with pytest.raises(LookupError), app.app_context(), transaction():
        publish(happening())
        raise LookupError
    run_jobs()
    assert (listener.heard, messages(app)) == ([], [])


def test_a_listener_in_the_transaction_may_refuse_the_change(plug, writing):
    plug(Veto())
    with pytest.raises(Conflict), writing():
        publish(happening())


def test_each_message_is_claimed_by_one_of_four_workers(app, plug, say):
    plug(Listener())
    say(*range(1, 9))

    def take(_number):
        taken = []
        with app.app_context():
            while (number := claim(app.config["ENGINE"])) is not None:
                taken.append(number)
        return taken

    with ThreadPoolExecutor(4) as threads:
        taken = [number for some in threads.map(take, range(4)) for number in some]
    assert len(taken) == len(set(taken)) == 8


def test_a_failed_delivery_comes_again_after_growing_pauses(app, plug, say, writing):
    listener = Listener(fails=3)
    plug(listener)
    say()
    pauses = []
    for _turn in range(4):
        with app.app_context():
            number = claim(app.config["ENGINE"])
            before = real_now()
            deliver(number)
            db.session.rollback()
            row = db.session.get_one(OutboxMessage, number)
            pauses.append(None if row.done_at else round((row.next_try_at - before).total_seconds() / 60))
        with writing():
            db.session.execute(sa.update(OutboxMessage).values(next_try_at=real_now() - timedelta(seconds=1)))
    assert pauses == [1, 2, 4, None]
    assert len(listener.heard) == 4
    assert messages(app)[0].last_error == "OSError"
    assert MAX_PAUSE_MINUTES == 360


def test_one_failure_keeps_no_other_message_back(app, plug, say):
    listener = Listener(fails=1)
    plug(listener)
    say(1, 2, 3)
    with app.app_context():
        assert deliver_due(app.config["ENGINE"]) == 2


def test_a_worker_that_died_loses_its_claim(app, plug, say, writing):
    plug(Listener())
    say()
    with app.app_context():
        assert claim(app.config["ENGINE"]) is not None
        assert claim(app.config["ENGINE"]) is None
    with writing():
        later = sa.update(OutboxMessage).values(next_try_at=OutboxMessage.created_at)
        db.session.execute(later)
    with app.app_context():
        assert claim(app.config["ENGINE"]) is not None


def test_the_messages_of_a_plugin_that_is_off_wait_for_it(app, plug, say, run_jobs):
    listener = Listener()
    plug(listener)
    say()
    hooks = app.extensions["portal_hooks"]
    hooks.plugin_ids.remove("stranger")
    run_jobs()
    assert listener.heard == []
    hooks.plugin_ids.append("stranger")
    run_jobs()
    assert len(listener.heard) == 1
