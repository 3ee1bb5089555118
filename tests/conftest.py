"""Every test of the repository uses the author kit, as a stranger's would."""

from __future__ import annotations

import gc
import os

import pytest
from hypothesis import HealthCheck, settings

from portal.testing.browser import ToolUnavailable, launch_options
from portal.testing.postgres import memory

from tests.strict import unavailable

pytest_plugins = ["portal.testing.databases", "portal.testing.fixtures", "tests.proving"]

# A busy machine is no fault of the code: nothing that is generated is judged by the clock.
settings.register_profile("portal", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("portal")


def pytest_configure() -> None:
    """Keep what tests write in memory, if there is room; what passed is removed."""
    if place := memory():
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(place))


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
    gc.set_threshold(20_000, 20, 50)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """Start the Chromium of this machine."""
    try:
        return {**launch_options(), **browser_type_launch_args}
    except ToolUnavailable as error:
        unavailable(error)
