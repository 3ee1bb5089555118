"""Every test of the repository uses the author kit, as a stranger's would."""

from __future__ import annotations

import fcntl
import gc
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from hypothesis import HealthCheck, settings

from portal.demo.playing import play_demo
from portal.people import passwords
from portal.testing.browser import ToolUnavailable, launch_options
from portal.testing.postgres import memory

from tests.forking import Forks
from tests.strict import unavailable

pytest_plugins = ["portal.testing.databases", "portal.testing.fixtures", "tests.proving"]

# A busy machine is no fault of the code: nothing that is generated is judged by the clock.
settings.register_profile("portal", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("portal")


def pytest_configure() -> None:
    """Keep what tests write in memory, if there is room; what passed is removed."""
    if place := memory():
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(place))


@pytest.fixture(scope="session", autouse=True)
def real_secrets() -> Iterator[dict[str, Any]]:
    """Hash passwords and PINs at little cost; servers and commands are processes of their own, and pay the real one.

    Give what is replaced, for the test of that cost.
    """
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    real = {"_hasher": passwords._hasher, "_UNKNOWN": passwords._UNKNOWN}
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(passwords, "_hasher", quick)
        patched.setattr(passwords, "_UNKNOWN", quick.hash("nobody’s"))
        yield real


# Files of few tests that take minutes. Begun last, one process would still be at them while the other waits.
LONGEST = ("tests/review/test_walks.py", "tests/review/test_looking.py")
LONG = ("tests/review/", "tests/journeys/", "tests/proof/", "tests/hosting/", "tests/thirdparty/", "tests/test_")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the long files, the longest first, in the drawn order otherwise; needs `--no-loadscope-reorder`."""
    items.sort(key=lambda item: (not item.nodeid.startswith(LONGEST), not item.nodeid.startswith(LONG)))


def pytest_collection_finish() -> None:
    """Leave what is read once for all to no collector: going through it again took a quarter of the tests' time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(200_000, 20, 50)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """Start the Chromium of this machine."""
    try:
        return {**launch_options(), **browser_type_launch_args}
    except ToolUnavailable as error:
        unavailable(error)


@contextmanager
def _together(tmp_path_factory: pytest.TempPathFactory, worker_id: str, name: str) -> Iterator[Path]:
    """Give the name of what all processes of the tests share, to one of them at a time."""
    own = tmp_path_factory.getbasetemp()
    shared = own if worker_id == "master" else own.parent
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield shared / name


@pytest.fixture(scope="session")
def instance_folder(instance_folder: Path, tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """Let what one process of the tests tried be known to the others: verdicts are kept by the hash of the files."""
    with _together(tmp_path_factory, worker_id, "verdicts") as verdicts:
        verdicts.mkdir(exist_ok=True)
    (instance_folder / "verdicts").symlink_to(verdicts)
    return instance_folder


@pytest.fixture(scope="session")
def played(instance_folder: Path, tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """Play the evening once, whichever process of the tests comes to it first; everybody copies it."""
    with _together(tmp_path_factory, worker_id, "played") as folder:
        if not folder.exists():
            begun = Path(tempfile.mkdtemp(dir=folder.parent)) / "demo"  # one that breaks off is played again
            begun.mkdir()
            (begun / "verdicts").symlink_to((instance_folder / "verdicts").resolve())
            list(play_demo(begun, port=8000))
            begun.rename(folder)
    return folder


@pytest.fixture(scope="session")
def forks() -> Iterator[Forks]:
    """Give a process that tries plugins quickly."""
    made = Forks()
    yield made
    made.close()


@pytest.fixture
def apart(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Try plugins in forks of one process; in real subprocesses for what is marked `real`."""
    if request.node.get_closest_marker("real") is None:
        monkeypatch.setattr("portal.hosting.install.run_apart", request.getfixturevalue("forks").run)
