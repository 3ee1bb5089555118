"""Verbs of the mirror: declare of oneself, take it back, type the workforce, publish a quarter (C19)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from portal.api import Invalid, Subject, Viewer, local_day, record, session, texts

from plugins.ambassadors.models.card import CARDS
from plugins.ambassadors.models.mirror import (
    CATEGORIES,
    DECLARED,
    DESK,
    FIELD,
    GENDERS,
    SITE,
    Cell,
    Mirror,
    Mix,
    Workforce,
)
from plugins.ambassadors.queries.disclosure import next_picture, standing_of
from plugins.ambassadors.queries.mirrors import (
    counted_of,
    counts_of,
    lab_now,
    labs_to_publish,
    mirrors_of,
    mix_of,
    picture_of,
    quarter_of,
    workforce_of,
)
from plugins.ambassadors.services.holding import begin
from plugins.ambassadors.services.owners import owner_of

_ = texts("ambassadors")


@dataclass(frozen=True, slots=True)
class Answers:
    """What somebody declares; empty is not said."""

    category: str = ""
    workplace: str = ""
    site: str = ""
    gender: str = ""


def declare(actor: Viewer, answers: Answers, *, at: datetime) -> None:
    """Declare of oneself, for the next mirror (C19 SPEC 6). Saying nothing at all keeps nothing.

    :raises Forbidden: nobody
    :raises Invalid: an answer that is not offered
    """
    person_id = owner_of(actor)
    _check(answers, at=at)
    mix = begin(Mix, Mix.person_id, person_id, declared_at=at)
    for name in DECLARED:
        setattr(mix, name, getattr(answers, name))
    mix.declared_at = at
    session.flush()
    _drop_if_empty(mix)
    record("ambassadors.mix_declared", CARDS, actor=None, at=at)


def take_back(actor: Viewer, names: tuple[str, ...], *, at: datetime) -> None:
    """Take back some of one's answers, or all of them; what is not there is taken back already.

    :raises Invalid: there is no such question
    """
    if set(names) - set(DECLARED):
        raise Invalid(_("There is no such question."))
    mix = mix_of(owner_of(actor))
    if mix is None:
        return
    for name in names:
        setattr(mix, name, "")
    session.flush()
    _drop_if_empty(mix)
    record("ambassadors.mix_taken_back", CARDS, actor=None, at=at)


def _check(answers: Answers, *, at: datetime) -> None:
    sites = workforce_of(local_day(at).year)[1].get(SITE, {})
    offered = {"category": CATEGORIES, "workplace": (DESK, FIELD), "site": tuple(sites), "gender": GENDERS}
    for name, values in offered.items():
        if getattr(answers, name) not in ("", *values):
            raise Invalid(_("Choose one of the answers."), field=name)


def _drop_if_empty(mix: Mix) -> None:
    if not any(getattr(mix, name) for name in DECLARED):
        session.delete(mix)
        session.flush()


def write_workforce(actor: Viewer, year: int, told: Mapping[str, Mapping[str, int]], *, at: datetime) -> None:
    """Write how many agents the collectivity has of each category, direction, place; once a year (C19 SPEC 2)."""
    session.execute(sa.delete(Workforce).where(Workforce.year == year))
    session.add_all(
        Workforce(year=year, dimension=dimension, value=value, heads=heads)
        for dimension, values in told.items()
        for value, heads in values.items()
    )
    session.flush()
    record("ambassadors.workforce_written", Subject("ambassadors.workforce", year), actor=actor, at=at)


def publish_next(at: datetime) -> bool:
    """Publish the mirror of the next lab that has none for this quarter; tell whether there are more (C19 SPEC 1)."""
    quarter = quarter_of(local_day(at))
    labs = labs_to_publish(quarter)
    if labs:
        _publish(labs[0].id, quarter, at=at)
    return len(labs) > 1


def _publish(group_id: int, quarter: date, *, at: datetime) -> None:
    former, lab = next(iter(mirrors_of(group_id)), None), lab_now(group_id)
    counts = counts_of(lab, workforce_of(quarter.year)[1].get(SITE, {}), at=at)
    standing = standing_of(counts, counted_of(group_id, lab.joined))
    picture = next_picture(len(lab.joined), counts, former=picture_of(former), standing=standing)
    kept = set(DECLARED) - standing
    mirror = Mirror(group_id=group_id, quarter_on=quarter, heads=picture.heads)
    session.add(mirror)
    session.flush()
    session.add_all(
        Cell(
            mirror_id=mirror.id,
            dimension=dimension,
            value=value,
            heads=heads,
            of_heads=picture.of_heads[dimension],
            counted=counts[dimension][value] if dimension in kept else None,
        )
        for dimension, figures in picture.figures.items()
        for value, heads in figures.items()
    )
    session.flush()
    record("ambassadors.mirror_published", CARDS, actor=None, at=at)
