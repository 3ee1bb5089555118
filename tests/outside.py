"""The outside, on this machine: a TLS server of our own under any name, and the road that leads to it.

The far side is real: certificates, SNI, headers, bytes that come late. What it answers is written per path.
"""

from __future__ import annotations

import socket
import ssl
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Event, Thread

from portal.content.outbound import Road

NAMES = (
    "tube.example",
    "pod.example",
    "other.example",
    "www.youtube.com",
    "i.ytimg.com",
    "vimeo.com",
    "i.vimeocdn.com",
)
PATIENCE_SECONDS = 10
Answer = Callable[[socket.socket, "Event"], None]


def answer(content: bytes, kind: str = "application/json", *, status: str = "200 OK", headers: str = "") -> bytes:
    """Write a whole answer."""
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(content)}\r\n{headers}\r\n"
    return head.encode() + content


def moved(to: str) -> bytes:
    """Write a redirect."""
    return answer(b"", status="302 Found", headers=f"Location: {to}\r\n")


@dataclass
class Outside:
    """A server that says what it is told to, per path, to whoever asks any of its names.

    :ivar says: path → the bytes of an answer, or what to do with the connection
    :ivar asked: lines that came, « name path », with the name of the TLS greeting
    :ivar sent: bytes that `flood` could send before it was cut
    """

    road: Road
    says: dict[str, bytes | Answer] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)
    sent: int = 0
    ended: Event = field(default_factory=Event)

    def flood(self, there: socket.socket, _over: Event) -> None:
        """Say that ten gigabytes come, and send them."""
        there.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n")
        while True:
            self.sent += there.send(b"x" * 100_000)

    def drip(self, start: bytes) -> Answer:
        """Send this, then a byte at a time, for ever."""

        def dripping(there: socket.socket, over: Event) -> None:
            there.sendall(start)
            while not over.wait(0.05):
                there.sendall(b"x")

        return dripping

    def hurried(self, seconds: float) -> Road:
        """Give the road to it for somebody who waits less."""
        return replace(self.road, seconds=seconds)


def certificate_in(folder: Path) -> tuple[Path, Path]:
    """Make a private authority's certificate for our names."""
    names = ",".join(f"DNS:{name}" for name in NAMES)
    wanted = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
    wanted += ["-subj", "/CN=outside", "-addext", f"subjectAltName={names}", "-keyout", "key.pem", "-out", "cert.pem"]
    subprocess.run(wanted, cwd=folder, check=True, capture_output=True)
    return folder / "cert.pem", folder / "key.pem"


@contextmanager
def standing(certificate: tuple[Path, Path]) -> Iterator[Outside]:
    """Let it stand for a while."""
    over, names = Event(), []
    trust = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trust.load_cert_chain(*certificate)
    trust.sni_callback = lambda _there, name, _context: names.append(name)
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
        mine = lambda: ssl.create_default_context(cafile=str(certificate[0]))  # noqa: E731
        outside = Outside(Road(lambda _host: ["127.0.0.1"], lambda _address: True, port=port, trust=mine))
        keeper = Thread(target=_keep, args=(door, trust, outside, names, over))
        keeper.start()
        yield outside
        over.set()
        with suppress(OSError):
            door.shutdown(socket.SHUT_RDWR)
        keeper.join(PATIENCE_SECONDS)


def _keep(door: socket.socket, trust: ssl.SSLContext, outside: Outside, names: list[str], over: Event) -> None:
    while not over.is_set():
        try:
            raw, _address = door.accept()
        except OSError:
            return
        with raw, suppress(OSError):
            raw.settimeout(PATIENCE_SECONDS)
            with trust.wrap_socket(raw, server_side=True) as there:
                _serve(there, outside, names, over)
        outside.ended.set()


def _serve(there: socket.socket, outside: Outside, names: list[str], over: Event) -> None:
    head = b""
    while b"\r\n\r\n" not in head:
        piece = there.recv(4096)
        if not piece:
            return
        head += piece
    path = head.split()[1].decode()
    outside.asked.append(f"{names[-1]} {path}")
    outside.heads.append(head.decode())
    said = outside.says.get(path, outside.says.get("*", answer(b"", status="404 Not Found")))
    if isinstance(said, bytes):
        there.sendall(said)
    else:
        said(there, over)
