"""Who may be let read a restitution: nobody who may not read its session."""

from __future__ import annotations

from portal.api import Audience, AudienceField

from plugins.restitutions.permissions import Session

# From the widest on: what is offered first is chosen unless somebody says otherwise.
WITHIN = {
    Audience.INTRANET: (Audience.INTRANET, Audience.NETWORK, Audience.LAB, Audience.SELF),
    Audience.NETWORK: (Audience.NETWORK, Audience.LAB, Audience.SELF),
    Audience.LAB: (Audience.LAB, Audience.SELF),
    Audience.CIRCLE: (Audience.CIRCLE, Audience.SELF),
    Audience.SELF: (Audience.SELF,),
}


def narrow(field: AudienceField, of: Session) -> None:
    """Offer no more readers than those of a session; all of these if nothing was chosen yet."""
    within = WITHIN.get(Audience(of.audience), WITHIN[Audience.INTRANET])
    field.levels = [
        level for level in within if of.group_id is not None or level not in {Audience.LAB, Audience.CIRCLE}
    ]
    offered = {choice.value: choice for choice in field.choices}
    field.choices = [offered[level.value] for level in field.levels]
    field.for_group(of.group_id)
    if field.raw_data is None and field.data not in field.levels:
        field.data = field.levels[0].value
