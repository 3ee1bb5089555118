"""A table with audiences, for the tests of the content wing alone."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.content.audiences import Audienced
from portal.db import db, plugin_base


class Leaf(Audienced, plugin_base("leaves")):
    """Something that somebody wrote for somebody."""

    __tablename__ = "leaves_leaf"
    id: Mapped[int] = mapped_column(primary_key=True)
    words: Mapped[str] = mapped_column(sa.String(80))


@pytest.fixture
def leaves(app):
    """Give the table of leaves, made in the database of this test."""
    with app.config["ENGINE"].execution_options(tx="write").begin() as conn:
        Leaf.__table__.create(conn)
    yield Leaf
    with app.app_context():
        db.session.rollback()


@pytest.fixture(scope="session", autouse=True)
def _no_leaf_is_left():
    """Take the table out of the shared metadata, where other tests would find it."""
    yield
    Leaf.metadata.remove(Leaf.__table__)
