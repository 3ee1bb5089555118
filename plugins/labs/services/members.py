"""Who belongs to a lab: animators add and remove, anybody leaves, an administrator gives an animator back."""

from __future__ import annotations

from datetime import datetime

from portal.api import (
    Conflict,
    Forbidden,
    Person,
    Subject,
    Viewer,
    add_member,
    notify,
    record,
    remove_member,
    texts,
)

from plugins.labs.models.lab import Lab
from plugins.labs.queries.members import animators_of, members_of
from plugins.labs.services.facts import hold, must_animate, must_be_animator, must_be_open

_ = texts("labs")


def _record(actor: Viewer, lab: Lab, action: str, at: datetime) -> None:
    record(action, Subject("labs.lab", lab.id), actor=actor, at=at)


def _tell(actor: Viewer, lab: Lab, person: Person, text: str, at: datetime) -> None:
    notify([person.id], Subject("labs.lab", lab.id), text, at=at, actor=actor)


def add_to_lab(actor: Viewer, lab: Lab, *, person: Person, at: datetime) -> None:
    """Make somebody a member; adding a member twice changes nothing.

    :raises Forbidden: the actor does not animate the lab
    """
    must_animate(actor, lab)
    if person.id in {member.id for member in members_of(lab)}:
        return
    add_member(lab.group_id, person.id, at=at)
    _record(actor, lab, "labs.member_added", at)
    _tell(actor, lab, person, _.later("%(actor)s welcomes you among the members of “%(title)s”"), at)


def remove_from_lab(actor: Viewer, lab: Lab, *, person: Person, at: datetime) -> None:
    """Take somebody out of the lab; what they wrote stays. Removing twice changes nothing.

    :raises Forbidden: the actor does not animate the lab
    :raises Conflict: the actor would remove themself: leaving is another act
    """
    must_be_animator(actor, lab)
    hold(lab)
    if person.id == actor.person_id:
        raise Conflict(_("To leave the lab yourself, use “Leave the lab”."))
    if remove_member(lab.group_id, person.id):
        _record(actor, lab, "labs.member_removed", at)


def share_animation(actor: Viewer, lab: Lab, *, person: Person, at: datetime) -> None:
    """Make a member an animator too.

    :raises Forbidden: the actor does not animate the lab
    :raises Conflict: this person does not belong to the lab
    """
    must_be_animator(actor, lab)
    hold(lab)
    if person.id not in {member.id for member in members_of(lab)}:
        raise Conflict(_("%(name)s does not belong to this lab.", name=person.name))
    _make_animator(actor, lab, person=person, at=at)


def _make_animator(actor: Viewer, lab: Lab, *, person: Person, at: datetime) -> None:
    if add_member(lab.group_id, person.id, at=at, is_animator=True):
        _record(actor, lab, "labs.animator_named", at)
        _tell(actor, lab, person, _.later("You now animate “%(title)s”"), at)


def leave_lab(actor: Viewer, lab: Lab, at: datetime) -> None:
    """Leave a lab; leaving one that one is not in changes nothing."""
    if actor.person_id is not None and remove_member(lab.group_id, actor.person_id):
        _record(actor, lab, "labs.member_left", at)


def give_animator(actor: Viewer, lab: Lab, *, person: Person, at: datetime) -> None:
    """Name an animator, as an administrator, for a lab that has none left.

    It opens no door: the person is already a member, unless nobody is left; the administrator never names themself.
    Rule: law 2, P19.

    :raises Conflict: the lab has an animator, or has members and this person is none of them
    :raises Forbidden: the actor would name themself
    """
    must_be_open(lab)
    if animators_of(lab):
        raise Conflict(_("This lab has an animator: they choose who else animates it."))
    members = {member.id for member in members_of(lab)}
    if members and person.id not in members:
        raise Conflict(_("Choose one of the members of the lab."))
    if person.id == actor.person_id:
        raise Forbidden(_("You cannot name yourself. Choose somebody else."))
    _make_animator(actor, lab, person=person, at=at)
