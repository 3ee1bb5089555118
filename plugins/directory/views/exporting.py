"""Links to the exports of a list, with the filters of its address and nothing else of it."""

from __future__ import annotations

from typing import Any

from flask import request, url_for


def export_links(endpoint: str, *kept: str) -> list[tuple[str, str]]:
    """Give the (label, url) pairs of the CSV and JSON exports.

    :param kept: names of the filters to carry over
    """
    chosen: dict[str, Any] = {name: request.args[name] for name in kept if request.args.get(name)}
    return [(name, url_for(endpoint, fmt=name.lower(), **chosen)) for name in ("CSV", "JSON")]
