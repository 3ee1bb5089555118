"""The bare page with what a portal adds first: who is signed in, and a list an ORM reads, with or without a count."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import Flask, abort, render_template_string, session
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from bench.bare import PAGE, TITLE

ROWS = 25
SHOWN = PAGE.replace("<table>", "<p>{{ person.name }}{% if count is not none %} : {{ count }}{% endif %}</p>\n<table>")


class Base(DeclarativeBase):
    """The few columns that are read, of the tables that the portal beside it reads."""


class Person(Base):
    """Whoever is signed in."""

    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


class Lab(Base):
    """A row of the list, by the names of the bare page."""

    __tablename__ = "labs_ephemeral"
    number: Mapped[int] = mapped_column("id", primary_key=True)
    title: Mapped[str] = mapped_column("question")
    place: Mapped[str]
    people: Mapped[int] = mapped_column("minutes")
    starts_at: Mapped[datetime]


def application(path: str) -> Flask:
    """Make the application over the SQLite file of a collectivity; it writes nothing."""
    app = Flask(__name__)
    app.secret_key = "measures"
    engine = sa.create_engine(f"sqlite:///file:{path}?mode=ro&uri=true")
    newest = sa.select(Lab).order_by(Lab.starts_at.desc(), Lab.number.desc()).limit(ROWS)
    every = sa.select(sa.func.count()).select_from(Lab)

    def page(*, counts: bool) -> str:
        with Session(engine) as reading:
            person = reading.get(Person, session.get("person_id", 0))
            if person is None:
                abort(401)
            rows = reading.scalars(newest).all()
            count = reading.scalar(every) if counts else None
            return render_template_string(SHOWN, title=TITLE, rows=rows, person=person, count=count)

    app.add_url_rule("/", "listed", lambda: page(counts=False))
    app.add_url_rule("/counted", "counted", lambda: page(counts=True))
    return app


def cookie(app: Any, person_id: int) -> str:
    """Sign somebody in."""
    return f"session={app.session_interface.get_signing_serializer(app).dumps({'person_id': person_id})}"
