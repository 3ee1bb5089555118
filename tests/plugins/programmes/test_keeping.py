"""A migration keeps the rows of days that were made; people go in their time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from portal.api import Subject, now, session
from portal.content.privacy.retention import run_retention
from portal.engines import make_engine
from portal.loader.discovery import scan
from portal.loader.revisions import CORE_FOLDER

from plugins.programmes.models.programme import KEEP_DAYS, Delay, Moved, Organiser, Programme
from plugins.programmes.models.slot import Host, SignUp, Slot
from plugins.programmes.models.stand import Holder, Stand
from plugins.programmes.queries.programmes import organiser_ids
from tests.plugins.labs.pages import words
from tests.plugins.programmes.factories import at_hour, make_programme, make_slot, make_stand

PLUGINS = ["programmes"]
OVER = at_hour(24)


@pytest.fixture
def lived(writing, zoe, awa, lea, programme_id):
    """Let a day be made by Zoé, and another by nobody who is still known; each has all that hangs on a day."""
    with writing():
        for number in (programme_id, make_programme(zoe, title="Oubliée")):
            slot, stand = make_slot(number, at_hour(10), at_hour(11)), make_stand(number, awa)
            delay = Delay(programme_id=number, actor_id=zoe.id, minutes=5, made_at=now())
            session.add_all([delay, Organiser(programme_id=number, person_id=lea.id)])
            session.flush()
            session.add(Moved(delay_id=delay.id, slot_id=slot, starts_at=at_hour(9)))
            session.add(Host(slot_id=slot, person_id=awa.id))
            session.add(SignUp(slot_id=slot, person_id=lea.id, signed_at=now() - timedelta(days=KEEP_DAYS)))
            assert stand
        session.get_one(Programme, number).author_id = None
    return programme_id


def test_the_second_migration_keeps_the_days_that_somebody_made(app, site, reading, lived):
    """P14: over_at is that of the day; a day without author has no place in the former table, nor what hangs on it."""
    url = site.collectivity.database
    folder = scan().manifests["programmes"].migrations
    step = ScriptDirectory(str(CORE_FOLDER), version_locations=[str(folder)]).get_revision("programmes_0002").module
    site.engine.dispose()
    engine = make_engine(url, foreign_keys=False)
    with engine.execution_options(tx="write").begin() as conn, Operations.context(MigrationContext.configure(conn)):
        step.downgrade()
        step.upgrade()
    engine.dispose()
    with reading():
        assert session.scalars(sa.select(Programme.over_at)).all() == [datetime(2026, 9, 11, tzinfo=UTC)]
        left = {table: session.scalar(sa.select(sa.func.count()).select_from(table)) for table in _TABLES}
    assert set(left.values()) == {1}


_TABLES = (Programme, Slot, Stand, Delay, Moved, Organiser, Host, SignUp, Holder)


def test_people_are_forgotten_so_long_after_the_day_and_not_after_they_were_named(
    client, sign_in, writing, reading, clock, lived, awa
):
    """P17: who made, delayed, organised, ran, held or came; the programme stays and is still read."""

    def kept(at):
        clock.set(at)
        with writing():
            while run_retention(now()):
                pass
        with reading():
            people = [len(session.scalars(sa.select(table)).all()) for table in (Organiser, Host, SignUp, Holder)]
            named = (Programme.author_id, Delay.actor_id)
            return people, [
                len(session.scalars(sa.select(column).where(column.is_not(None))).all()) for column in named
            ]

    assert kept(OVER + timedelta(days=KEEP_DAYS - 1)) == ([2, 2, 2, 2], [1, 2])
    assert kept(OVER + timedelta(days=KEEP_DAYS, seconds=1)) == ([0, 0, 0, 0], [0, 0])
    with reading():
        assert organiser_ids(session.get_one(Programme, lived)) == []
    sign_in(awa)
    assert "Au boulot !" in words(client.get(f"/programmes/{lived}"))


def test_a_day_that_is_moved_is_kept_from_its_new_date(sign_in, post, zoe, programme_id, reading):
    form = {"title": "Interlabos", "held_on": "2026-12-03", "place": "", "audience": "intranet"}
    assert post(sign_in(zoe), f"/programmes/{programme_id}/change", form).status_code == 303
    with reading():
        assert session.get_one(Programme, programme_id).over_at == datetime(2026, 12, 3, 23, tzinfo=UTC)


def test_the_log_does_not_say_whose_agenda_was_opened(sign_in, post, awa, audit_of):
    """P16: what is kept for ever holds no number of a person; who did it stands where erasure reaches."""
    client = sign_in(awa)
    for act in ("feed", "feed/close"):
        assert post(client, f"/programmes/agenda/{act}").status_code == 303
    assert audit_of(Subject("programmes.agenda", awa.id)) == []
    assert audit_of(Subject("programmes.agenda", 0)) == ["programmes.feed_opened", "programmes.feed_closed"]
