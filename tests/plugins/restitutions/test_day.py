"""The day and its workshops are restituted where they stand: on their own pages, a week later (C33, C34)."""

from __future__ import annotations

import io
import zipfile

import pytest

from portal.api import Subject

from tests.plugins.programmes.factories import at_hour, make_programme, make_slot, make_stand
from tests.plugins.restitutions.factories import TORN, make_link
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
        assert f"Vidéo de {session.kind} Vimeo" in words(own.get(url))
    assert "Vidéo de programmes.programme Vimeo" not in words(own.get(sessions[1][1]))


def test_the_pack_of_a_stand_holds_the_videos_of_its_day(sessions, writing, awa, lea, sign_in, clock):
    """C35 SPEC 4: those that its holder may read, as a sheet that is read without the portal."""
    (day, _url), (slot, _other) = sessions
    with writing():
        stand = make_stand(day.id, lea)
        make_link(awa, "https://vimeo.com/1", title="Vidéo du jour", of=day)
        number = make_link(awa, "https://vimeo.com/2", title="Vidéo de l’atelier <b>", of=slot).id
        make_link(awa, "https://vimeo.com/3", title="Pour moi", of=slot, audience="self")
        make_link(awa, "https://vimeo.com/4", title="Pas encore", of=slot, clear=False)
        make_link(awa, "https://vimeo.com/5", title="D’ailleurs")
    clock.set(at_hour(18))
    pack = sign_in(lea).get(f"/programmes/stands/{stand}/pack.zip")
    with zipfile.ZipFile(io.BytesIO(pack.data)) as archive:
        sheet = archive.read("restitutions.html").decode()
    assert "Vidéo du jour" in sheet
    assert f'<a href="http://localhost/restitutions/{number}">Vidéo de l’atelier &lt;b&gt;</a>' in sheet
    assert not [title for title in ("Pour moi", "Pas encore", "D’ailleurs") if title in sheet]


def test_a_day_lists_what_its_slots_said_and_no_page_lists_one_twice(sessions, writing, awa, lea, sign_in):
    (_day, day_url), (slot, slot_url) = sessions
    with writing():
        make_link(awa, "https://vimeo.com/1", title="La vidéo de l’atelier", of=slot)
    for url in (day_url, slot_url):
        assert words(sign_in(lea).get(url)).count("La vidéo de l’atelier") == 1


def test_whoever_added_one_finds_it_on_the_page_of_its_session_before_others_do(
    sessions, writing, awa, lea, sign_in, post
):
    _day, (slot, url) = sessions
    with writing():
        number = make_link(lea, TORN["we-Obs2KR28"], title="À confirmer", of=slot).id
    assert words(sign_in(lea).get(url)).count("À confirmer YouTube · à confirmer") == 1
    assert "À confirmer" not in words(sign_in(awa).get(url))
    post(sign_in(lea), f"/restitutions/{number}/withdraw")
    assert "À confirmer" not in words(sign_in(lea).get(url))
