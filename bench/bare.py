"""The page everything is compared with: one Flask route, one Jinja template, 25 rows that never change."""

from __future__ import annotations

from flask import Flask, render_template_string

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
    return render_template_string(PAGE, title="Labos éphémères", rows=ROWS)
