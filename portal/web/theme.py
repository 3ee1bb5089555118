"""The look of a collectivity as every page carries it: read when its app is built, so a page costs no query.

Choosing one moves the revision: every worker builds its app anew before its next page.
"""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from portal.content.files.models import File
from portal.content.settings import SettingRow
from portal.loader.hooks import CORE_PLUGIN
from portal.values import Subject
from portal.web.assets import Asset, asset
from portal.web.colours import sheet

THEME = Subject("portal.theme", 1)
KEYS = ("ink", "accent", "logo")
ON_PLATE = "plate"


@dataclass(frozen=True, slots=True)
class Logo:
    """The picture in place of the mark.

    :ivar on_plate: drawn on a light ground, for a logo that is dark
    """

    file_id: int
    sha256: str
    content_type: str
    size: int
    width: int
    height: int
    on_plate: bool

    @property
    def name(self) -> str:
        """Give its name in the address: of its content, so that browsers keep it for a year."""
        return f"logo-{self.sha256[:12]}"


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours and logo; nothing chosen is the look of the product."""

    ink: str | None = None
    accent: str | None = None
    sheet: Asset | None = None
    logo: Logo | None = None


def read_theme(engine: Engine) -> Theme:
    """Read the look of a collectivity."""
    with engine.connect() as conn:
        chosen = sa.select(SettingRow.key, SettingRow.words).where(SettingRow.plugin == CORE_PLUGIN)
        words = {key: some for key, some in conn.execute(chosen) if key in KEYS}
        row = None
        if "logo" in words:
            row = conn.execute(sa.select(File.__table__).where(File.id == int(words["logo"][0]))).first()
    ink, accent = (words.get(key, [None])[0] for key in ("ink", "accent"))
    logo = None
    if row is not None:
        facts = (row.id, row.sha256, row.content_type, row.size, row.width or 0, row.height or 0)
        logo = Logo(*facts, on_plate=ON_PLATE in words["logo"])
    css = asset("theme", ".css", sheet(ink, accent).encode()) if ink and accent else None
    return Theme(ink, accent, css, logo)
