"""Tables of the loader: what a collectivity wishes, what broke."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import CoreBase, Personal


class PluginState(CoreBase):
    """The wish of the collectivity about one plugin, and its quarantine if it broke.

    :ivar phase: where it broke: import, register, schema, probe… None while it is sound
    """

    __tablename__ = "plugins"
    __plain__ = ("id", "phase", "reason", "trace", "reference")
    __clock__ = "real"
    id: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    is_on: Mapped[bool] = mapped_column(default=False)
    changed_at: Mapped[datetime | None]
    quarantined_at: Mapped[datetime | None]
    phase: Mapped[str | None] = mapped_column(sa.String(20))
    reason: Mapped[str | None] = mapped_column(sa.Text)
    trace: Mapped[str | None] = mapped_column(sa.Text)
    reference: Mapped[str | None] = mapped_column(sa.String(20))


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
    reference: Mapped[str] = mapped_column(sa.String(20))
    summary: Mapped[str] = mapped_column(sa.Text)
    trace: Mapped[str] = mapped_column(sa.Text)
