"""Groups: a lab is one, a circle is one. Membership is a fact; plugins decide who may change it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from portal.content.words import fold
from portal.db import db
from portal.errors import NotFound
from portal.people.models import Group, Membership, User
from portal.texts import CORE, texts
from portal.values import Person, Viewer

_ = texts(CORE)
NETWORK_KIND = "lab"


@dataclass(frozen=True, slots=True)
class GroupCard:
    """A group and how many belong to it; `kind` is *lab* or *circle*."""

    id: int
    kind: str
    name: str
    members: int


def create_group(kind: str, name: str) -> int:
    """Make a group (`lab`, `circle`) and give its id."""
    group = Group(kind=kind, name=name)
    db.session.add(group)
    db.session.flush()
    return group.id


def rename_group(group_id: int, name: str) -> None:
    """Give a group another name."""
    db.session.execute(sa.update(Group).where(Group.id == group_id).values(name=name))


def add_member(group_id: int, person_id: int, *, at: datetime, is_animator: bool = False) -> bool:
    """Put a person in a group, or change whether they animate it; False if nothing changed.

    :raises NotFound: nobody has this id, or they have left
    """
    user = db.session.get(User, person_id)
    if user is None or user.disabled_at is not None:
        raise NotFound(_("Nobody here has this name."))
    membership = db.session.get(Membership, (group_id, person_id))
    if membership is None:
        db.session.add(Membership(group_id=group_id, user_id=person_id, is_animator=is_animator, joined_at=at))
        db.session.flush()
        return True
    if membership.is_animator == is_animator:
        return False
    membership.is_animator = is_animator
    db.session.flush()
    return True


def remove_member(group_id: int, person_id: int) -> bool:
    """Take a person out of a group; False if they were not in it."""
    gone = sa.delete(Membership).where(Membership.group_id == group_id, Membership.user_id == person_id)
    return db.session.execute(gone.returning(Membership.user_id)).first() is not None


def _members(group_id: int) -> sa.Select[int, str]:
    return (
        sa.select(User.id, User.name)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.group_id == group_id, User.disabled_at.is_(None))
        .order_by(User.sort_name, User.id)
    )


def group_members(group_id: int) -> list[Person]:
    """Give the members of a group in alphabetical order, without those who left the collectivity."""
    return [Person(number, name) for number, name in db.session.execute(_members(group_id))]


def members_since(group_id: int) -> dict[int, datetime]:
    """Say since when each member of a group belongs to it."""
    rows = db.session.execute(_members(group_id).add_columns(Membership.joined_at))
    return {number: joined_at for number, _name, joined_at in rows}


def members_by_group(group_ids: Iterable[int]) -> dict[int, list[Person]]:
    """Give the members of several groups in one query, alphabetical; a group without members is absent."""
    statement = (
        sa.select(Membership.group_id, User.id, User.name)
        .join(User, User.id == Membership.user_id)
        .where(Membership.group_id.in_(list(group_ids)), User.disabled_at.is_(None))
        .order_by(User.sort_name, User.id)
    )
    found: dict[int, list[Person]] = {}
    for group_id, number, name in db.session.execute(statement):
        found.setdefault(group_id, []).append(Person(number, name))
    return found


def group_animators(group_id: int) -> list[Person]:
    """Give those who animate a group, in alphabetical order."""
    statement = _members(group_id).where(Membership.is_animator)
    return [Person(number, name) for number, name in db.session.execute(statement)]


def member_counts(group_ids: Iterable[int]) -> dict[int, int]:
    """Count the members of several groups in one query; a group without members is absent."""
    statement = (
        sa.select(Membership.group_id, sa.func.count())
        .join(User, User.id == Membership.user_id)
        .where(Membership.group_id.in_(list(group_ids)), User.disabled_at.is_(None))
        .group_by(Membership.group_id)
    )
    return {row[0]: row[1] for row in db.session.execute(statement)}


def readers_count(audience: str, group_id: int | None) -> int:
    """Count the people here whom an audience lets read (G7)."""
    statement = sa.select(sa.func.count(sa.distinct(User.id))).where(User.disabled_at.is_(None))
    if audience in {"lab", "circle"}:
        statement = statement.join(Membership, Membership.user_id == User.id).where(Membership.group_id == group_id)
    elif audience == "network":
        statement = (
            statement.join(Membership, Membership.user_id == User.id)
            .join(Group, Group.id == Membership.group_id)
            .where(Group.kind == NETWORK_KIND)
        )
    return db.session.scalar(statement) or 0


def group_cards(viewer: Viewer) -> list[GroupCard]:
    """List the groups a viewer may know of, alphabetical: every lab, and the circles they belong to (P19)."""
    open_here = sa.or_(Group.kind == NETWORK_KIND, Group.id.in_(viewer.group_ids))
    rows = db.session.execute(sa.select(Group.id, Group.kind, Group.name).where(open_here)).all()
    counts = member_counts(number for number, _kind, _name in rows)
    cards = [GroupCard(number, kind, name, counts.get(number, 0)) for number, kind, name in rows]
    return sorted(cards, key=lambda card: fold(card.name))


def groups_of(person_id: int, viewer: Viewer) -> list[GroupCard]:
    """List the groups of a person that a viewer may know of, alphabetical."""
    theirs = sa.select(Membership.group_id).where(Membership.user_id == person_id)
    ids = set(db.session.scalars(theirs))
    return [card for card in group_cards(viewer) if card.id in ids]
