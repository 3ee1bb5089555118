"""Host → collectivity → the app of its present revision. The WSGI entry of a worker.

Before each request the revision is read; an app that is behind is rebuilt and swapped while requests under way finish
in the old one. After the answer to a switch, no worker gives a stale page (decision 0001).
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from threading import Lock, RLock
from typing import Any

import sqlalchemy.exc
from werkzeug.exceptions import BadRequest, HTTPException, NotFound, ServiceUnavailable
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response
from werkzeug.wsgi import ClosingIterator, get_host

from portal.db import read_revision
from portal.errors import Outdated, PortalError, Unavailable
from portal.hosting.app import PortalFlask
from portal.hosting.config import Instance
from portal.hosting.factory import create_app
from portal.hosting.logs import collectivity, logged, note
from portal.hosting.requests import BODY, SAFE, RevisionMoved
from portal.hosting.site import Site

log = logging.getLogger(__name__)
Environ = dict[str, Any]
StartResponse = Callable[..., Any]
MAX_RESTARTS = 5
HEALTH = "/healthz"
SENTENCE = (
    "Le portail ne répond pas pour l’instant : une mise à jour est en cours, ou sa base de données est arrêtée. "
    "Revenez dans une minute"
)
LOST_OR_NOT = {True: " : rien n’est perdu.", False: ". Ce qui vient d’être envoyé n’est pas gardé."}
NEWER = (
    "Les données de ce portail viennent d’une version plus récente que celle qui répond ici : rien n’est perdu, ses "
    "administrateurs doivent installer cette version."
)


@dataclass(slots=True)
class Live:
    """The app of a collectivity at one revision, and how many requests are in it."""

    app: PortalFlask
    revision: int
    inflight: int = 0
    is_evicted: bool = False


class Dispatcher:
    """All the collectivities of an instance, behind one WSGI callable."""

    def __init__(self, instance: Instance) -> None:
        self.sites = {host: Site(instance, item) for item in instance.collectivities for host in item.hosts}
        by_slug = {site.slug: site for site in self.sites.values()}
        self.sites = {host: by_slug[site.slug] for host, site in self.sites.items()}
        self.keep = instance.server.keep_apps
        self.live: OrderedDict[str, Live] = OrderedDict()
        self._lock = RLock()
        self._building = {slug: Lock() for slug in by_slug}
        proxies = instance.server.proxies
        self._wsgi = ProxyFix(self._dispatch, proxies, proxies, proxies, 0, 0) if proxies else self._dispatch

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        return logged(self._wsgi, environ, start_response)

    def _dispatch(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        site = self._site(environ)
        if site is None:
            return _nobody(environ)(environ, start_response)
        note(environ, collectivity=site.slug)
        collectivity.set(site.slug)
        is_safe = environ["REQUEST_METHOD"] in SAFE
        sentence = SENTENCE + LOST_OR_NOT[is_safe]
        for _attempt in range(MAX_RESTARTS):
            try:
                live = self.acquire(site, is_safe=is_safe)
            except (PortalError, sqlalchemy.exc.SQLAlchemyError, OSError) as error:
                log.error("collectivity away", extra={"collectivity": site.slug}, exc_info=error)
                text = NEWER if isinstance(error, Outdated) else sentence
                return _plain(ServiceUnavailable(retry_after=60), text + "\n")(environ, start_response)
            try:
                answer = live.app.wsgi_app(environ, start_response)
            except RevisionMoved:
                self.release(live)
            except BaseException:
                self.release(live)
                raise
            else:
                return ClosingIterator(answer, lambda live=live: self.release(live))  # type: ignore[misc]
        environ[BODY].close()
        return _plain(ServiceUnavailable(retry_after=5), sentence + "\n")(environ, start_response)

    def _site(self, environ: Environ) -> Site | None:
        try:
            host = get_host(environ).lower()
        except BadRequest:
            return None
        return self.sites.get(host) or self.sites.get(host.rpartition(":")[0] or host)

    def acquire(self, site: Site, *, is_safe: bool = True) -> Live:
        """Give the app of the present revision, counted as in use.

        :param is_safe: else, where the database is away, it is the last app: it finds that too, and gives back what was
            typed; before it writes it looks at the revision again
        :raises PortalError: the database is away, or being upgraded
        """
        while True:
            with self._lock:
                live = self.live.get(site.slug)
                if live is not None:
                    live.inflight += 1
                    self.live.move_to_end(site.slug)
            if live is not None:
                try:
                    site.check_there()
                    fresh = read_revision(site.engine) == live.revision
                except Unavailable:
                    if not is_safe:
                        return live
                    self.release(live)
                    raise
                except BaseException:
                    self.release(live)
                    raise
                if fresh:
                    return live
                self.release(live)
            self._rebuild(site, live)

    def _rebuild(self, site: Site, seen: Live | None) -> None:
        with self._building[site.slug]:
            if self.live.get(site.slug) is not seen:
                return  # somebody built it while we waited
            app = create_app(site)
            with self._lock:
                self.live[site.slug] = Live(app, app.config["REVISION"])
                self.live.move_to_end(site.slug)
                self._evict()

    def _evict(self) -> None:
        """Let go of the least recently used collectivities, and close the pools of those at rest."""
        while len(self.live) > self.keep:
            slug, live = next(iter(self.live.items()))
            del self.live[slug]
            live.is_evicted = True
            if live.inflight == 0:
                live.app.config["ENGINE"].dispose()

    def release(self, live: Live) -> None:
        """Note that one request has left an app."""
        with self._lock:
            live.inflight -= 1
            if live.is_evicted and live.inflight == 0:
                live.app.config["ENGINE"].dispose()


def _nobody(environ: Environ) -> Response | HTTPException:
    """Answer for a host that is nobody's: a load balancer may ask whether the process lives, and nothing else."""
    if environ.get("PATH_INFO") == HEALTH:
        note(environ, rule=HEALTH)
        return Response('{"process": "ok"}\n', content_type="application/json", headers={"Cache-Control": "no-store"})
    return _plain(NotFound(), "Rien ici.\n")


def _plain(error: HTTPException, text: str) -> HTTPException:
    answer = error.get_response()
    answer.set_data(text)
    answer.content_type = "text/plain; charset=utf-8"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer  # type: ignore[return-value]
