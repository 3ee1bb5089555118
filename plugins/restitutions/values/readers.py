"""To whom a video is open, as those who are filmed agree to it (C33 SPEC 7)."""

from __future__ import annotations

from typing import NamedTuple

from portal.api import Audience, edition

OF_A_GROUP = {Audience.LAB, Audience.CIRCLE}


class Readers(NamedTuple):
    """An audience, and the group it speaks of."""

    audience: str
    group_id: int | None = None

    @classmethod
    def of(cls, audience: str, group_id: int | None) -> Readers:
        """Give them without a group that the audience does not speak of."""
        return cls(audience, group_id if audience in OF_A_GROUP else None)

    def is_wide_enough_for(self, others: Readers) -> bool:
        """Tell whether `others` are the same, or fewer of them, as far as the code alone can tell (G7).

        The author alone is within all, all but the public within every agent, a lab within the network of labs.
        """
        if others.audience == Audience.SELF or self.audience == Audience.PUBLIC:
            return True
        if self.audience == Audience.INTRANET:
            return others.audience != Audience.PUBLIC
        return self == others or (self.audience == Audience.NETWORK and others.audience == Audience.LAB)

    @property
    def edition(self) -> str:
        """Name them: who answers sends back for whom they were asked."""
        return edition(self.audience, str(self.group_id))
