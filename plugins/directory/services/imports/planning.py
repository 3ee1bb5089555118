"""From a file to what it would do: read, recognise its columns, compare. Done before the write lock; writes nothing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from plugins.directory.models.imports import Kind
from plugins.directory.services.imports.columns import chosen, missing, recognise
from plugins.directory.services.imports.drafts import Plan
from plugins.directory.services.imports.organisation import plan_services
from plugins.directory.services.imports.people import plan_people
from plugins.directory.services.imports.reading import read_table


def make_plan(
    content: bytes,
    kind: Kind,
    *,
    is_complete: bool = False,
    choice: Iterable[tuple[str, int]] | None = None,
    actor_id: int | None,
    at: datetime,
) -> Plan:
    """Say what a file would do.

    :param choice: which column is which, as (field, place) pairs; None: the titles say it
    :raises Invalid: the file cannot be read; `Plan.sentence` says when only a column is missing
    """
    table = read_table(content)
    columns = recognise(table.header, kind) if choice is None else chosen(table.header, choice, kind)
    sentence = missing(columns, kind)
    if sentence is not None:
        return Plan(kind, table, columns, is_complete, sentence=sentence)
    if kind is Kind.SERVICES:
        return plan_services(table, columns)
    return plan_people(table, columns, is_complete=is_complete, actor_id=actor_id, at=at)
