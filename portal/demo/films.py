"""A film for the demonstration: sentences on plain pages, written as WebM without any tool of video.

A still picture of WebP is a key frame of VP8 (RFC 9649 §2.5); a film of still pages is such frames in a container of
Matroska (RFC 9559). Nobody is seen or heard in it. Not for anything but a demonstration.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Sequence
from textwrap import fill

from PIL import Image, ImageDraw, ImageFont

SIZE = (640, 360)
INK, PAPER = "#fbf9f4", "#0b3d5c"
LETTERS_PIXELS, LINE_SIGNS = 34, 30
FRAME_AT = 20  # in a file of WebP: after the names and sizes of its two headers
FRAME_MS, CLOCK_NS = 1000, 1_000_000
KEY_FRAME = b"\x80"


def make_film(pages: Sequence[str], *, seconds: int) -> bytes:
    """Write a film that shows each page for as many seconds."""
    frames = [frame for page in pages for frame in [_frame(page)] * (seconds * 1000 // FRAME_MS)]
    clusters = [_cluster(frame, place * FRAME_MS) for place, frame in enumerate(frames)]
    head = _info(len(frames) * FRAME_MS) + _tracks()
    cues = _cues(clusters, begin=len(head) + len(_cues(clusters, begin=0)))
    return _ebml() + _element("18538067", head + cues + b"".join(clusters))


def _frame(page: str) -> bytes:
    drawn = Image.new("RGB", SIZE, PAPER)
    centre = (SIZE[0] / 2, SIZE[1] / 2)
    font = ImageFont.load_default(LETTERS_PIXELS)
    ImageDraw.Draw(drawn).multiline_text(
        centre, fill(page, LINE_SIGNS), fill=INK, font=font, anchor="mm", align="center", spacing=14
    )
    out = io.BytesIO()
    drawn.save(out, "WEBP", quality=40, method=6)
    return out.getvalue()[FRAME_AT:]


def _element(name: str, content: bytes) -> bytes:
    """Write an element: its name, the length of its content in eight bytes, its content."""
    return bytes.fromhex(name) + struct.pack(">Q", 1 << 56 | len(content)) + content


def _number(name: str, value: int) -> bytes:
    return _element(name, struct.pack(">Q", value))


def _ebml() -> bytes:
    kind = _element("4282", b"webm") + _number("4287", 2) + _number("4285", 2)
    return _element(
        "1a45dfa3", _number("4286", 1) + _number("42f7", 1) + _number("42f2", 4) + _number("42f3", 8) + kind
    )


def _info(length_ms: int) -> bytes:
    made_by = _element("4d80", b"portal") + _element("5741", b"portal")
    return _element("1549a966", _number("2ad7b1", CLOCK_NS) + made_by + _element("4489", struct.pack(">d", length_ms)))


def _tracks() -> bytes:
    picture = _element("e0", _number("b0", SIZE[0]) + _number("ba", SIZE[1]))
    track = _number("d7", 1) + _number("73c5", 1) + _number("9c", 0) + _number("83", 1)
    return _element("1654ae6b", _element("ae", track + _element("86", b"V_VP8") + picture))


def _cluster(frame: bytes, at_ms: int) -> bytes:
    return _element("1f43b675", _number("e7", at_ms) + _element("a3", b"\x81\x00\x00" + KEY_FRAME + frame))


def _cues(clusters: Sequence[bytes], *, begin: int) -> bytes:
    """Say where each second stands, so that a player may jump to it."""
    points, place = [], begin
    for second, cluster in enumerate(clusters):
        there = _element("b7", _number("f7", 1) + _number("f1", place))
        points.append(_element("bb", _number("b3", second * FRAME_MS) + there))
        place += len(cluster)
    return _element("1c53bb6b", b"".join(points))
