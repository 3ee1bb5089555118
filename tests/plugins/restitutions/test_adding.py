"""Adding a restitution: four fields and a session, an address confirmed or corrected, a file of ours (C33)."""

from __future__ import annotations

import io
import re
from datetime import date

import pytest
import sqlalchemy as sa
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import encode_multipart

from portal.api import Subject, session
from portal.people.sessions import viewer_of

from plugins.restitutions.models import Restitution
from plugins.restitutions.services.consents import add_consent
from tests.plugins.restitutions.factories import FILM, LINK, START, TORN, again, give_words
from tests.reading import token_in, words

PLUGINS = ["restitutions"]
pytestmark = pytest.mark.usefixtures("day")
SAID = {"title": "Questions RH épineuses", "captions": "no", "transcript": "no", "audience": "intranet"}


@pytest.fixture
def add(sign_in, post, awa):
    """Add a link as Awa, by the page."""
    own = sign_in(awa)

    def send(address, **said):
        return post(own, "/restitutions/add", {"address": address, **SAID, **said})

    return send


@pytest.fixture
def clear(sign_in, post, awa):
    """Say as Awa that nobody can be recognised there, by the page."""

    def send(url):
        own = sign_in(awa)
        assert "Personne n’y est reconnaissable" in own.get(url).text
        assert post(own, f"{url}/nobody").status_code == 303

    return send


@pytest.fixture
def rows(reading):
    def read():
        with reading():
            return [(one.status, one.key, one.original) for one in session.scalars(sa.select(Restitution))]

    return read


def test_the_form_asks_five_things_at_most(sign_in, awa):
    shown = sign_in(awa).get("/restitutions/add").text.partition("Plus de détails")[0]
    assert len({*re.findall(r'name="(address|title|captions|transcript|audience)"', shown)}) == 4


def test_a_link_that_is_understood_is_there_once_those_filmed_are_cleared(add, clear, rows, sign_in, lea, audit_of):
    answer = add(f"  {LINK} ")
    assert answer.status_code == 303
    assert rows() == [("to_clear", "we-Obs2KR28", LINK)]
    assert sign_in(lea).get(answer.location).status_code == 404
    clear(answer.location)
    assert rows() == [("published", "we-Obs2KR28", LINK)]
    assert "Questions RH épineuses" in sign_in(lea).get(answer.location).text
    number = int(answer.location.rpartition("/")[2])
    acts = [f"restitutions.{act}" for act in ("added", "nobody_filmed", "published")]
    assert audit_of(Subject("restitutions.restitution", number)) == acts


def test_a_second_click_adds_nothing(add, rows):
    assert add(LINK).location == add(LINK).location
    assert len(rows()) == 1


@pytest.mark.parametrize("key", [key for key in TORN if key])
def test_a_torn_link_is_repaired_and_shown_beside_what_was_pasted(key, add, clear, rows, sign_in, post, awa, lea):
    """C33 SPEC 2: the links of the day; none is published as fact."""
    url = add(TORN[key]).location
    assert rows() == [("to_confirm", key, TORN[key])]
    page = sign_in(awa).get(url)
    assert TORN[key] in words(page)
    assert f"https://www.youtube.com/watch?v={key}" in page.text
    assert sign_in(lea).get(url).status_code == 404
    assert post(sign_in(awa), f"{url}/confirm").status_code == 303
    assert rows() == [("to_clear", key, TORN[key])]
    clear(url)
    assert rows() == [("published", key, TORN[key])]
    assert sign_in(lea).get(url).status_code == 200


