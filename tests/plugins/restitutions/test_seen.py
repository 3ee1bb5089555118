"""Two pages open on one restitution: the second to be sent is told what the first wrote, and loses nothing."""

from __future__ import annotations

import html
import io
import re

import pytest

from portal.people.sessions import viewer_of

from plugins.restitutions.queries.restitutions import consents_of
from plugins.restitutions.services.consents import add_consent
from tests.plugins.restitutions.factories import CAPTIONS, LINK, START, TORN, again, give_words
from tests.reading import words

PLUGINS = ["restitutions"]
pytestmark = pytest.mark.usefixtures("day")
VIMEO = "https://vimeo.com/76979871"
SAID = {
    "title": "Gestion des questions RH",
    "summary": "",
    "chapters": "",
    "captions": "yes",
    "transcript": "yes",
    "audience": "intranet",
    "language": "fr",
}


def seen_in(answer):
    return re.search(r'name="seen"[^>]*value="([^"]+)"', answer.text).group(1)


def test_what_another_page_said_is_neither_undone_unseen_nor_lost(link, sign_in, post, awa, reading):
    number, own = link(), sign_in(awa)
    url = f"/restitutions/{number}/change"
    seen = seen_in(own.get(url))
    first = {**SAID, "summary": "Ce qui a marché", "chapters": "1:30 Le budget"}
    assert post(own, url, {**first, "seen": seen}).status_code == 303
    second = {**SAID, "title": "Les questions RH"}
    refused = post(own, url, {**second, "seen": seen})
    assert refused.status_code == 422
    assert "Entre-temps, on y lit : « Ce qui a marché »" in words(refused)
    assert "Entre-temps, on y lit : « 1:30 Le budget »" in words(refused)
    assert 'value="Les questions RH"' in refused.text
    with reading():
        assert again(number).summary == "Ce qui a marché"
    assert post(own, url, {**second, "seen": seen_in(refused)}).status_code == 303
    with reading():
        assert (again(number).title, again(number).summary) == ("Les questions RH", "")


def test_the_same_sent_twice_is_kept(link, sign_in, post, awa):
    number, own = link(), sign_in(awa)
    url = f"/restitutions/{number}/change"
    sent = {**SAID, "summary": "Deux\r\nlignes", "chapters": "01:30 Fin\r\n0:05 Début", "seen": seen_in(own.get(url))}
    assert [post(own, url, sent).status_code for _click in "12"] == [303, 303]


def test_an_address_that_was_corrected_meanwhile_is_said(link, sign_in, post, awa, reading):
    number, own = link(), sign_in(awa)
    url = f"/restitutions/{number}/address"
    seen = seen_in(own.get(url))
    post(own, url, {"address": VIMEO, "seen": seen})
    refused = post(own, url, {"address": "https://vimeo.com/1", "seen": seen})
    assert refused.status_code == 422
    assert f"« {VIMEO} »" in words(refused)
    with reading():
        assert again(number).original == VIMEO


def test_an_address_that_was_corrected_meanwhile_is_not_confirmed_unseen(link, sign_in, post, awa, reading):
    number, own = link(TORN["we-Obs2KR28"]), sign_in(awa)
    url = f"/restitutions/{number}"
    seen = seen_in(own.get(url))
    post(own, f"{url}/address", {"address": TORN["cAGqrG5Moc0"]})
    assert post(own, f"{url}/confirm", {"seen": seen}).status_code == 409
    with reading():
        assert again(number).status == "to_confirm"
    assert post(own, f"{url}/confirm", {"seen": seen_in(own.get(url))}).status_code == 303


def test_words_that_were_kept_meanwhile_stay_and_those_of_a_file_are_not_lost(link, writing, sign_in, post, awa):
    number, own = link(LINK), sign_in(awa)
    url = f"/restitutions/{number}/captions"
    seen = seen_in(own.get(url))
    with writing():
        give_words(awa, again(number))
    other = CAPTIONS.replace("Bonjour", "Bonsoir")
    refused = post(own, url, {"file": (io.BytesIO(other.encode()), "a.vtt"), "typed": "", "seen": seen})
    assert refused.status_code == 422
    assert "d’autres paroles sont gardées" in words(refused)
    assert "Bonsoir à toutes" in html.unescape(refused.text)
    assert "Bonjour" in own.get(f"/restitutions/{number}/words").text
    assert post(own, url, {"typed": other, "seen": seen_in(refused)}).status_code == 303
    assert "Bonsoir" in own.get(f"/restitutions/{number}/words").text


def test_a_name_that_was_corrected_meanwhile_is_said(link, writing, sign_in, post, awa, reading):
    number, own = link(), sign_in(awa)
    with writing():
        consent_id = add_consent(viewer_of(awa.id), again(number), "Bo Lang", at=START).id
    url = f"/restitutions/consents/{consent_id}/name"
    seen = seen_in(own.get(url))
    post(own, url, {"name": "Bo Long", "seen": seen})
    refused = post(own, url, {"name": "Bob Lang", "seen": seen})
    assert "« Bo Long »" in words(refused)
    with reading():
        assert [one.name for one in consents_of(number)] == ["Bo Long"]
