"""Who may be let read a restitution: nobody who may not read its session; and who reads it, in words."""

from __future__ import annotations

from portal.api import Audience, AudienceField, Viewer, group_cards, person, readers_sentence, texts

from plugins.restitutions.models import LEVELS, Restitution
from plugins.restitutions.permissions import Session, session_facts
from plugins.restitutions.queries.restitutions import given_for_fewer
from plugins.restitutions.services.widening import asked_anew
from plugins.restitutions.values.readers import OF_A_GROUP, Readers

_ = texts("restitutions")
# From the widest on: what is offered first is chosen unless somebody says otherwise.
WITHIN = {
    Audience.INTRANET: (Audience.INTRANET, Audience.NETWORK, Audience.LAB, Audience.SELF),
    Audience.NETWORK: (Audience.NETWORK, Audience.LAB, Audience.SELF),
    Audience.LAB: (Audience.LAB, Audience.SELF),
    Audience.CIRCLE: (Audience.CIRCLE, Audience.SELF),
    Audience.SELF: (Audience.SELF,),
}


def narrow(field: AudienceField, of: Session, kept: Readers | None = None) -> None:
    """Offer no more readers than those of a session, and those that are kept; all of the former if none was chosen.

    A group that is kept is the only one that is spoken of.
    """
    group_id = (kept.group_id if kept else None) or of.group_id
    unsaid = OF_A_GROUP if group_id is None or group_id != of.group_id else set()
    within = {*WITHIN.get(Audience(of.audience), WITHIN[Audience.INTRANET])} - unsaid
    within |= {Audience(kept.audience)} if kept else set()
    field.levels = [level for level in LEVELS if level in within]
    offered = {choice.value: choice for choice in field.choices}
    field.choices = [offered[level.value] for level in field.levels]
    field.for_group(group_id)
    if field.raw_data is None and field.data not in field.levels:
        field.data = field.levels[0].value


def notes_on(field: AudienceField, restitution: Restitution) -> dict[str, str]:
    """Say beside each answer how many people it opens to, and how many of those filmed it asks anew."""
    wanted = {level.value: Readers.of(level, field.group_id) for level in field.levels}
    counts = asked_anew(restitution, wanted.values())
    return {level: f"{field.notes[level]} {asking(counts.get(those, 0))}".strip() for level, those in wanted.items()}


def asking(count: int) -> str:
    """Say how many of those filmed are asked anew; nothing of nobody."""
    if not count:
        return ""
    return _.plural(
        "%(num)s person who is filmed agreed to other readers: asked anew, they answer before anybody else finds it.",
        "%(num)s people who are filmed agreed to other readers: asked anew, they answer before anybody else finds it.",
        count,
    )


def in_words(readers: Readers, restitution: Restitution, reader: Viewer) -> str:
    """Say who these are to `reader`, who may not know every circle by its name (P19)."""
    if readers.audience == Audience.SELF and reader.person_id != restitution.author_id:
        return _("nobody but %(name)s.", name=person(restitution.author_id).name)
    words = readers_sentence(readers.audience, readers.group_id)
    cards = group_cards(reader) if readers.group_id else ()
    name = next((card.name for card in cards if card.id == readers.group_id), None)
    return _("“%(name)s”, %(readers)s", name=name, readers=words) if name else words


def meanwhile(restitution: Restitution) -> str:
    """Say who finds it while it waits for those who are filmed."""
    runners = session_facts(restitution.restituted).runners if restitution.audience != Audience.SELF else ()
    if runners and not given_for_fewer([restitution]):
        return _("Whoever added it, those who animate the session, those who are filmed.")
    return _("Whoever added it, those who are filmed.")