def test_the_third_link_stays_to_be_checked(add, rows, sign_in, post, awa, lea):
    """C33 SPEC 2: its number cannot be read; nobody can publish it before it is corrected."""
    url = add(TORN[None]).location
    assert rows() == [("to_check", "", TORN[None])]
    assert "On n’y reconnaît aucune vidéo" in words(sign_in(awa).get(url))
    assert "iframe" not in post(sign_in(awa), url).text
    assert post(sign_in(awa), f"{url}/confirm").status_code == 409
    assert sign_in(lea).get(url).status_code == 404
    assert "n’a pas été comprise" in words(sign_in(awa).get("/"))
    assert post(sign_in(awa), f"{url}/address", {"address": LINK}).status_code == 303
    assert rows() == [("to_clear", "we-Obs2KR28", LINK)]


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("http://youtu.be/we-Obs2KR28", "commencer par https://"),
        ("javascript:alert(1)", "commencer par https://"),
        ("https://evil.example/watch", "ne sont pas acceptées ici"),
        ("https://youtu.be@evil.example/we-Obs2KR28", "ne sont pas acceptées ici"),
        ("une vidéo de la journée", "n’est pas l’adresse d’une vidéo"),
        ("https://youtu.be/" + "x" * 4000, "2000"),
    ],
)
def test_a_link_that_is_not_taken_says_why_beside_it_and_keeps_what_was_typed(address, said, add, rows):
    """C33 SPEC 1."""
    answer = add(address)
    assert answer.status_code == 422
    assert said in words(answer).replace(" ", " ")
    assert "Questions RH épineuses" in answer.text
    assert rows() == []


@pytest.mark.parametrize("missing", ["captions", "transcript", "title"])
def test_captions_and_transcript_are_always_said(missing, add, rows):
    """C33 SPEC 6: mandatory values."""
    assert add(LINK, **{missing: ""}).status_code == 422
    assert add(LINK, **{missing: "peut-être" if missing != "title" else ""}).status_code == 422
    assert rows() == []


def test_what_an_administrator_does_not_take_is_not_taken(settle, add):
    """C33 SPEC 1: the list is theirs."""
    settle(youtube="")
    assert add(LINK).status_code == 422
    assert add("https://tube.example/w/kkGMgK9ZtnKfYAgnEtQxbv").status_code == 303
    settle(hosts="")
    assert add("https://tube.example/w/kkGMgK9ZtnKfYAgnEtQxbu").status_code == 422


NO_HOSTS = ["https://tube.example", "tube.example:80", "127.0.0.1", "localhost", "tübe.example", "a b", "-a.example"]


@pytest.mark.parametrize("host", NO_HOSTS)
def test_the_list_of_hosts_takes_names_of_hosts_alone(host, sign_in, make_user, post):
    """C33 SPEC 1."""
    admin = sign_in(make_user("Odile F.", role="admin"))
    url, sent = "/plugins/restitutions/settings", {"youtube": "y", "vimeo": "y", "file_megabytes": "200"}
    assert post(admin, url, {**sent, "hosts": host}).status_code == 422
    assert post(admin, url, {**sent, "hosts": "Tube.Exemple.fr\r\npod.exemple.fr"}).status_code == 303


def test_a_file_is_sent_and_plays_from_here(clear, sign_in, post, awa, lea):
    sent = {**SAID, "film": (io.BytesIO(FILM), "restitution.mp4")}
    answer = post(sign_in(awa), "/restitutions/send", sent)
    assert answer.status_code == 303
    clear(answer.location)
    page = sign_in(lea).get(answer.location).text
    source = re.search(r'<video[^>]* src="([^"]+)"', page).group(1)
    part = sign_in(lea).get(source, headers={"Range": "bytes=0-99"})
    assert (part.status_code, part.data) == (206, FILM[:100])


@pytest.mark.parametrize(("content", "name"), [(b"<html>", "a.mp4"), (b"\x89PNG\r\n\x1a\n", "a.mp4"), (b"", "a.mp4")])
def test_what_is_no_video_is_refused_whatever_it_is_called(content, name, sign_in, post, awa, rows):
    answer = post(sign_in(awa), "/restitutions/send", {**SAID, "film": (io.BytesIO(content), name)})
    assert answer.status_code == 422
    assert rows() == []


