"""The guard around hooks: who raises loses their answer, is written down, and takes nobody along."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from portal.api import (
    Action,
    Conflict,
    Event,
    HomeItem,
    NotFound,
    Subject,
    Viewer,
    ask_plugins,
    hookimpl,
    hookspec,
    now,
    people,
    publish,
    session,
)
from portal.db import db
from portal.errors import PluginFault
from portal.loader.faults import KEPT_PER_PLUGIN, book_fault, flush_side_writes
from portal.loader.hooks import Hooks, current_hooks
from portal.loader.models import Fault
from portal.people.models import User

PLUGINS = ["labs"]
SUBJECT = Subject("labs.lab", 1)
ANYBODY = Viewer()


class Good:
    @hookimpl
    def portal_actions(self, subject):
        return [Action("good", "/good")]


class Raising:
    @hookimpl
    def portal_actions(self, subject):
        raise RuntimeError("gone fishing")


class BadSql:
    @hookimpl
    def portal_actions(self, subject):
        session.execute(sa.text("SELECT nothing FROM nowhere"))


class Text:
    @hookimpl
    def portal_actions(self, subject):
        return "a string"


class Writing:
    @hookimpl
    def portal_actions(self, subject):
        session.add(User(name="Nobody", role="agent", created_at=now()))
        session.flush()


def labels(**hook):
    return [action.label for action in current_hooks().call("portal_actions", subject=SUBJECT, viewer=ANYBODY, **hook)]


def booked(app):
    flush_side_writes(app.config["ENGINE"])
    db.session.rollback()  # the page is over
    rows = db.session.execute(sa.select(Fault.plugin, Fault.place, Fault.summary)).all()
    return [tuple(row) for row in rows]


@pytest.mark.parametrize("bad", [Raising, BadSql, Text, Writing])
def test_who_raises_is_skipped_and_booked(app, reading, plug, bad):
    plug(bad(), "aaa")
    plug(Good(), "zzz")
    with reading():
        assert labels() == ["good"]
        assert db.session.scalar(sa.select(1)) == 1  # the transaction of the page is not poisoned
        ((plugin, place, summary),) = booked(app)
    assert (plugin, place) == ("aaa", "portal_actions")
    assert summary


def test_a_refusal_of_the_domain_is_an_empty_answer_and_no_fault(app, reading, plug):
    class Refusing:
        @hookimpl
        def portal_actions(self, subject):
            raise NotFound("not for you")

    plug(Refusing())
    with reading():
        assert labels() == []
        assert booked(app) == []


def test_answers_come_by_order_then_by_plugin_and_never_by_chance(reading, plug):
    def one(name, order):
        class One:
            @hookimpl
            def portal_actions(self, subject):
                return [Action(f"{name} last", "/", order=90), Action(name, "/", order=order)]

        return One()

    for name, order in (("zzz", 10), ("mmm", 50), ("aaa", 50)):
        plug(one(name, order), name)
    with reading():
        assert labels() == ["zzz", "aaa", "mmm", "aaa last", "mmm last", "zzz last"]


def test_a_plugin_asks_others_by_a_hook_of_its_own(reading, plug):
    class Asking:
        @hookspec
        def labs_neighbours(self, subject):
            """Give the neighbours of a subject."""

    class Answering:
        @hookimpl(optionalhook=True)
        def labs_neighbours(self, subject):
            return [subject, Subject("labs.lab", 2)]

    with reading():
        assert ask_plugins("labs_neighbours", subject=SUBJECT) == []
        current_hooks().add_specs("labs", Asking())
        assert ask_plugins("labs_neighbours", subject=SUBJECT) == []
        plug(Answering())
        assert ask_plugins("labs_neighbours", subject=SUBJECT) == [SUBJECT, Subject("labs.lab", 2)]


def test_a_hook_is_given_only_the_arguments_it_names(reading, plug):
    class Curious:
        @hookimpl
        def portal_actions(self, viewer, subject):
            return [Action(f"{subject} {viewer.is_signed_in}", "/")]

    plug(Curious())
    with reading():
        assert labels() == ["labs.lab:1 False"]


def test_unknown_hooks_and_arguments_are_refused_all_at_once():
    class Lost:
        @hookimpl
        def portal_lights(self):
            pass

        @hookimpl
        def portal_doors(self):
            pass

        @hookimpl(optionalhook=True)
        def labs_anything(self):
            pass

    class Greedy:
        @hookimpl
        def portal_actions(self, subject, password):
            pass

    with pytest.raises(PluginFault, match="portal_doors, portal_lights"):
        Hooks().register("lost", Lost())
    with pytest.raises(PluginFault, match="password"):
        Hooks().register("greedy", Greedy())


def test_an_event_may_be_refused_by_a_sentence_and_by_nothing_else(app, writing, plug):
    class Listener:
        refuses = False

        @hookimpl
        def portal_event(self, event):
            if self.refuses:
                raise Conflict("the room is taken")
            raise RuntimeError("gone fishing")

    listener = Listener()
    plug(listener)
    event = None
    with writing():
        event = Event("labs.opened", SUBJECT, None, now())
        publish(event)
        flush = booked_later(app)
    assert flush
    listener.refuses = True
    with pytest.raises(Conflict, match="the room is taken"), writing():
        publish(event)


def booked_later(app):
    """Tell whether a fault waits to be written once the transaction is over."""
    from flask import g  # the queue of the request

    return bool(g.get("side_writes"))


@pytest.mark.parametrize(
    ("answer", "refused"), [(True, False), (None, False), (False, True), (RuntimeError("gone"), True)]
)
def test_a_veto_refuses_by_false_or_by_breaking(reading, plug, answer, refused):
    class Judge:
        @hookimpl
        def portal_may(self, permission):
            if isinstance(answer, Exception):
                raise answer
            return answer

    plug(Judge())
    with reading():
        assert current_hooks().vetoes("stranger", "stranger.do", viewer=ANYBODY, target=None) is refused
        assert not current_hooks().vetoes("labs", "nothing.known", viewer=ANYBODY, target=None)


def test_faults_are_kept_few_per_plugin_but_the_first_of_each_place_says_since_when(app, reading):
    with reading():
        for number in range(KEPT_PER_PLUGIN + 5):
            book_fault("aaa", "portal_actions", RuntimeError(str(number)))
        book_fault("bbb", "portal_actions", RuntimeError("other"))
        flush_side_writes(app.config["ENGINE"])
        counts = dict(db.session.execute(sa.select(Fault.plugin, sa.func.count()).group_by(Fault.plugin)).all())
        newest = db.session.scalars(sa.select(Fault.summary).order_by(Fault.id.desc())).all()
    assert counts == {"aaa": KEPT_PER_PLUGIN + 1, "bbb": 1}
    assert newest[-1] == "RuntimeError: 0"
    assert newest[1] == f"RuntimeError: {KEPT_PER_PLUGIN + 4}"


def test_a_naive_instant_is_a_fault_of_the_plugin_and_not_of_the_page(client, sign_in, make_user, plug):
    class Naive:
        @hookimpl
        def portal_home_items(self):
            return [HomeItem("now", "Soon", "/", due_at=now().replace(tzinfo=None))]

    plug(Naive())
    sign_in(make_user())
    assert client.get("/").status_code == 200


def test_one_that_is_off_answers_nothing(reading):
    with reading():
        assert current_hooks().call("ghosts_documents") == []
        assert people([]) == {}
