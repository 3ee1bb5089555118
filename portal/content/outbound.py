"""The one way out: what the server asks of another host goes where the manifest says, and nowhere else (P9).

A name is resolved once, every address it has must be public, and the connection goes to that very address under that
name. All of it, names and slow drips included, takes five seconds at most; never while the write lock is held.
"""

from __future__ import annotations

import http.client
import re
import socket
import ssl
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic
from urllib.parse import SplitResult, urljoin, urlsplit

from flask import current_app

from portal.content.settings import setting
from portal.db import db, is_writing
from portal.errors import Unavailable
from portal.loader.discovery import scan
from portal.texts import CORE, texts

_ = texts(CORE)
SECONDS = 5.0
MOST_BYTES = 1024 * 1024
PIECE_BYTES = 64 * 1024
MOST_HOPS = 4
WRITTEN = re.compile(r"[!-Z^-~]{1,4000}")  # ASCII without blank, backslash, bracket: read alike by all
MOVED = frozenset({301, 302, 303, 307, 308})
# Of IPv6 only the part that is given out; NAT64, mapped IPv4, site-local, multicast and the rest stand outside it.
GIVEN_OUT = ip_network("2000::/3")
# In what is given out: protocols, relays of 6to4, Teredo, what is for examples, 6to4 itself.
NOT_GIVEN = ("192.0.0.0/24", "192.88.99.0/24", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
NOT_GIVEN_OUT = tuple(map(ip_network, NOT_GIVEN))


@dataclass(frozen=True, slots=True)
class Fetched:
    """What another host answered.

    :ivar status: HTTP status; never a redirect
    :ivar content_type: as it says, in small letters, without parameters
    """

    status: int
    content_type: str
    content: bytes


def is_public(address: str) -> bool:
    """Tell whether an address is one of the internet at large."""
    found = ip_address(address)
    if any(found in part for part in NOT_GIVEN_OUT):
        return False
    return found in GIVEN_OUT or (found.version == 4 and found.is_global and not found.is_multicast)


def _addresses(host: str) -> list[str]:
    return [str(found[4][0]) for found in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)]


@dataclass(frozen=True, slots=True)
class Road:
    """How names become connections. Only a test opens another one, by hand: no setting and no environment does."""

    resolve: Callable[[str], list[str]] = _addresses
    is_open: Callable[[str], bool] = is_public
    port: int = 443
    trust: Callable[[], ssl.SSLContext] = ssl.create_default_context
    seconds: float = SECONDS


def hosts_of(plugin: str, what: str = "hosts") -> frozenset[str]:
    """Give the hosts a plugin may call (*hosts*) or show in a frame (*frames*): its manifest's, and the collectivity's.

    `setting` of `[plugin.network]` names the setting in which the collectivity writes hosts, one a line: they are both.
    """
    network = scan().manifests[plugin].network
    own = str(setting(plugin, network["setting"]) or "").split() if "setting" in network else []
    return frozenset(host.lower() for host in [*network.get(what, []), *own])


def is_offline() -> bool:
    """Tell whether the operator lets this portal ask nothing of the outside."""
    return bool(current_app.config["OFFLINE"])


def fetch(plugin: str, url: str) -> Fetched:
    """Ask an address of another host, GET, without cookie nor name of ours; give what it answers, whatever the status.

    :raises Unavailable: offline, not a host of this plugin, a private address, slow, too large, gone or not to be read
    :raises RuntimeError: asked under the write lock, which would hold everybody up
    """
    if is_writing(db.session()):
        raise RuntimeError("ask the outside before the write lock is taken: in `prepare`, or in a job of its own")
    if is_offline():
        raise Unavailable(_("This portal asks nothing of the outside."))
    return fetch_by(current_app.config["ROAD"], url, allowed=hosts_of(plugin))


def fetch_by(road: Road, url: str, *, allowed: frozenset[str]) -> Fetched:
    """Ask an address of one of these hosts, and each it leads to if that is one of theirs too.

    :raises Unavailable: nothing good came in time
    """
    ends_at = monotonic() + road.seconds
    for _hop in range(MOST_HOPS):
        asked = _asked(road, _judged(url, allowed), ends_at)
        if isinstance(asked, Fetched):
            return asked
        url = urljoin(url, asked)
    raise Unavailable(_("This address leads on without end."))


