"""Every test of the repository uses the author kit, as a stranger's would."""

from __future__ import annotations

pytest_plugins = ["portal.testing.databases", "portal.testing.fixtures", "tests.proving"]
