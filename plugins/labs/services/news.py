"""Who is told what becomes of labs: members who must act, and those who follow (G9)."""

from __future__ import annotations

from portal.api import Event, Subject, Viewer, followers, group_members, notify, settle, texts

from plugins.labs.queries.labs import lab_by_id

_ = texts("labs")

FOLLOWED = {
    "labs.ephemeral_opened": _.later("An ephemeral lab opens: “%(title)s”"),
    "labs.ephemeral_told": _.later("An ephemeral lab has been told: “%(title)s”"),
    "labs.project_opened": _.later("A project begins: “%(title)s”"),
    "labs.project_ended": _.later("A project has ended: “%(title)s”"),
    "labs.vote_ended": _.later("It has been counted: %(title)s"),
}


def tell(event: Event) -> None:
    """Tell the members of a lab of a vote, and its followers of what happens in it; events of others say nothing."""
    if not event.name.startswith("labs."):
        return
    actor = Viewer(person_id=event.actor_id)
    if event.name == "labs.vote_called":
        _tell_members(event, actor)
    elif event.name in FOLLOWED:
        settle(event.subject, at=event.at)  # voices that were asked for
        lab = Subject("labs.lab", int(str(event.facts["lab"])))
        told = {*followers(event.subject), *followers(lab)}
        notify(told, event.subject, FOLLOWED[event.name], at=event.at, actor=actor)


def _tell_members(event: Event, actor: Viewer) -> None:
    lab = lab_by_id(int(str(event.facts["lab"])))
    members = group_members(lab.group_id) if lab else []
    text = _.later("%(actor)s asks for your voice: %(title)s")
    notify([member.id for member in members], event.subject, text, at=event.at, actor=actor, must_act=True)
