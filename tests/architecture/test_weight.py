"""What a worker does not load: each of its processes would keep it for nothing."""

from __future__ import annotations

import subprocess
import sys

# migrating is done in a process of its own, the work in the background too; a password is chosen once a year
ELSEWHERE = ("alembic", "huey", "psycopg", "pytest", "zxcvbn")
LOADED = "import sys, portal.hosting.dispatcher; print(*{name.partition('.')[0] for name in sys.modules})"


def test_a_worker_loads_nothing_that_its_pages_never_need():
    done = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True)
    assert not set(ELSEWHERE) & set(done.stdout.split())
