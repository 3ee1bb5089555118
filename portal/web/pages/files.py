"""One address for every file: its owner decides who reads, its kind decides whether it is shown or only handed out."""

from __future__ import annotations

import unicodedata
from urllib.parse import quote

from flask import Response, request
from werkzeug.http import quote_etag

from portal.content.files.keeping import card_of, file_row
from portal.content.files.kinds import HANDED_OUT, UNKNOWN, is_among
from portal.content.files.models import File
from portal.content.files.storing import read_content
from portal.errors import NotFound
from portal.texts import CORE, texts
from portal.values import Subject, Viewer
from portal.web.pages.blueprint import blueprint
from portal.web.policy import public
from portal.web.subjects import resolve

_ = texts(CORE)
PLAYED = ("audio/*", "video/*")
NO_PART = (0, 0)
SANDBOX = "default-src 'none'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'; form-action 'none'; sandbox"


def one_file(viewer: Viewer, file_id: int) -> File:
    """Give a file whose owner the viewer may read.

    :raises NotFound: absent, private, or of a plugin that is off: all read the same
    """
    row = file_row(file_id)
    if resolve(Subject(row.owner_kind, row.owner_id)) is None:
        raise NotFound(_("This file is no longer here."))
    return row


@blueprint.get("/files/<int:file_id>")
@public(file=one_file)
def file(file: File) -> Response:
    """Show a picture that was drawn again, play sound and video; hand anything else out, inert."""
    card = card_of(file)
    answer = handed_out(file.sha256, content_type=file.content_type, size=file.size)
    if not card.is_picture and not is_among(file.content_type, PLAYED):
        answer.headers["Content-Disposition"] = disposition(card.name)
    answer.headers["Cache-Control"] = "private, no-cache"  # asked again each time: rights may have gone
    return answer


def handed_out(sha256: str, *, content_type: str, size: int) -> Response:
    """Answer a content, or a part of it, unless the browser has it. No script runs in it, wherever it is opened."""
    part = _part(sha256, size)
    if request.if_none_match.contains(sha256):
        answer = Response(status=304)
    elif part == NO_PART:
        answer = Response(status=416, headers={"Content-Range": f"bytes */{size}"})
    else:
        body = read_content(sha256, part) if request.method != "HEAD" else ()
        answer = Response(body, content_type=content_type if is_among(content_type, HANDED_OUT) else UNKNOWN)
        answer.content_length = size
        if part is not None:
            answer.status_code, answer.content_length = 206, part[1] - part[0]
            answer.headers["Content-Range"] = f"bytes {part[0]}-{part[1] - 1}/{size}"
    answer.accept_ranges = "bytes"
    answer.set_etag(sha256)
    answer.headers["Content-Security-Policy"] = SANDBOX
    return answer


def _part(sha256: str, size: int) -> tuple[int, int] | None:
    """Give the one part that is asked for, `NO_PART` if there is none such; None where all of it is the answer.

    Rule: RFC 9110 §14.2: several parts may be answered with all; §13.1.5: so is a part of what has changed since, and
    of what a weak tag names; §14.1.2: of a suffix longer than it, all is the part.
    """
    asked, known = request.range, request.headers.get("If-Range")
    if request.method != "GET" or asked is None or asked.units != "bytes" or len(asked.ranges) != 1:
        return None
    if known is not None and known != quote_etag(sha256):
        return None
    if asked.ranges[0][0] < -size:  # the last bytes, more of them than there are
        return (0, size) if size else NO_PART
    return asked.range_for_length(size) or NO_PART


def disposition(name: str) -> str:
    """Write a name for a file to be saved under, accents included (RFC 6266)."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    safe = "".join(sign if sign.isalnum() or sign in " ._-()" else "_" for sign in plain).strip() or "file"
    return f"attachment; filename=\"{safe}\"; filename*=UTF-8''{quote(name, safe='')}"
