"""What `make test` cannot ask of a machine is left to `make proof`: no package brings the right to mount a file."""

from __future__ import annotations

from pathlib import Path

import pytest

MOUNTS = {"test_power.py", "test_full_disk.py"}


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave the power cut and the full disk out of the ordinary tests."""
    return True if collection_path.name in MOUNTS and not config.getoption("--proof") else None
