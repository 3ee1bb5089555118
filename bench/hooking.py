"""What the guard adds to each implementation of a hook, and the dispatcher to each request."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median
from typing import Any

from bench.instances import Wanted, answer, environ_for
from portal.api import HomeItem, Viewer, hookimpl
from portal.db import read_revision
from portal.hosting.dispatcher import Dispatcher
from portal.hosting.factory import create_app
from portal.loader.breaking import Cuts
from portal.loader.hooks import Hooks
from portal.values import ANONYMOUS

LOOPS = 400
SERIES = 5
MANY = 20


class Quiet:
    """A plugin that has nothing to say."""

    @hookimpl
    def portal_home_items(self, viewer: Viewer) -> list[HomeItem]:
        """Give nothing."""
        return []


def microseconds(act: Callable[[], Any], *, loops: int = LOOPS) -> float:
    """Time an act: the median of several series."""
    series = []
    for _series in range(SERIES):
        started = time.perf_counter()
        for _loop in range(loops):
            act()
        series.append((time.perf_counter() - started) * 1e6 / loops)
    return median(series)


def _hooks(plugins: int) -> Hooks:
    hooks = Hooks()
    for number in range(plugins):
        hooks.register(f"quiet{number}", Quiet())
    return hooks


def guard(dispatcher: Dispatcher, wanted: Wanted) -> dict[int, dict[str, float]]:
    """Time a call to 1 and to 20 implementations that do nothing: by pluggy alone, and guarded in a request."""
    app, found = create_app(dispatcher.sites[wanted.host]), {}
    for plugins in (1, MANY):
        hooks = _hooks(plugins)
        bare = hooks._manager.hook.portal_home_items
        unsaved = microseconds(lambda hooks=hooks: hooks.call("portal_home_items", viewer=ANONYMOUS))
        hooks.open(app.config["METER"], Cuts())
        with app.app_context():
            guarded = microseconds(lambda hooks=hooks: hooks.call("portal_home_items", viewer=ANONYMOUS))
        alone = microseconds(lambda bare=bare: bare(viewer=ANONYMOUS))
        found[plugins] = {"pluggy": alone, "guarded": guarded, "outside": unsaved}
    return found


def dispatching(dispatcher: Dispatcher, wanted: Wanted) -> dict[str, float]:
    """Time the reading of the revision, the choice of the app, and the smallest answer with and without dispatcher."""
    site = dispatcher.sites[wanted.host]
    live = dispatcher.acquire(site)
    dispatcher.release(live)

    def health(application: Any) -> None:
        answer(application, environ_for("/healthz", host=wanted.host))

    found = {
        "revision": microseconds(lambda: read_revision(site.engine)),
        "acquire": microseconds(lambda: dispatcher.release(dispatcher.acquire(site))),
        "with": microseconds(lambda: health(dispatcher)),
        "without": microseconds(lambda: health(live.app.wsgi_app)),
    }
    return found
