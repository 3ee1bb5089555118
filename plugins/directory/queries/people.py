"""Who is found by a few words: a name, a job, a service, a function; accents and capitals aside."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from portal.api import fold, functions, named_like, now, people_table, service_ids_under, services, session

PEOPLE = people_table()
ORDER = (PEOPLE.c.sort_name, PEOPLE.c.id)


def people_found(words: str = "", *, service_id: int | None = None, with_under: bool = True) -> sa.Select[Any]:
    """Give the people who answer to every word, in a service and under it; columns of `people_table`, no order."""
    statement = sa.select(*PEOPLE.c)
    if service_id is not None:
        wanted = service_ids_under(service_id) if with_under else {service_id}
        statement = statement.where(PEOPLE.c.service_id.in_(wanted))
    if wanted_words := fold(words).split():
        answers = _Answers()
        statement = statement.where(*(answers.to(word) for word in wanted_words))
    return statement


class _Answers:
    """What else than a name a word may be, read once: hundreds of services, functions and job titles."""

    def __init__(self) -> None:
        self.services = [(card.id, fold(card.name)) for card in services()]
        self.held = [(card.holder.id, fold(card.name)) for card in functions(at=now()) if card.holder]
        titles = session.scalars(sa.select(PEOPLE.c.job_title).where(PEOPLE.c.job_title.is_not(None)).distinct())
        self.titles = [(title, fold(title)) for title in titles]

    def to(self, word: str) -> sa.ColumnElement[bool]:
        """Give the criterion of the people whom a word may mean."""
        return sa.or_(
            named_like(PEOPLE.c.sort_name, word),
            PEOPLE.c.job_title.in_([title for title, folded in self.titles if word in folded]),
            PEOPLE.c.service_id.in_([number for number, folded in self.services if word in folded]),
            PEOPLE.c.id.in_([number for number, folded in self.held if word in folded]),
        )


def with_role(*roles: str) -> sa.Select[Any]:
    """Give the people who hold one of these roles, alphabetical."""
    return sa.select(*PEOPLE.c).where(PEOPLE.c.role.in_(roles)).order_by(*ORDER)