def _judged(url: str, allowed: frozenset[str]) -> SplitResult:
    """Read an address of a host that may be called.

    :raises Unavailable: it is not one
    """
    parts = urlsplit(url) if WRITTEN.fullmatch(url) else SplitResult("", "", "", "", "")
    own = parts.scheme == "https" and parts.netloc == (parts.hostname or "") and parts.hostname in allowed
    if not own:
        raise Unavailable(_("This address is not one that the portal may ask."))
    return parts


def _asked(road: Road, parts: SplitResult, ends_at: float) -> Fetched | str:
    """Ask one host on a thread of its own, given up when the time is over; give the address it leads to, if any.

    :raises Unavailable: nothing good came in time
    """
    connection = _Connection(road, parts.netloc)
    box: SimpleQueue[Fetched | str | Exception] = SimpleQueue()

    def ask() -> None:
        try:
            box.put(connection.answer(parts, ends_at))
        except (OSError, ValueError, http.client.HTTPException) as error:
            box.put(error)

    Thread(target=ask, name="outbound", daemon=True).start()
    try:
        answered = box.get(timeout=max(0.0, ends_at - monotonic()))
    except Empty:
        connection.cut()
        answered = TimeoutError()
    if isinstance(answered, TimeoutError):
        raise Unavailable(_("%(host)s did not answer in time.", host=parts.netloc)) from None
    if isinstance(answered, Exception):
        raise Unavailable(_("%(host)s did not answer as it should.", host=parts.netloc)) from answered
    return answered


class _Connection(http.client.HTTPSConnection):
    """A connection to an address that was judged, under the name it was judged for."""

    def __init__(self, road: Road, host: str) -> None:
        super().__init__(host, road.port, timeout=road.seconds)
        self.road = road
        self.own: socket.socket | None = None  # kept: `sock` is let go as soon as an answer says that it closes

    def answer(self, parts: SplitResult, ends_at: float) -> Fetched | str:
        """Ask, and read no more than one is ready to keep.

        :raises OSError, ValueError, HTTPException: what came is not good
        """
        with closing(self):
            self.timeout = max(0.1, ends_at - monotonic())
            path = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
            self.request("GET", path, headers={"Accept": "*/*", "User-Agent": "capot-ouvert"})
            with self.getresponse() as response:
                to = response.headers["Location"]
                if response.status not in MOVED or to is None:
                    return _read(response, ends_at)
                if not WRITTEN.fullmatch(to):
                    raise ValueError("leads nowhere")
                return str(to)

    def connect(self) -> None:
        """Go to an address of this name, once all of them are known to be public.

        :raises OSError: one of them is not, or none answers
        """
        found = self.road.resolve(self.host)
        if not found or not all(map(self.road.is_open, found)):
            raise OSError("no public address")
        trust = self.road.trust()
        first = self._first(found)
        greeted = trust.wrap_socket(first, server_hostname=self.host, do_handshake_on_connect=False)
        self.sock = self.own = greeted
        greeted.do_handshake()

    def _first(self, addresses: list[str]) -> socket.socket:
        for address in addresses[:-1]:
            try:
                return socket.create_connection((address, self.port), self.timeout)
            except OSError:  # a machine without a road to IPv6 says so at once
                continue
        return socket.create_connection((addresses[-1], self.port), self.timeout)

    def cut(self) -> None:
        """End what a thread still waits for; it closes by itself."""
        if self.own is not None:
            try:
                socket.socket.shutdown(self.own, socket.SHUT_RDWR)
            except OSError:  # it ended at this very instant
                return


def _read(response: http.client.HTTPResponse, ends_at: float) -> Fetched:
    """Read an answer, by the pieces that come.

    :raises TimeoutError: the time is over
    :raises ValueError: too large, cut short, or packed though we asked for it plain: a small one may unpack to anything
    """
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise ValueError("packed")
    content = bytearray()
    while len(content) <= MOST_BYTES and (piece := response.read1(PIECE_BYTES)):
        content += piece
        if monotonic() > ends_at:
            raise TimeoutError
    if len(content) > MOST_BYTES or response.length:
        raise ValueError("too large, or cut short")
    return Fetched(response.status, response.headers.get_content_type().lower(), bytes(content))
