"""Who may be let read a restitution: nobody who may not read its session."""

from __future__ import annotations

from collections.abc import Sequence

from portal.api import Audience, AudienceField, Subject, ask_plugins

# From the widest on: what is offered first is chosen unless somebody says otherwise.
WITHIN = {
    Audience.INTRANET: (Audience.INTRANET, Audience.NETWORK, Audience.LAB, Audience.SELF),
    Audience.NETWORK: (Audience.NETWORK, Audience.LAB, Audience.SELF),
    Audience.LAB: (Audience.LAB, Audience.SELF),
    Audience.CIRCLE: (Audience.CIRCLE, Audience.SELF),
    Audience.SELF: (Audience.SELF,),
}
Readers = tuple[str, int | None]


def readers_of(subject: Subject | None) -> Readers:
    """Give audience and group of a session; every agent where no plugin says less."""
    found: Sequence[Readers] = ask_plugins("restitutions_readers", subject=subject) if subject else ()
    return found[0] if found else (Audience.INTRANET, None)


def narrow(field: AudienceField, readers: Readers) -> None:
    """Offer no more readers than these; all of these if nothing was chosen yet."""
    audience, group_id = readers
    within = WITHIN.get(Audience(audience), WITHIN[Audience.INTRANET])
    field.levels = [level for level in within if group_id is not None or level not in {Audience.LAB, Audience.CIRCLE}]
    offered = {choice.value: choice for choice in field.choices}
    field.choices = [offered[level.value] for level in field.levels]
    field.for_group(group_id)
    if field.raw_data is None and field.data not in field.levels:
        field.data = field.levels[0].value
