"""A form that several people may be writing sends back what it was shown with, wherever it is shown (`SeenForm`).

One that does not is like a request without `If-Match` (RFC 9110, 13.1.1): it asks nothing, and replaces unseen what
another has written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from unittest.mock import patch

from flask import render_template_string

from portal.api import SeenForm, signed_in

from tests.review.walking import UNSAFE, Walk
from tests.review.world import OWNER, STRANGERS

SENT = re.compile(r'<input[^>]*name="seen"[^>]*value="[^"]+"')
OURS = ("portal.", "plugins.")


def kinds(of: type = SeenForm) -> Iterator[type]:
    """Give every form of the portal and of the plugins that says what it was shown with."""
    for kind in of.__subclasses__():
        yield kind
        yield from kinds(kind)


def shown(walk: Walk) -> Iterator[tuple[str, str, set[type]]]:
    """Open each page that has a form, as somebody who may: give its address, its text and the forms that were made."""
    made: set[type] = set()

    def noting(form, *args, **kwargs):
        made.add(type(form))
        return made_before(form, *args, **kwargs)

    made_before = SeenForm.__init__
    forms = {rule.endpoint for rule in walk.app.url_map.iter_rules() if (rule.methods or set()) & UNSAFE}
    done: set[str] = set()
    with patch.object(SeenForm, "__init__", noting):
        for role in sorted({*walk.world.people} - STRANGERS, key=lambda role: (role != OWNER, role)):
            for door in walk.doors_for(role):
                if door.method != "GET" or door.endpoint not in forms - done:
                    continue
                made.clear()
                visit = walk.visit(role, door)
                if visit.status == 200:
                    done.add(door.endpoint)
                    yield f"{door.endpoint} as {role}", visit.text, set(made)


def forgetful(pages: Iterable[tuple[str, str, set[type]]]) -> list[str]:
    """Find the pages whose form would not send back what it was shown with."""
    return [page for page, text, made in pages if made and not SENT.search(text)]


def test_every_form_sends_back_what_it_was_shown_with(walk):
    pages = list(shown(walk))
    met = {kind for _page, _text, made in pages for kind in made}
    assert not forgetful(pages)
    assert {kind for kind in kinds() if kind.__module__.startswith(OURS)} == met


def test_a_page_that_forgets_is_found(walk, mount):
    class Careless(SeenForm):
        """It has no field but the one that its page leaves out."""

    @signed_in()
    def careless():
        return render_template_string("<form method='post'></form>", form=Careless().shown_with({"words": "jeudi"}))

    mount("forgets", careless, methods=["GET", "POST"])
    assert forgetful(shown(walk)) == ["careless.careless as owner"]
