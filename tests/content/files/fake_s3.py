"""A small S3-compatible service on loopback: enough of the protocol for obstore, over real HTTP.

It refuses another key, and a body that is not what its signature says.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


class Service(ThreadingHTTPServer):
    """What the service holds, and whether it is away."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.objects: dict[str, bytes] = {}
        self.parts: dict[str, dict[int, bytes]] = {}
        self.asked: list[str] = []
        self.is_away = False

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Answer(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"
    server: Service

    def log_message(self, *_words: object) -> None:
        """Say nothing."""

    def _start(self) -> tuple[str, dict[str, list[str]], bytes]:
        parts = urlsplit(self.path)
        self.server.asked.append(self.command)
        return parts.path, parse_qs(parts.query, keep_blank_values=True), self._body()

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _is_refused(self, body: bytes) -> bool:
        if self.server.is_away:
            self._answer(503)
            return True
        is_key = "Credential=portal-key/" in self.headers.get("Authorization", "")
        if not is_key or self.headers.get("x-amz-content-sha256") != hashlib.sha256(body).hexdigest():
            self._answer(403)
            return True
        return False

    def _answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", headers.get("length", str(len(body))))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def do_PUT(self) -> None:
        path, query, body = self._start()
        if self._is_refused(body):
            return
        if "partNumber" in query:
            self.server.parts[query["uploadId"][0]][int(query["partNumber"][0])] = body
        else:
            self.server.objects[path] = body
        self._answer(200, ETag=f'"{hashlib.md5(body).hexdigest()}"')

    def do_POST(self) -> None:
        path, query, body = self._start()
        if self._is_refused(body):
            return
        if "uploads" in query:
            number = str(len(self.server.parts) + 1)
            self.server.parts[number] = {}
            text = f"<InitiateMultipartUploadResult><UploadId>{number}</UploadId></InitiateMultipartUploadResult>"
        else:
            pieces = self.server.parts.pop(query["uploadId"][0])
            self.server.objects[path] = b"".join(pieces[number] for number in sorted(pieces))
            text = '<CompleteMultipartUploadResult><ETag>"x"</ETag></CompleteMultipartUploadResult>'
        self._answer(200, text.encode())

    def do_GET(self) -> None:
        path, _query, body = self._start()
        if self._is_refused(body):
            return
        found = self.server.objects.get(path)
        if found is None:
            self._answer(404, b"<Error><Code>NoSuchKey</Code></Error>")
            return
        said = {"ETag": '"x"', "Last_Modified": formatdate(usegmt=True)}
        asked = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("Range", ""))
        if asked is None:
            self._answer(200, found, **said)
            return
        first, last = int(asked[1]), min(int(asked[2]), len(found) - 1)
        self._answer(206, found[first : last + 1], Content_Range=f"bytes {first}-{last}/{len(found)}", **said)

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_DELETE(self) -> None:
        path, _query, body = self._start()
        if self._is_refused(body):
            return
        self.server.objects.pop(path, None)
        self._answer(204)


@contextmanager
def service() -> Iterator[Service]:
    """Run one until the block ends."""
    made = Service()
    thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield made
    finally:
        made.shutdown()
        made.server_close()
        thread.join()
