"""Who reads what (domain G7): six levels × kinds of viewer, against a table written by hand; in time only (P19)."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal.content.audiences import reading as asked
from portal.content.clock import real_now
from portal.db import db
from portal.people.groups import add_member, create_group, readers_count
from portal.people.sessions import viewer_of
from portal.values import ANONYMOUS, Audience

# G7, read aloud: who reads an object of the lab « ici », written by its author, whose circle has one person.
READERS = {
    "self": {"author"},
    "circle": {"author", "circle"},
    "lab": {"author", "lab"},
    "network": {"author", "lab", "other lab"},
    "intranet": {"author", "circle", "lab", "other lab", "agent", "plugin admin", "admin"},
    "public": {"author", "circle", "lab", "other lab", "agent", "plugin admin", "admin", "anonymous"},
}
KINDS = sorted(READERS["public"])


@pytest.fixture
def house(make_user, writing, leaves):
    """Give viewers by kind, and the ids of one leaf per level."""
    roles = {"plugin admin": "plugin_admin", "admin": "admin"}
    people = {kind: make_user(kind, role=roles.get(kind, "agent")) for kind in KINDS if kind != "anonymous"}
    at = real_now()
    with writing():
        groups = {
            "circle": create_group("circle", "c"),
            "lab": create_group("lab", "l"),
            "other lab": create_group("lab", "o"),
        }
        for kind, group in groups.items():
            add_member(group, people[kind].id, at=at)
        for level in Audience:
            group = groups.get(level.value)
            db.session.add(
                leaves(words=level.value, audience=level, author_id=people["author"].id, reader_group_id=group)
            )
    with writing():
        viewers = {kind: viewer_of(who.id) for kind, who in people.items()} | {"anonymous": ANONYMOUS}
    return viewers


def read_by(leaves, viewer, at=None):
    return set(db.session.scalars(sa.select(leaves.words).where(leaves.readable_by(viewer, at=at or real_now()))))


@pytest.mark.parametrize("kind", KINDS)
def test_each_viewer_reads_what_the_table_says(house, leaves, reading, kind):
    with reading():
        assert read_by(leaves, house[kind]) == {level for level in READERS if kind in READERS[level]}


def test_a_statement_built_once_reads_as_whoever_executes_it(house, leaves, reading):
    once = sa.select(leaves.words).where(leaves.readable())
    with reading():
        for kind in KINDS:
            read = set(db.session.scalars(once, asked(house[kind], at=real_now())))
            assert read == {level for level in READERS if kind in READERS[level]}


def test_no_value_of_a_statement_says_who_reads():
    found = asked(ANONYMOUS, at=real_now(), number=3, reader_id=7, reader_levels=["self"])
    assert found == asked(ANONYMOUS, at=found["read_at"]) | {"number": 3}


def test_a_statement_built_once_reads_for_nobody_by_default(leaves, reading):
    with reading(), pytest.raises(sa.exc.StatementError, match=r"reader_id|reader_levels"):
        db.session.scalars(sa.select(leaves.words).where(leaves.readable())).all()


def test_the_table_names_every_level():
    assert set(READERS) == {level.value for level in Audience}


def test_no_role_adds_anything(house, leaves, reading):
    with reading():
        plain = read_by(leaves, house["agent"])
        assert [read_by(leaves, house[kind]) for kind in ("plugin admin", "admin")] == [plain, plain]


@pytest.mark.parametrize(
    ("opens", "closes", "is_read"),
    [(None, None, True), (0, None, True), (1, None, False), (-1, 1, True), (-1, 0, False), (None, -1, False)],
)
def test_nobody_but_the_author_reads_outside_its_time(house, leaves, writing, reading, opens, closes, is_read):
    at = real_now()
    moments = {"visible_from": opens, "visible_until": closes}
    values = {key: at + timedelta(hours=hours) if hours is not None else None for key, hours in moments.items()}
    with writing():
        db.session.execute(sa.update(leaves).where(leaves.audience == "public").values(**values))
    with reading():
        for kind in KINDS:
            assert ("public" in read_by(leaves, house[kind], at)) == (is_read or kind == "author")


def test_the_number_of_readers_is_the_number_who_read(house, leaves, reading):
    with reading():
        groups = {leaf.audience: leaf.reader_group_id for leaf in db.session.scalars(sa.select(leaves))}
        for level in ("circle", "lab", "network", "intranet"):
            assert readers_count(level, groups[level]) == len(
                READERS[level] - (set() if level == "intranet" else {"author"})
            )
