"""Names of the permissions of `plugin.toml`; the manifest is their only source."""

from __future__ import annotations

READ = "directory.read"
MANAGE = "directory.manage"
COUNTER = "directory.counter"
AUDIT = "directory.audit"
IMPORT = "directory.import"
