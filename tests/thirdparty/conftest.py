"""The stranger, installed once, then copied for each test that may break it."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from tests.houses import opened
from tests.thirdparty.stranger import SOURCE, Stranger, pip_install


@pytest.fixture(scope="session")
def distribution(tmp_path_factory) -> Path:
    """Install the distribution with pip, once."""
    target = tmp_path_factory.mktemp("elsewhere") / "site"
    pip_install(SOURCE, target)
    return target


@pytest.fixture
def stranger(distribution, tmp_path, monkeypatch, apart):
    """Give the stranger, in a folder of its own on the path of this process and of those it starts."""
    folder = tmp_path / "site"
    shutil.copytree(distribution, folder)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.setenv(
        "PYTHONPATH", os.pathsep.join([str(folder), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep)
    )
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    made = Stranger(folder, "notices", "portal_notices")
    made.reload()
    yield made
    monkeypatch.undo()
    made.reload()


@pytest.fixture
def house(stranger, site):
    """Give the instance behind its dispatcher, with the stranger installed and off."""
    with opened(site.instance) as made:
        yield made


@pytest.fixture
def admin(house):
    """Give the browser of the administrator."""
    return house.browser()
