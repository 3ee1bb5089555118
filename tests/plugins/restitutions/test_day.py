"""The day and its workshops are restituted where they stand: on their own pages, a week later (C33, C34)."""

from __future__ import annotations

import pytest

from portal.api import Subject

from tests.plugins.programmes.factories import at_hour, make_programme, make_slot
from tests.plugins.restitutions.factories import make_link
from tests.reading import words

PLUGINS = ["programmes", "restitutions"]
pytestmark = pytest.mark.usefixtures("day")


@pytest.fixture
def sessions(writing, awa):
    """Make a day with one workshop; give both, with their addresses."""
    with writing():
        number = make_programme(awa)
        slot = make_slot(number, at_hour(14), at_hour(17))
    return [
        (Subject("programmes.programme", number), f"/programmes/{number}"),
        (Subject("programmes.slot", slot), f"/programmes/slots/{slot}"),
    ]


def test_a_day_and_a_slot_offer_it_and_list_their_own(sessions, writing, awa, lea, sign_in):
    own = sign_in(lea)
    for place, (session, url) in enumerate(sessions):
        assert "Ajouter une restitution" in words(own.get(url))
        with writing():
            make_link(awa, f"https://vimeo.com/{1000 + place}", title=f"Vidéo de {session.kind}", of=session)
    for session, url in sessions:
        page = words(own.get(url))
        assert f"Vidéo de {session.kind} Vimeo" in page
        assert sum(f"Vidéo de {other.kind} Vimeo" in page for other, _url in sessions) == 1
