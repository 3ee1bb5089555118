"""The page everything is compared with: one Flask route, one Jinja template, 25 rows that never change.

And less than that: its bytes, given by WSGI alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask, render_template_string

TITLE = "Labos éphémères"
ROWS = [
    {
        "number": number,
        "title": f"Que garde-t-on du comptoir {number} ?",
        "place": "Salle des Dunes",
        "people": number % 9,
    }
    for number in range(1, 26)
]
PAGE = """<!doctype html>
<html lang="fr"><head><meta charset="utf-8"><title>{{ title }}</title></head>
<body><h1>{{ title }}</h1>
<table><thead><tr><th>Question</th><th>Lieu</th><th>Personnes</th></tr></thead><tbody>
{% for row in rows -%}
<tr><td><a href="/e/{{ row.number }}">{{ row.title }}</a></td><td>{{ row.place }}</td><td>{{ row.people }}</td></tr>
{% endfor -%}
</tbody></table></body></html>
"""

application = Flask(__name__)


@application.get("/")
def page() -> str:
    """Show the rows."""
    return render_template_string(PAGE, title=TITLE, rows=ROWS)


BYTES = application.jinja_env.from_string(PAGE).render(title=TITLE, rows=ROWS).encode()
HEADERS = [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(BYTES)))]


def raw(_environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Give the bytes of the page."""
    start_response("200 OK", HEADERS)
    return [BYTES]
