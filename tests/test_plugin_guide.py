"""The guide for authors of plugins is right: its blocks are written, installed, tested and switched on."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys

import pytest

from tests.architecture.repository import ROOT
from tests.thirdparty.stranger import pip_install

pytestmark = pytest.mark.delivery

GUIDE = ROOT / "plugins" / "README.md"
BLOCK = re.compile(r"^```(\w+)(?: file=(\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PROGRAMS = {
    "portal": ["-m", "portal.cli"],
    "pytest": ["-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:randomly"],
}


@pytest.fixture(scope="module")
def author(tmp_path_factory):
    """Do what the guide says, from the first block to the last; give what each command said."""
    home = tmp_path_factory.mktemp("author")
    project, site = home / "thanks", home / "site"
    blocks = BLOCK.findall(GUIDE.read_text(encoding="utf-8"))
    for _language, file, text in blocks:
        if file:
            path = project / file
            path.parent.mkdir(parents=True, exist_ok=True)
            before = path.read_text(encoding="utf-8") + "\n\n" if path.exists() else ""
            path.write_text(before + text, encoding="utf-8")
    commands = [line for language, _file, text in blocks if language == "sh" for line in text.splitlines()]
    assert commands[0] == "pip install ."
    pip_install(project, site)
    environment = {**os.environ, "PYTHONPATH": str(site), "PORTAL_INSTANCE": str(home / "instance")}
    return {line: run(line, project, environment) for line in commands[1:]}


def run(line, folder, environment):
    program, *words = shlex.split(line)
    command = [sys.executable, *PROGRAMS[program], *words]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False
    )


def test_every_command_of_the_guide_succeeds(author):
    failed = {line: done.stdout + done.stderr for line, done in author.items() if done.returncode}
    assert not failed, "\n".join(failed.values())


def test_the_test_of_the_guide_runs_on_the_installed_plugin(author):
    assert "3 passed" in author["pytest tests --databases sqlite"].stdout


def test_the_plugin_of_the_guide_is_on(author):
    assert "Mercis" in author["portal plugins enable thanks"].stdout
    (row,) = [line for line in author["portal plugins list"].stdout.splitlines() if line.startswith("thanks")]
    assert "0.1.0" in row
    assert "Mercis" in row
