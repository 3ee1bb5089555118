"""Every test of the repository uses the author kit, as a stranger's would."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings

from portal.testing.browser import ToolUnavailable, launch_options

from tests.strict import unavailable

pytest_plugins = ["portal.testing.databases", "portal.testing.fixtures", "tests.proving"]

# A busy machine is no fault of the code: nothing that is generated is judged by the clock.
settings.register_profile("portal", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("portal")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """Start the Chromium of this machine."""
    try:
        return {**launch_options(), **browser_type_launch_args}
    except ToolUnavailable as error:
        unavailable(error)
