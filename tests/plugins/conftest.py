"""What the tests of plugins share: acts of several people that begin together."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from portal.api import PortalError


@pytest.fixture
def at_once(writing):
    """Do acts in transactions that begin together; give what each met. A lock that never comes is an error."""

    def run(*acts):
        barrier = Barrier(len(acts))

        def one(act):
            barrier.wait()
            try:
                with writing():
                    act()
            except PortalError as refusal:
                return type(refusal).__name__
            return "done"

        with ThreadPoolExecutor(len(acts)) as threads:
            return list(threads.map(one, acts))

    return run


@pytest.fixture
def post_at_once(post):
    """Send the same form from several browsers at the same instant; give the page that each then reads."""

    def run(url, *browsers):
        barrier = Barrier(len(browsers))

        def one(browser):
            barrier.wait()
            return post(browser, url, follow_redirects=True)

        with ThreadPoolExecutor(len(browsers)) as threads:
            return list(threads.map(one, browsers))

    return run
