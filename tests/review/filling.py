"""What is sent to each address that changes something: the form of the page that shows it, filled in as a person would.

A form that is sent empty is refused for what it lacks, often before the service asks who is there: nothing is proved.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from PIL import Image
from werkzeug.exceptions import HTTPException

from portal.content.clock import real_now

from tests.hurt.pages import Page, forms_of
from tests.review.doors import Door
from tests.review.expecting import is_let_in
from tests.review.walking import Walk
from tests.review.world import ADMIN, ANIMATOR, ANONYMOUS, OWNER

# Those whose pages show a form of nearly every address.
WRITERS = (OWNER, ADMIN, ANONYMOUS)
SOON = timedelta(days=60)
CODE = "480915"
MARKED = "canari"
TABLE = b"matricule;nom\nM90;Diop\n"


@dataclass
class Forms:
    """The forms that pages of the world show, filled: of one address, or of another of the same endpoint.

    :ivar sought: the endpoints whose forms were looked for on every page
    :ivar taken: the doors where somebody had what fills them accepted, by their endpoints
    """

    at: dict[str, dict[str, str]] = field(default_factory=dict)
    of: dict[str, dict[str, str]] = field(default_factory=dict)
    files: dict[str, list[str]] = field(default_factory=dict)
    sent: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    sought: set[str] = field(default_factory=set)
    taken: dict[str, list[Door]] = field(default_factory=dict)

    def values_for(self, door: Door) -> dict[str, Any]:
        """Give what is sent to a door, but for the token."""
        values = self.at.get(door.url) or self.of.get(door.endpoint, {})
        files = {name: _file(name) for name in self.files.get(door.endpoint, ())}
        return {**values, **files, **self.sent.get(door.endpoint, {})}

    def take(self, door: Door) -> None:
        """Note that what is sent to a door was accepted there."""
        self.taken.setdefault(door.endpoint, []).append(door)

    def taken_for(self, door: Door) -> dict[str, Any]:
        """Give what was accepted at a door, or at another of its endpoint; where nothing was, what would be sent."""
        taken = self.taken.get(door.endpoint, [door])
        return self.values_for(door if door in taken else taken[0])

    def keep(self, endpoint: str, form: Page) -> None:
        """Keep a form of an endpoint, unless there is one."""
        values = filled(form)
        self.at.setdefault(form.action, values)
        self.of.setdefault(endpoint, values)
        self.files.setdefault(endpoint, [name for name, kind in form.kinds.items() if kind == "file"])


def gather(walk: Walk, forms: Forms, wanted: set[str], doors: Iterable[Door]) -> None:
    """Read these pages as those who may, for the forms of these endpoints, until there is one of each."""
    if wanted <= forms.of.keys():
        return
    match = walk.app.url_map.bind("localhost").match
    houses = {endpoint.partition(".")[0] for endpoint in wanted}
    near = sorted(doors, key=lambda door: (door.endpoint not in wanted, door.endpoint.partition(".")[0] not in houses))
    for form in _shown(walk, near):
        try:
            endpoint, _values = match(urlsplit(form.action).path, method="POST")
        except HTTPException as error:
            raise AssertionError(f"a form goes to {form.action}, where nothing is") from error
        forms.keep(endpoint, form)
        if wanted <= forms.of.keys():
            break


def _shown(walk: Walk, doors: list[Door]) -> Iterator[Page]:
    for door in doors:
        for role in WRITERS:
            if door.method == "GET" and is_let_in(door, role, walk.world, walk.furniture):
                visit = walk.visit(role, door)
                if visit.status == 200 and "html" in visit.headers["Content-Type"]:
                    yield from forms_of(door.url, visit.text)


def filled(form: Page) -> dict[str, str]:
    """Fill what stands empty; what stands there stays."""
    values = {name: value for name, value in form.values.items() if form.kinds.get(name) != "file"}
    for name, kind in form.kinds.items():
        if kind != "file" and not values.get(name, "").strip():
            values[name] = form.choices.get(name) or _typed(name, kind, values.get(name, ""))
    values.pop("csrf_token", None)
    # what is typed again is no leak of what stood there
    return {name: value.replace(MARKED, "serin") for name, value in values.items()}


def _typed(name: str, kind: str, stands: str) -> str:
    """Type what a field of this kind takes. Words are the name of somebody, for a field that asks who."""
    at = real_now() + SOON
    if kind == "password":
        return CODE if "pin" in name else "quatre mots sans suite"
    typed = {
        "date": at.date().isoformat(),
        "datetime-local": at.strftime("%Y-%m-%dT%H:%M"),
        "email": "awa@ville.example",
        "number": "7",
    }
    return stands if kind in {"select", "hidden"} else typed.get(kind, ANIMATOR.capitalize())


def _file(name: str) -> tuple[io.BytesIO, str]:
    return (_picture(), "logo.png") if name == "logo" else (io.BytesIO(TABLE), "agents.csv")


def _picture() -> io.BytesIO:
    drawn = io.BytesIO()
    Image.new("RGB", (64, 64), "#0b3d5c").save(drawn, "PNG")
    drawn.seek(0)
    return drawn
