"""What a file is, by its first and last bytes. Its name says nothing, and what a browser says of it neither (P11)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO

from portal.texts import CORE, texts

_ = texts(CORE)
HEAD_BYTES = 8192
TAIL_BYTES = 65_536
NAME_MAX = 200
UNKNOWN = "application/octet-stream"
PROGRAM = "application/x-executable"
PICTURE_TYPES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
ODF = "application/vnd.oasis.opendocument."
OOXML = "application/vnd.openxmlformats-officedocument."
OFFICE_PARTS = {
    b"word/document": f"{OOXML}wordprocessingml.document",
    b"xl/workbook": f"{OOXML}spreadsheetml.sheet",
    b"ppt/presentation": f"{OOXML}presentationml.presentation",
}


@dataclass(frozen=True, slots=True)
class Kind:
    """A family of files as people name it.

    :ivar accept: what a browser's file chooser offers
    """

    words: str
    types: tuple[str, ...]
    accept: str


KINDS: Mapping[str, Kind] = {
    "picture": Kind(_.later("picture"), tuple(sorted(PICTURE_TYPES)), ",".join(sorted(PICTURE_TYPES))),
    "pdf": Kind(_.later("PDF"), ("application/pdf",), "application/pdf"),
    "office": Kind(
        _.later("office document"),
        (f"{ODF}*", f"{OOXML}*", "application/x-ole-storage", "application/rtf"),
        ".odt,.ods,.odp,.odg,.docx,.xlsx,.pptx,.doc,.xls,.ppt,.rtf",
    ),
    "text": Kind(_.later("text"), ("text/plain", "text/calendar"), ".txt,.csv,.md,.ics,text/plain,text/csv"),
    "sound": Kind(_.later("sound"), ("audio/*",), "audio/*"),
    "video": Kind(_.later("video"), ("video/*",), "video/*"),
    "archive": Kind(_.later("archive"), ("application/zip",), ".zip"),
    "drawing": Kind(_.later("drawing"), ("image/svg+xml",), ".svg"),
}
# What leaves under its own type; anything else, such as markup that a browser would run, leaves as plain bytes.
HANDED_OUT = frozenset(pattern for name, kind in KINDS.items() if name != "drawing" for pattern in kind.types)

SIGNATURES: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (8, b"WAVE", "audio/wav"),
    (0, b"%PDF-", "application/pdf"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (0, b"{\\rtf", "application/rtf"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"\xff\xfb", "audio/mpeg"),
    (0, b"OggS", "audio/ogg"),
    (0, b"fLaC", "audio/flac"),
    (4, b"ftypM4A", "audio/mp4"),
    (4, b"ftyphei", "image/heic"),
    (4, b"ftypmif1", "image/heic"),
    (4, b"ftypavif", "image/avif"),
    (4, b"ftyp", "video/mp4"),
    (0, b"\x1a\x45\xdf\xa3", "video/webm"),
    (0, b"MZ", PROGRAM),
    (0, b"\x7fELF", PROGRAM),
    (0, b"#!", PROGRAM),
)
MARKUP = ((b"<svg", "image/svg+xml"), (b"<!doctype html", "text/html"), (b"<html", "text/html"), (b"<?xml", "text/xml"))
CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")


def type_of(content: IO[bytes]) -> str:
    """Give the content type that the bytes show; the file is left at its start."""
    content.seek(0)
    head = content.read(HEAD_BYTES)
    found = next((kind for at, sign, kind in SIGNATURES if head[at : at + len(sign)] == sign), None)
    if head.startswith(b"PK\x03\x04"):
        found = _of_zip(head, content)
    content.seek(0)
    return found or _of_text(head)


def _of_zip(head: bytes, content: IO[bytes]) -> str:
    """Tell office documents from archives by the names they hold, without opening anything."""
    declared = re.match(rb".{30}mimetype(application/vnd\.oasis\.opendocument\.[a-z-]+)", head, re.DOTALL)
    if declared:
        return declared.group(1).decode()
    content.seek(0, 2)
    content.seek(max(0, content.tell() - TAIL_BYTES))
    names = head + content.read(TAIL_BYTES)
    return next((kind for part, kind in OFFICE_PARTS.items() if part in names), "application/zip")


def _of_text(head: bytes) -> str:
    if not head or CONTROL.search(head):
        return UNKNOWN
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"<svg" in start and start.startswith((b"<?xml", b"<!", b"<svg")):
        return "image/svg+xml"
    found = next((kind for sign, kind in MARKUP if start.startswith(sign)), None)
    if found is None and b"<script" in start:
        return "text/html"
    return found or ("text/calendar" if start.startswith(b"begin:vcalendar") else "text/plain")


def is_among(content_type: str, patterns: tuple[str, ...] | frozenset[str]) -> bool:
    """Tell whether a content type is one of these, or of a family of them (`audio/*`)."""
    return any(
        content_type.startswith(pattern.removesuffix("*")) if pattern.endswith("*") else content_type == pattern
        for pattern in patterns
    )


def kind_of(content_type: str) -> str:
    """Name the kind of a file in words."""
    found = next((kind.words for kind in KINDS.values() if is_among(content_type, kind.types)), None)
    return str(found or _("file"))


def clean_name(name: str | None) -> str:
    """Make a name that is shown and handed out: no folder, no control or direction sign, 200 characters at most.

    It never becomes a path of ours.
    """
    last = re.split(r"[/\\]", name or "")[-1]
    kept = "".join(sign for sign in unicodedata.normalize("NFC", last) if _is_shown(sign))
    kept = " ".join(kept.split()).lstrip(".")
    stem, dot, ending = kept.rpartition(".")
    if dot and len(ending) <= 10:
        return f"{stem[: NAME_MAX - len(ending) - 1]}.{ending}"
    return kept[:NAME_MAX]


def _is_shown(sign: str) -> bool:
    return unicodedata.category(sign) not in {"Cc", "Cf", "Cs", "Co", "Cn"}
