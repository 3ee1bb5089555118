"""Small plugins of nobody, to see what one more costs: some take no part in a page, some add a section to it.

They are packages on the path with an entry point, as `pip install --target` would leave them.
"""

from __future__ import annotations

from pathlib import Path

from portal.loader.discovery import API_GENERATION, GROUP, PORTAL_VERSION

MOST = 30
IDLE, SPEAKING = "idle", "speaking"
MANIFEST = """[plugin]
id = "{plugin}"
name = {{ fr = "Inconnu {plugin}", en = "Stranger {plugin}" }}
summary = {{ fr = "Ne fait presque rien.", en = "Does next to nothing." }}
version = "1.0.0"
api = {api}
requires_portal = "=={portal}"
authors = ["Nobody"]
license = "MIT"

[plugin.data]
purposes = {{ fr = "Aucune.", en = "None." }}
keeps = {{ fr = "rien", en = "nothing" }}
tables = []
"""
PLUGIN = '''"""A page of its own, and what others ask of every plugin."""

from flask import Blueprint, url_for

from portal import api

_ = api.texts("{plugin}")
blueprint = Blueprint("{plugin}", __name__)
LINES = ("le comptoir", "la file", "le badge", "le parking", "la cantine")


@blueprint.get("/")
@api.signed_in()
def index():
    return api.page("{plugin}/_section.html", lines=LINES)


@api.hookimpl
def portal_blueprints():
    return [blueprint]


@api.hookimpl
def portal_subject_types():
    return [api.SubjectType("{plugin}.thing", _.later("Thing"))]


@api.hookimpl
def portal_subjects(kind, ids, viewer):
    asked = ids if kind == "{plugin}.thing" else ()
    return [api.SubjectCard(str(number), url_for("{plugin}.index"), api.Subject(kind, number)) for number in asked]


@api.hookimpl
def portal_home_items(viewer):
    return []


@api.hookimpl
def portal_actions(subject, viewer):
    return []


@api.hookimpl
def portal_sections(subject, viewer):
    if subject.kind != "{spoken_of}":
        return []
    return [api.Section("{plugin}", "{plugin}/_section.html", {{"lines": LINES}})]
'''
SECTION = """<ul class="rows" role="list">
  {% for line in lines %}
    <li>{{ line }}</li>
  {% endfor %}
</ul>
"""
SPOKEN_OF = {IDLE: "{plugin}.thing", SPEAKING: "labs.lab"}


def names(kind: str, count: int) -> list[str]:
    """List the first so many plugins of a kind; an identifier has letters only."""
    return [f"{kind}{chr(97 + number // 26)}{chr(97 + number % 26)}" for number in range(count)]


def install(site: Path) -> None:
    """Put the most of each kind that are measured into a folder for the path."""
    for kind, spoken_of in SPOKEN_OF.items():
        for plugin in names(kind, MOST):
            _package(site, plugin, spoken_of.format(plugin=plugin))


def _package(site: Path, plugin: str, spoken_of: str) -> None:
    package, about = site / f"bench_{plugin}", site / f"bench_{plugin}-1.0.0.dist-info"
    templates = package / "templates" / plugin
    templates.mkdir(parents=True)
    about.mkdir()
    manifest = MANIFEST.format(plugin=plugin, api=API_GENERATION, portal=PORTAL_VERSION)
    for path, text in {
        package / "__init__.py": "",
        package / "plugin.toml": manifest,
        package / "plugin.py": PLUGIN.format(plugin=plugin, spoken_of=spoken_of),
        templates / "_section.html": SECTION,
        about / "METADATA": f"Metadata-Version: 2.1\nName: bench-{plugin}\nVersion: 1.0.0\n",
        about / "entry_points.txt": f"[{GROUP}]\n{plugin} = bench_{plugin}\n",
    }.items():
        path.write_text(text, encoding="utf-8")
