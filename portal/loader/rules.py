"""What the operator of the host decides about plugins, above the wish of a collectivity."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from portal.loader.discovery import with_needs


class Rule(StrEnum):
    """What is decided about one plugin."""

    FREE = ""
    FORCED = "forced"
    FORBIDDEN = "forbidden"


@dataclass(frozen=True, slots=True)
class PluginRules:
    """The operator's words in `portal.toml`, by plugin id.

    :ivar allow: when not empty, the only plugins that may be on
    :ivar force: on, whatever the collectivity says, with all that they need
    :ivar forbid: off, whatever the collectivity says; what they keep stays
    """

    allow: tuple[str, ...] = ()
    force: tuple[str, ...] = ()
    forbid: tuple[str, ...] = ()

    def under(self, general: PluginRules) -> PluginRules:
        """Give the rules of one collectivity: its own words first, then those for all."""
        return PluginRules(
            allow=self.allow or general.allow,
            force=(*self.force, *(name for name in general.force if name not in self.forbid)),
            forbid=(*self.forbid, *(name for name in general.forbid if name not in (*self.force, *self.allow))),
        )

    @property
    def forced(self) -> frozenset[str]:
        """Give what is always on: the forced ones and what they need, but for what is forbidden."""
        needed = {manifest.id for manifest in with_needs(set(self.force))} if self.force else set()
        return frozenset({*self.force, *needed}) - set(self.forbid)

    def about(self, plugin: str) -> Rule:
        """Give what is decided about one plugin."""
        if plugin in self.forced:
            return Rule.FORCED
        if plugin in self.forbid or (self.allow and plugin not in self.allow):
            return Rule.FORBIDDEN
        return Rule.FREE

    def decide(self, wished: frozenset[str]) -> frozenset[str]:
        """Give what is on, from what the collectivity wishes."""
        return frozenset(name for name in wished if self.about(name) is Rule.FREE) | self.forced
