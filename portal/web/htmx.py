"""htmx's headers, behind one question: does a person ask for a page, or htmx for a fragment of it.

htmx-flask reads the headers; its extension is not used, since it replaces the request class of the whole app.
"""

from __future__ import annotations

from flask import request
from htmx_flask.requests import HtmxHeaders


def htmx() -> bool:
    """Tell whether htmx asks for a fragment, and not for a whole page (a boosted link, a restored history)."""
    headers = HtmxHeaders(request.headers)
    return bool(headers) and not headers.boosted and not headers.history_restore_request
