"""The demonstration in a real browser: played once, copied and served anew for each journey."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from zlib import crc32

import pytest
from playwright.sync_api import Browser

from portal.testing.browser import ToolUnavailable, axe_faults
from portal.testing.demonstration import Demonstration, served

from tests.journeys.travellers import Traveller
from tests.review.looking import LOOKS, PAIRS
from tests.strict import STRICT, unavailable

HERE = Path(__file__).parent


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Make each journey with one hand, others with another; with every hand where nothing may be missing.

    What is asked for by name is made.
    """
    if STRICT or config.getoption("keyword") or any("[" in argument for argument in config.args):
        return
    journeys: dict[str, list[pytest.Item]] = {}
    for item in items:
        if HERE in item.path.parents and "hand" in item.fixturenames:  # type: ignore[attr-defined]
            journeys.setdefault(item.nodeid.partition("[")[0], []).append(item)
    left = [item for name, same in journeys.items() for item in same if item is not _one_of(name, same)]
    if left:
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if item not in left]


def _one_of(name: str, same: list[pytest.Item]) -> pytest.Item:
    """Draw a hand by the name of the journey; one with a script where the page is judged on the way, by a script."""
    some = sorted(same, key=lambda item: item.nodeid)
    if "is_accessible" in some[0].fixturenames:  # type: ignore[attr-defined]
        some = [item for item in some if "no-script" not in item.nodeid]
    return some[crc32(name.encode()) % len(some)]


@pytest.fixture(scope="session")
def evening(played: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demonstration]:
    """Serve the evening for all the journeys that may share it: Friday 26 January 2018, 14:40."""
    folder = shutil.copytree(played, tmp_path_factory.mktemp("evening") / "shared")
    with served(folder) as demonstration:
        yield demonstration
        assert not demonstration.faults()


@pytest.fixture
def demo(request: pytest.FixtureRequest, played: Path, tmp_path: Path) -> Iterator[Demonstration]:
    """Give the evening; one of its own to a module that says `ALONE`, because it changes the hour or the plugins."""
    if not getattr(request.module, "ALONE", False):
        yield request.getfixturevalue("evening")
        return
    shutil.copytree(played, tmp_path / "demo")
    with served(tmp_path / "demo") as demonstration:
        yield demonstration
        assert not demonstration.faults()


@pytest.fixture
def travel(browser: Browser, demo: Demonstration) -> Iterator[Callable[..., Traveller]]:
    """Give somebody a browser of their own; at the end, no browser has anything to complain of."""
    travellers: list[Traveller] = []

    def start(who: str | None = None, **options) -> Traveller:
        travellers.append(Traveller(browser, demo, **options))
        if who:
            travellers[-1].enter(who)
        return travellers[-1]

    yield start
    complaints = [complaint for traveller in travellers for complaint in traveller.complaints]
    for traveller in travellers:
        traveller.context.close()
    assert not complaints


@pytest.fixture
def is_accessible(request: pytest.FixtureRequest) -> Callable[[Traveller], None]:
    """Judge the page somebody is on, as it stands: narrow and wide, light and dark.

    Only what no address shows: every page as it opens is looked at in `tests/review/test_looking.py`.

    In a short run it has two looks, which differ in both: always the same two at this place of this journey, the other
    two at the next. Whoever makes the journey with the keyboard or without the script sees the same page, and the
    judge is a script.
    """
    turns = count(crc32(request.node.nodeid.encode()))

    def judge(somebody: Traveller) -> None:
        page = somebody.page
        if not somebody.scripted or (somebody.keyboard and STRICT):
            return
        before = page.viewport_size
        for width, scheme in LOOKS if STRICT else PAIRS[next(turns) % 2]:
            page.set_viewport_size({"width": width, "height": 800})
            page.emulate_media(color_scheme=scheme)
            try:
                faults = axe_faults(page)
            except ToolUnavailable as error:
                unavailable(error)
            assert not faults, f"{page.url}, {width} px, {scheme}: {[str(fault) for fault in faults]}"
            overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert overflow <= 0, f"{page.url} is {overflow} px too wide at {width} px"
        page.set_viewport_size(before)

    return judge
