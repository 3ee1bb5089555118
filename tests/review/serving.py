"""The app of the review on a socket of this machine, for real browsers."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        """Say nothing: what a browser asks for is among its sights."""


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """Serve an app until the block ends; give its address."""
    server = make_server("127.0.0.1", 0, compressed(app), threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def compressed(app: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    """Stand for the server in front, which compresses pages: the portal itself compresses its sheet and scripts."""

    def front(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        said: list[Any] = []
        answer = app(environ, lambda status, headers, *_rest: said.extend([status, headers]))
        body = b"".join(answer)
        getattr(answer, "close", lambda: None)()
        status, headers = said
        names = {name.lower(): value for name, value in headers}
        is_whole = not status.startswith("206")  # a part of a film is passed on as it is
        if is_whole and names.get("content-type", "").startswith("text/") and "content-encoding" not in names and body:
            body = gzip.compress(body, 6, mtime=0)
            headers = [pair for pair in headers if pair[0].lower() != "content-length"]
            headers += [("Content-Encoding", "gzip"), ("Content-Length", str(len(body)))]
        start_response(status, headers)
        return [body]

    return front
