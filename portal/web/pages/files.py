"""One address for every file: its owner decides who reads, its kind decides whether it is shown or only handed out."""

from __future__ import annotations

import unicodedata
from urllib.parse import quote

from flask import Response, request

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
    """Show a picture that was drawn again; hand anything else out, inert."""
    card = card_of(file)
    answer = handed_out(file.sha256, content_type=file.content_type, size=file.size)
    if not card.is_picture:
        answer.headers["Content-Disposition"] = disposition(card.name)
    answer.headers["Cache-Control"] = "private, no-cache"  # asked again each time: rights may have gone
    return answer


def handed_out(sha256: str, *, content_type: str, size: int) -> Response:
    """Answer a content, unless the browser has it already. No script runs in it, wherever it is opened."""
    if request.if_none_match.contains(sha256):
        answer = Response(status=304)
    else:
        body = read_content(sha256) if request.method != "HEAD" else ()
        answer = Response(body, content_type=content_type if is_among(content_type, HANDED_OUT) else UNKNOWN)
        answer.content_length = size
    answer.set_etag(sha256)
    answer.headers["Content-Security-Policy"] = SANDBOX
    return answer


def disposition(name: str) -> str:
    """Write a name for a file to be saved under, accents included (RFC 6266)."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    safe = "".join(sign if sign.isalnum() or sign in " ._-()" else "_" for sign in plain).strip() or "file"
    return f"attachment; filename=\"{safe}\"; filename*=UTF-8''{quote(name, safe='')}"
