"""Tables of the inventory: what each plugin, and the core, declares of its tables; it outlives the package."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import CoreBase


class InventoryPlugin(CoreBase):
    """One plugin that has, or had, tables here; the core is one of them, under the id `portal`.

    :ivar names: its name, by language
    :ivar files_hash: of the files that declared this; other files are noted anew
    :ivar sheet: the `[plugin.data]` of its manifest
    """

    __tablename__ = "inventory_plugins"
    __plain__ = ("id", "names", "version", "revision", "files_hash", "sheet")
    __clock__ = "real"
    id: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    names: Mapped[dict[str, Any]]
    version: Mapped[str] = mapped_column(sa.String(40))
    revision: Mapped[str | None] = mapped_column(sa.String(40))
    files_hash: Mapped[str] = mapped_column(sa.String(64))
    sheet: Mapped[dict[str, Any]]
    noted_at: Mapped[datetime]
    purged_at: Mapped[datetime | None]


class InventoryTable(CoreBase):
    """One table: `content` is its `TableSheet` as JSON.

    :ivar position: a table stands after those it refers to
    """

    __tablename__ = "inventory_tables"
    __plain__ = ("name", "plugin", "content")
    __clock__ = "real"
    name: Mapped[str] = mapped_column(sa.String(63), primary_key=True)
    plugin: Mapped[str] = mapped_column(sa.String(20), index=True)
    position: Mapped[int]
    content: Mapped[dict[str, Any]]
