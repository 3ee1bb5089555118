"""What is known of the permanent labs. Every agent may read their pages; their contents have audiences of their own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from portal.api import FunctionCard, NotFound, Viewer, fold, function_cards, session, sought, texts

from plugins.labs.models.lab import Lab, Margin, MarginWording, Sponsor

_ = texts("labs")


@dataclass(frozen=True, slots=True)
class MarginLine:
    """One line of the block, with what it said before, newest first."""

    margin: Margin
    former: list[MarginWording]


def lab_by_id(lab_id: int) -> Lab | None:
    """Give a lab, closed ones too; None if there is none."""
    return session.get(Lab, lab_id)


def one_lab(viewer: Viewer, *, lab_id: int) -> Lab:
    """Give the lab of a page.

    :raises NotFound: there is none
    """
    lab = lab_by_id(lab_id)
    if lab is None:
        raise NotFound(_("There is no lab at this address."))
    return lab


def labs_matching(*, words: str = "", of: Viewer | None = None) -> sa.Select[Lab]:
    """Select labs, without order.

    :param words: any part of the name, whatever its capitals and accents
    :param of: only those this person belongs to
    """
    statement = sa.select(Lab)
    if words:
        statement = statement.where(Lab.folded.contains(" ".join(sought(words)), autoescape=True))
    if of is not None:
        statement = statement.where(Lab.group_id.in_(of.lab_ids))
    return statement


def labs_of(viewer: Viewer) -> list[Lab]:
    """List the labs this person belongs to, alphabetical; empty if none."""
    if not viewer.lab_ids:
        return []
    return list(session.scalars(labs_matching(of=viewer).order_by(Lab.folded, Lab.id)))


_OPEN = sa.select(Lab).where(Lab.closed_at.is_(None)).order_by(Lab.folded, Lab.id)


def open_labs() -> list[Lab]:
    """List every lab that is not closed, alphabetical."""
    return list(session.scalars(_OPEN))


def sponsor_ids(lab_id: int) -> list[int]:
    """List the functions that carry a lab."""
    return list(session.scalars(sa.select(Sponsor.function_id).where(Sponsor.lab_id == lab_id)))


def sponsors_of(lab_id: int, *, at: datetime) -> list[FunctionCard]:
    """List the functions that carry a lab with whoever holds them, alphabetical.

    Rule: C42 SPEC 2.
    """
    cards = function_cards(sponsor_ids(lab_id), at=at).values()
    return sorted(cards, key=lambda card: fold(card.name))


def one_margin(lab_id: int, margin_id: int) -> Margin:
    """Give one line of a lab.

    :raises NotFound: this lab has no such line
    """
    margin = session.get(Margin, margin_id)
    if margin is None or margin.lab_id != lab_id:
        raise NotFound(_("This line does not exist."))
    return margin


_MARGINS = (
    sa.select(Margin, MarginWording)
    .outerjoin(MarginWording, MarginWording.margin_id == Margin.id)
    .where(Margin.lab_id == sa.bindparam("lab"))
    .order_by(Margin.position, Margin.id, MarginWording.id.desc())
)


def margins_of(lab_id: int) -> list[MarginLine]:
    """List the lines of « what may still change » in their order, with what they said before, in one query."""
    lines: dict[int, MarginLine] = {}
    for margin, wording in session.execute(_MARGINS, {"lab": lab_id}):
        line = lines.setdefault(margin.id, MarginLine(margin, []))
        if wording is not None:
            line.former.append(wording)
    return list(lines.values())


def margins_to_review(viewer: Viewer, *, by: date) -> list[tuple[Lab, Margin]]:
    """List the lines, in labs this person animates, whose review day has come, oldest first."""
    if not viewer.animated_ids:
        return []
    statement = (
        sa.select(Lab, Margin)
        .join(Margin, Margin.lab_id == Lab.id)
        .where(Lab.group_id.in_(viewer.animated_ids), Lab.closed_at.is_(None), Margin.review_on <= by)
        .order_by(Margin.review_on, Margin.id)
        .limit(5)
    )
    return [(lab, margin) for lab, margin in session.execute(statement)]
