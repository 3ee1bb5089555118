"""Who may import whom: the contracts of ``setup.cfg``."""

import subprocess
import sys

from tests.architecture.repository import ROOT

COMMAND = "from importlinter.cli import lint_imports_command; lint_imports_command()"


def test_imports_keep_their_contracts():
    done = subprocess.run(
        [sys.executable, "-c", COMMAND, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
