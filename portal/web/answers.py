"""Answers of a view: a page, a fragment of it for htmx, a redirect, a message, a QR code."""

from __future__ import annotations

import io
from typing import Any

import segno
from flask import Response, flash, make_response, redirect, render_template, request, url_for

from portal.web.forms import Form
from portal.web.htmx import htmx


def page(template: str, *, status: int = 200, **context: Any) -> Response:
    """Answer a page."""
    return make_response(render_template(template, **context), status)


def form_page(template: str, form: Form, **context: Any) -> Response:
    """Answer the page of a form: 422 when it was sent and refused, with every character kept."""
    status = 422 if request.method == "POST" else 200
    return page(template, status=status, form=form, **context)


def page_or_fragment(template: str, fragment: str, **context: Any) -> Response:
    """Answer a person with the page and htmx with its fragment; caches keep the two apart."""
    return page(fragment if htmx() else template, **context)


def see(endpoint: str, **values: Any) -> Response:
    """Send the person on to another page of the portal, after an act (303)."""
    return redirect(url_for(endpoint, **values), code=303)  # type: ignore[return-value]


def message(text: str, kind: str = "good") -> None:
    """Say one sentence on the next page: *good*, *wait* or *late*."""
    flash(text, kind)


def absolute_url(endpoint: str, **values: Any) -> str:
    """Give the whole address of a page, for paper and QR codes."""
    return url_for(endpoint, _external=True, **values)


def qr_uri(url: str) -> str:
    """Give a QR code as the `src` of a picture, for what must be in no address: a slip, a secret."""
    uri: str = segno.make(url, error="m").svg_data_uri(scale=8, border=4, dark="#000", light="#fff")
    return uri


def qr_svg(url: str) -> Response:
    """Answer a QR code as a picture; dark on light whatever the theme, since cameras need it."""
    out = io.BytesIO()
    segno.make(url, error="m").save(
        out, kind="svg", scale=8, border=4, dark="#000", light="#fff", svgclass=None, lineclass=None
    )
    return Response(out.getvalue(), content_type="image/svg+xml")
