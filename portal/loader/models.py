"""Tables of the loader: what a collectivity wishes of its plugins, what broke, what is cut, what they cost."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import CoreBase, Personal


class PluginState(CoreBase):
    """The wish of the collectivity about one plugin; whether it was purged is in the inventory."""

    __tablename__ = "plugins"
    __plain__ = ("id",)
    __clock__ = "real"
    id: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    is_on: Mapped[bool] = mapped_column(default=False)
    changed_at: Mapped[datetime | None]


class Quarantine(CoreBase):
    """A plugin set aside on one machine: its code broke there before it could answer (operational).

    :ivar phase: where it broke: import, register or probe
    :ivar files: hash of its files, and of those it needs, when it broke
    """

    __tablename__ = "quarantines"
    __plain__ = ("plugin", "host", "phase", "reason", "trace", "reference", "files")
    __clock__ = "real"
    __of_plugin__ = ("plugin",)
    plugin: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    host: Mapped[str] = mapped_column(sa.String(120), primary_key=True)
    at: Mapped[datetime]
    phase: Mapped[str] = mapped_column(sa.String(20))
    reason: Mapped[str] = mapped_column(sa.Text)
    trace: Mapped[str] = mapped_column(sa.Text)
    reference: Mapped[str] = mapped_column(sa.String(20))
    files: Mapped[str] = mapped_column(sa.String(64))


class Fault(CoreBase):
    """One fault of a plugin that is running: the page stood, this block did not (operational)."""

    __tablename__ = "faults"
    __plain__ = ("plugin", "place", "reference", "summary")
    __personal__ = {"trace": Personal(None, "helps to mend what broke", 183, "delete", since="at")}
    __clock__ = "real"
    __of_plugin__ = ("plugin",)
    id: Mapped[int] = mapped_column(primary_key=True)
    plugin: Mapped[str] = mapped_column(sa.String(20), index=True)
    place: Mapped[str] = mapped_column(sa.String(120))
    at: Mapped[datetime]
    reference: Mapped[str] = mapped_column(sa.String(20), index=True)
    summary: Mapped[str] = mapped_column(sa.Text)
    trace: Mapped[str] = mapped_column(sa.Text)


class Breaker(CoreBase):
    """Calls and faults of one hook of a plugin in a window of ten minutes, and whether it is cut (operational).

    :ivar trials: how often it was tried since it was cut, without success
    """

    __tablename__ = "breakers"
    __plain__ = ("plugin", "hook")
    __clock__ = "real"
    __of_plugin__ = ("plugin",)
    plugin: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    hook: Mapped[str] = mapped_column(sa.String(60), primary_key=True)
    window_at: Mapped[datetime]
    calls: Mapped[int]
    faults: Mapped[int]
    cut_at: Mapped[datetime | None]
    next_try_at: Mapped[datetime | None]
    trials: Mapped[int] = mapped_column(default=0)


class Meter(CoreBase):
    """What one plugin cost in one hour: each moment belongs to one plugin, the core is `portal` (operational).

    :ivar pages: answers given by its own views
    """

    __tablename__ = "meter"
    __plain__ = ("plugin",)
    __clock__ = "real"
    __of_plugin__ = ("plugin",)
    plugin: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    hour_at: Mapped[datetime] = mapped_column(primary_key=True)
    pages: Mapped[int]
    microseconds: Mapped[int] = mapped_column(sa.BigInteger)
    statements: Mapped[int]
