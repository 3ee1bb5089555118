"""The same video twice: whoever comes second is led to the first, if they may read it."""

from __future__ import annotations

import pytest

from portal.api import Subject

from tests.plugins.programmes.factories import at_hour, make_programme, make_slot
from tests.plugins.restitutions.factories import LINK, make_link
from tests.reading import words

PLUGINS = ["programmes", "restitutions"]
pytestmark = pytest.mark.usefixtures("day")
SHORT = "https://youtu.be/we-Obs2KR28"
SAID = {"address": SHORT, "title": "Encore elle", "captions": "no", "transcript": "no", "audience": "intranet"}
REFUSED, TOLD = "Cette vidéo est déjà là : rien n’a été ajouté", "La même vidéo est déjà là : "


@pytest.fixture
def slots(writing, awa):
    with writing():
        number = make_programme(awa)
        return [Subject("programmes.slot", make_slot(number, at_hour(hour), at_hour(hour + 1))) for hour in (14, 15)]


def test_whoever_adds_it_to_the_same_session_is_led_to_the_first(slots, writing, awa, lea, sign_in, post):
    with writing():
        first = make_link(awa, LINK, title="La première", of=slots[0]).id
    answer = post(sign_in(lea), "/restitutions/add", {**SAID, "of": str(slots[0])})
    assert answer.status_code == 422
    assert REFUSED in words(answer)
    assert f'<a href="/restitutions/{first}">La première</a>' in answer.text
    assert 'value="Encore elle"' in answer.text


def test_what_one_may_not_read_is_not_told(slots, writing, awa, lea, sign_in, post):
    with writing():
        make_link(awa, LINK, title="Pour moi", of=slots[0], audience="self")
        make_link(awa, LINK, title="Pas encore", of=slots[0], clear=False)
    answer = post(sign_in(lea), "/restitutions/add", {**SAID, "of": str(slots[0])})
    assert answer.status_code == 303
    assert TOLD not in words(sign_in(lea).get(answer.location))


def test_of_another_session_it_may_be_there_too_and_its_author_is_told(slots, writing, awa, lea, sign_in, post):
    with writing():
        first = make_link(awa, LINK, title="La première", of=slots[0]).id
        make_link(lea, LINK, title="D’une autre personne", of=slots[0])
    own = sign_in(awa)
    answer = post(own, "/restitutions/add", {**SAID, "of": str(slots[1])})
    assert answer.status_code == 303
    page = own.get(answer.location)
    assert f"{TOLD}La première ." in words(page)
    assert f'<a href="/restitutions/{first}">La première</a>' in page.text
    post(own, f"/restitutions/{first}/withdraw")
    assert TOLD not in words(own.get(answer.location))


def test_without_a_session_one_person_is_told_and_another_is_not(writing, awa, lea, sign_in, post):
    with writing():
        make_link(awa, LINK, title="La première")
    assert REFUSED in words(post(sign_in(awa), "/restitutions/add", SAID))
    assert post(sign_in(lea), "/restitutions/add", SAID).status_code == 303


def test_from_another_time_on_it_is_another_part(writing, awa, sign_in, post):
    with writing():
        make_link(awa, LINK, title="La première")
    answer = post(sign_in(awa), "/restitutions/add", {**SAID, "address": f"{SHORT}?t=90"})
    assert answer.status_code == 303
    assert TOLD in words(sign_in(awa).get(answer.location))
