"""What packages bring is read once, and again as soon as something is installed or taken away."""

from __future__ import annotations

import shutil
import sys

import pytest

from portal.loader.discovery import rescan


@pytest.fixture
def packages(tmp_path, monkeypatch):
    """Give a folder that packages are found in, among others: one that is not there, one that is a file."""
    (tmp_path / "file").touch()
    place = tmp_path / "site-packages"
    place.mkdir()
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path / "none"), str(tmp_path / "file"), str(place)])
    rescan(keep=set())
    yield place
    monkeypatch.undo()
    rescan(keep=set())


def test_what_is_installed_meanwhile_is_found_and_what_is_taken_away_is_not(packages):
    assert "late" not in rescan(keep=set()).faults
    about = packages / "late-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: late\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text("[portal.plugins]\nlate = late_which_is_not_there\n")
    found = rescan(keep=set())
    assert "late" in found.faults
    assert "labs" in found.manifests
    shutil.rmtree(about)
    assert "late" not in rescan(keep=set()).faults