def test_a_file_larger_than_the_collectivity_wants_is_refused(settle, sign_in, awa, rows):
    settle(file_megabytes="1")
    own = sign_in(awa)
    film = FileStorage(io.BytesIO(FILM + b"x" * 1_000_000), filename="a.mp4")
    token = token_in(own.get("/account"))
    # encoded here: the test client would put it in a file that it forgets to close
    boundary, body = encode_multipart(MultiDict([*SAID.items(), ("csrf_token", token), ("film", film)]))
    answer = own.post("/restitutions/send", data=body, content_type=f"multipart/form-data; boundary={boundary}")
    assert answer.status_code == 422
    assert "1 Mo au plus" in words(answer)
    assert rows() == []


def test_more_is_said_of_it_later(link, sign_in, post, awa, lea):
    number = link()
    url = f"/restitutions/{number}"
    said = {**SAID, "summary": "Dix\nlignes", "language": "fsl", "chapters": "0:00 Début\n1:05 Ce qui a marché"}
    assert post(sign_in(awa), f"{url}/change", said).status_code == 303
    page = sign_in(lea).get(url)
    assert "Dix" in words(page)
    assert "langue des signes française" in words(page)
    assert f'href="{url}?at=65#film">1\u00a0min 05\u00a0s</a> Ce qui a marché' in page.text
    wrong = post(sign_in(awa), f"{url}/change", {**said, "chapters": "sans heure"})
    assert wrong.status_code == 422
    assert "« sans heure » ne dit pas quand" in words(wrong)


def test_nobody_changes_what_is_somebody_elses(link, sign_in, post, lea):
    url = f"/restitutions/{link()}"
    own = sign_in(lea)
    for act in ("confirm", "address", "change", "captions", "filmed", "withdraw"):
        assert post(own, f"{url}/{act}", {**SAID, "address": LINK, "name": "x"}).status_code == 403


def test_hostile_words_stay_words(add, clear, sign_in, lea):
    """C33 SPEC 5."""
    hostile = '"><img src=x onerror=alert(1)>{{7*7}}'
    url = add(LINK, title=hostile).location
    clear(url)
    page = sign_in(lea).get(url).text
    assert "<img src=x" not in page
    assert "{{7*7}}" in page


def test_the_address_that_is_shown_is_never_the_one_that_was_typed(link, writing, sign_in, awa):
    """C33 SPEC 5: what stands in a link is made of what was understood."""
    number = link()
    with writing():
        again(number).original = "javascript:alert(1)"
    page = sign_in(awa).get(f"/restitutions/{number}").text
    assert "javascript:" not in page


def test_a_second_click_on_a_file_gives_the_first(sign_in, post, awa):
    own = sign_in(awa)
    said = {**SAID, "title": "Entretien"}
    sent = [post(own, "/restitutions/send", {**said, "film": (io.BytesIO(FILM), "r.mp4")}).location for _click in "12"]
    assert sent[0] == sent[1]
    other = post(own, "/restitutions/send", {**said, "title": "Autre", "film": (io.BytesIO(FILM), "r.mp4")})
    assert other.location != sent[0]


def test_what_the_collectivity_takes_at_most_is_said_beside_the_file(settle, sign_in, awa):
    settle(file_megabytes="20")
    assert "20 Mo au plus" in words(sign_in(awa).get("/restitutions/send"))


def test_another_video_takes_words_chapters_and_consents_along_and_another_start_takes_nothing(
    link, writing, sign_in, post, awa
):
    """C33 SPEC 7: who agreed to one video did not agree to another."""
    number, own = link(), sign_in(awa)
    url = f"/restitutions/{number}"
    with writing():
        give_words(awa, again(number))
        add_consent(viewer_of(awa.id), again(number), "Bo Lang", date(2018, 1, 26), at=START)
    post(own, f"{url}/address", {"address": f"{LINK}&t=30"})
    assert "osé" in own.get(f"{url}/words").text
    assert "Feuille à donner" in words(own.get(f"{url}/filmed"))
    assert "Avec l’adresse d’une autre vidéo partent" in words(own.get(f"{url}/address"))
    post(own, f"{url}/address", {"address": "https://vimeo.com/76979871"})
    assert "osé" not in own.get(f"{url}/words").text
    assert "Feuille à donner" not in words(own.get(f"{url}/filmed"))
