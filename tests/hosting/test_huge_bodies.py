"""A body far too large, sent to the real server: one sentence, after a few megabytes, and nothing is left of it."""

from __future__ import annotations

import http.client
import select
import socket
from pathlib import Path

import pytest

from tests.hosting.servers import PATIENCE_SECONDS, served

GIGABYTE = 1_000_000_000
TAKEN_AT_MOST = 8_000_000  # what the route takes, and what the two ends of the connection hold on their way
GROWN_AT_MOST_KB = 30_000
BLOCK = b"x" * 65_536
HEAD = (
    "POST /sign-in HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: same-origin\r\n"
    "Content-Type: multipart/form-data; boundary=x\r\n{}\r\n\r\n"
)
SENDINGS = {
    "declared": (f"Content-Length: {GIGABYTE}", BLOCK),
    "chunked": ("Transfer-Encoding: chunked", b"10000\r\n" + BLOCK + b"\r\n"),
}


def pour(door, block):
    """Send until there is an answer, a gigabyte at most; count what the server took."""
    taken = 0
    while taken < GIGABYTE:
        answered, free, _broken = select.select([door], [door], [], PATIENCE_SECONDS)
        if answered or not free:
            break
        taken += door.send(block[taken % len(block) :])
    return taken


def most_memory_kb(pid):
    """Give the most memory that a server, and each process it started, ever took."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="utf-8").split()
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    found = {pid: int(status.partition("VmHWM:")[2].split()[0])}
    for child in children:
        found |= most_memory_kb(int(child))
    return found


def files_in(places):
    """List what stands there, but the note of what each process runs, which comes when it will."""
    return {path for place in places for path in place.rglob("*") if "running" not in path.parts}


@pytest.mark.parametrize("sending", SENDINGS)
def test_a_body_of_a_gigabyte_is_refused_in_a_sentence_and_leaves_nothing(sending, tmp_path):
    header, block = SENDINGS[sending]
    places = (tmp_path / "temporary", tmp_path / "instance")
    places[0].mkdir()
    with served(places[1], environment={"TMPDIR": str(places[0])}) as server:
        assert server.ask("/sign-in")[0] == 200
        before = most_memory_kb(server.process.pid)
        files = files_in(places)
        with socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE_SECONDS) as door:
            door.sendall(HEAD.format(header).encode())
            taken = pour(door, block)
            answer = http.client.HTTPResponse(door)
            answer.begin()
            text = answer.read().decode()
        assert answer.status == 413
        assert "Cette page accepte 1\u00a0Mo au plus." in text
        assert taken < TAKEN_AT_MOST
        after = most_memory_kb(server.process.pid)
        assert [pid for pid in before if after[pid] - before[pid] > GROWN_AT_MOST_KB] == []
        assert files_in(places) == files
        assert server.ask("/sign-in")[0] == 200
