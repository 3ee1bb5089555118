"""One collectivity as a process holds it: its settings, its engine (which outlives rebuilt apps), its key."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from obstore.store import ObjectStore
from sqlalchemy.engine import Engine

from portal.content.files.storing import open_store
from portal.engines import make_engine
from portal.errors import Unavailable
from portal.hosting.config import Collectivity, Instance
from portal.loader.metering import Meter, count_statements
from portal.loader.rules import PluginRules


@dataclass(frozen=True)
class Site:
    """A collectivity of an instance."""

    instance: Instance
    collectivity: Collectivity

    @property
    def slug(self) -> str:
        """Give its short name."""
        return self.collectivity.slug

    @cached_property
    def engine(self) -> Engine:
        """Give its engine; made once per process."""
        made = make_engine(self.url, overflow=max(1, self.instance.server.threads - 1))
        count_statements(made)
        return made

    @cached_property
    def meter(self) -> Meter:
        """Give the figures of its plugins in this process; they outlive rebuilt apps."""
        return Meter()

    @cached_property
    def rules(self) -> PluginRules:
        """Give what the operator decides about its plugins."""
        return self.collectivity.plugins.under(self.instance.plugins)

    @cached_property
    def files(self) -> ObjectStore:
        """Give where its files stand; made once per process, when first asked for.

        :raises ConfigError: `portal.toml` names a place or a secret that does not do
        """
        return open_store(self.collectivity.files, folder=self.folder)

    @property
    def folder(self) -> Path:
        """Give its folder."""
        return self.instance.folder_of(self.collectivity)

    def check_there(self) -> None:
        """Refuse to go on in a SQLite file that was deleted: an open connection would write to nowhere.

        :raises Unavailable: the file is gone
        """
        if self._file is not None and not self._file.exists():
            self.engine.dispose()
            raise Unavailable(f"{self._file}: gone")

    @cached_property
    def _file(self) -> Path | None:
        address = self.engine.url
        return Path(str(address.database).removeprefix("file:")) if address.get_backend_name() == "sqlite" else None

    @property
    def url(self) -> str:
        """Give the address of its database."""
        return self.instance.url_of(self.collectivity)

    @property
    def secret_key(self) -> str:
        """Derive its own key from the instance's: a cookie of one collectivity says nothing to another."""
        return hmac.new(self.instance.secret(), f"collectivity:{self.slug}".encode(), hashlib.sha256).hexdigest()


def site_of(instance: Instance, slug: str | None) -> Site | None:
    """Find a collectivity by its short name; None for « the only one »."""
    found = [item for item in instance.collectivities if slug in {None, item.slug}]
    return Site(instance, found[0]) if len(found) == 1 or (found and slug) else None
