"""Fixtures of the tests of the directory."""

from __future__ import annotations

import pytest

from tests.plugins.directory.import_files import Importer


@pytest.fixture
def importer(writing) -> Importer:
    """Import files: `importer(content)` does it all."""
    return Importer(writing)
