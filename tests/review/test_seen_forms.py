"""A form that several people may be writing sends back what it was shown with, wherever it is shown (`SeenForm`).

One that does not is like a request without `If-Match` (RFC 9110, 13.1.1): it asks nothing, and replaces unseen what
another has written. Forms are those of the bundled plugins: all that are loaded.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from unittest.mock import patch

from flask import render_template_string

from portal.api import SeenForm, signed_in

from tests.review.walking import UNSAFE, Walk
from tests.review.world import KIOSK, OWNER, STRANGERS

OURS = ("portal.", "plugins.")


@dataclass(frozen=True)
class Shown:
    """A page, and what the forms that were made for it were shown with, by the name of each."""

    name: str
    text: str
    editions: dict[str, str]

    @property
    def forgotten(self) -> set[str]:
        """Give the forms that would not send back what they were shown with."""
        return {form for form, seen in self.editions.items() if f'value="{seen}"' not in self.text}


def name_of(form: type) -> str:
    return f"{form.__module__}.{form.__qualname__}"


def every_form(of: type = SeenForm) -> Iterator[str]:
    """Name every form of the portal and of the plugins that says what it was shown with."""
    for form in of.__subclasses__():
        if form.__module__.startswith(OURS):
            yield name_of(form)
        yield from every_form(form)


def pages(walk: Walk, endpoints: Iterable[str] = ()) -> Iterator[Shown]:
    """Open every page that has a form, as each who may; give those that a form was made for."""
    made: list[SeenForm] = []
    begin = SeenForm.__init__

    def noting(form, *args, **kwargs):
        made.append(form)
        begin(form, *args, **kwargs)

    forms = {rule.endpoint for rule in walk.app.url_map.iter_rules() if (rule.methods or set()) & UNSAFE}
    some = set(endpoints) or forms
    with patch.object(SeenForm, "__init__", noting):  # what a view makes is seen nowhere else
        for role in {*walk.world.roles(), OWNER} - STRANGERS - {KIOSK}:
            for door in walk.doors_for(role):
                if door.method == "GET" and door.endpoint in some:
                    made.clear()
                    visit = walk.visit(role, door)
                    if visit.status == 200 and made:
                        editions = {name_of(type(form)): form.seen.data for form in made if form.seen.data}
                        yield Shown(f"{door.endpoint} as {role}", visit.text, editions)


def test_every_form_sends_back_what_it_was_shown_with(walk):
    found = list(pages(walk))
    assert not {page.name: page.forgotten for page in found if page.forgotten}
    assert {form for page in found for form in page.editions} == set(every_form())


def test_a_page_that_forgets_is_found(walk, mount):
    class Careless(SeenForm):
        """Its page leaves its one field out."""

    @signed_in()
    def careless():
        return render_template_string("<form method='post'></form>", form=Careless().shown_with({"words": "jeudi"}))

    endpoint = mount("forgets", careless, methods=["GET", "POST"])
    assert all(page.forgotten == {name_of(Careless)} for page in pages(walk, [endpoint]))
    assert list(pages(walk, [endpoint]))
