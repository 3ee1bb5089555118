"""A restitution of a session of another plugin: offered there, linked, listed, told to who follows it (C33 SPEC 1)."""

from __future__ import annotations

import re

import pytest

from portal.api import Subject, ask_plugins, follow
from portal.hosting.factory import create_app
from portal.loader.states import switch
from portal.people.sessions import open_session, viewer_of

from plugins.restitutions.views.offers import pack
from tests.plugins.copils.factories import make_copil, make_function
from tests.plugins.labs.ephemeral_factories import make_ephemeral
from tests.plugins.labs.factories import make_lab
from tests.plugins.restitutions.factories import LINK, START, again, make_link
from tests.reading import words

PLUGINS = ["copils", "labs", "restitutions"]
pytestmark = pytest.mark.usefixtures("day")
SAID = {"address": LINK, "title": "Le copil filmé", "captions": "no", "transcript": "no", "audience": "intranet"}


@pytest.fixture
def copil(writing, awa, ben):
    with writing():
        return Subject("copils.copil", make_copil(ben, [make_function("Direction générale")]))


@pytest.fixture
def copil_url(copil):
    return f"/copils/sessions/{copil.id}"


def test_adding_is_offered_on_the_page_of_a_session_and_leaves_nothing_to_look_for(
    copil, copil_url, sign_in, post, lea, reading
):
    own = sign_in(lea)
    assert f"/restitutions/add?of={copil}".replace(":", "%3A") in own.get(copil_url).text.replace(":", "%3A")
    form = own.get(f"/restitutions/add?of={copil}")
    assert "Restitution de" in words(form)
    answer = post(own, "/restitutions/add", {**SAID, "of": str(copil)})
    assert answer.status_code == 303
    assert post(own, f"{answer.location}/nobody").status_code == 303
    with reading():
        assert again(int(answer.location.rpartition("/")[2])).restituted == copil
    page = words(own.get(copil_url))
    assert "Restitutions Le copil filmé YouTube" in page
    assert "restitution de" in words(own.get(answer.location))


def test_the_list_of_a_session_holds_its_own(copil, writing, awa, sign_in, lea):
    with writing():
        make_link(awa, title="Celle-ci", of=copil)
        make_link(awa, "https://vimeo.com/76979871", title="Une autre")
    page = words(sign_in(lea).get(f"/restitutions/?of={copil}"))
    assert "Celle-ci" in page
    assert "Une autre" not in page


def test_a_section_shows_what_its_reader_may_read(copil, copil_url, writing, awa, sign_in, lea):
    with writing():
        make_link(awa, title="Pour moi", of=copil, audience="self")
        make_link(awa, "https:/ /youtu.be/ we-Obs 2KR28", title="À confirmer", of=copil)
    page = words(sign_in(lea).get(copil_url))
    assert "Pour moi" not in page
    assert "À confirmer" not in page


def test_who_follows_the_session_is_told(copil, writing, awa, lea, sign_in):
    with writing():
        follow(viewer_of(lea.id), copil, at=START)
        make_link(awa, title="Le copil filmé", of=copil)
    assert "Nouvelle restitution : « Le copil filmé »" in words(sign_in(lea).get("/news"))


def test_who_may_not_read_it_is_told_nothing(copil, writing, awa, lea, sign_in):
    with writing():
        follow(viewer_of(lea.id), copil, at=START)
        make_link(awa, title="Pour moi", of=copil, audience="self")
    assert "Pour moi" not in words(sign_in(lea).get("/news"))


NO_SESSIONS = ["labs.lab:1", "copils.copil:999", "copils.copil:x", "copils.copil", ":", "x" * 300, "a:1:2"]


@pytest.mark.parametrize("of", NO_SESSIONS)
def test_what_is_no_session_is_left_out(of, sign_in, post, lea, reading):
    own = sign_in(lea)
    assert own.get("/restitutions/add", query_string={"of": of}).status_code == 200
    answer = post(own, "/restitutions/add", {**SAID, "of": of})
    with reading():
        assert again(int(answer.location.rpartition("/")[2])).restituted is None


def test_a_session_that_one_may_not_read_is_none(writing, awa, lea, sign_in, reading):
    with writing():
        lab = make_lab(members=[awa])
        hidden = Subject("labs.ephemeral", make_ephemeral(lab, awa))
    form = sign_in(lea).get(f"/restitutions/add?of={hidden}")
    assert "Restitution de" not in words(form)
    assert "Restitution de" in words(sign_in(awa).get(f"/restitutions/add?of={hidden}"))


def test_labs_and_copils_say_which_of_theirs_are_sessions(app):
    with app.test_request_context():
        kinds = {"labs.ephemeral": True, "copils.copil": True, "labs.lab": False, "copils.question": False}
        for kind, is_one in kinds.items():
            subject = Subject(kind, 3)
            assert ask_plugins("restitutions_sessions", subject=subject) == ([subject] if is_one else [])


def test_the_pack_of_a_session_lists_its_videos(app, copil, writing, awa, lea):
    with writing():
        number = make_link(awa, title="Le copil filmé", of=copil).id
    with app.test_request_context():
        ((name, content),) = pack([copil], viewer_of(lea.id))
        assert pack([], viewer_of(lea.id)) == []
    assert name == "restitutions.html"
    assert f'<a href="http://localhost/restitutions/{number}">Le copil filmé</a>' in content.decode()


@pytest.fixture
def without(site, writing):
    """Switch a plugin off; give how somebody reads a page then."""

    def read(plugin, who, url):
        with writing():
            switch(plugin, on=False, at=START)
            token = open_session(who.id, device="Firefox, Linux")
        client = create_app(site).test_client()
        with client.session_transaction() as cookie:
            cookie["_user_id"], cookie["_fresh"] = token, True
        return client.get(url)

    return read


def test_without_the_plugin_of_the_session_the_link_is_a_text(copil, writing, awa, lea, without):
    with writing():
        number = make_link(awa, title="Le copil filmé", of=copil).id
    page = without("copils", lea, f"/restitutions/{number}")
    assert page.status_code == 200
    assert "restitution de" in words(page)
    assert "/copils/" not in page.text


def test_without_this_plugin_the_session_stands(copil, copil_url, writing, awa, lea, without):
    with writing():
        make_link(awa, title="Le copil filmé", of=copil)
    page = without("restitutions", lea, copil_url)
    assert page.status_code == 200
    assert "/restitutions/" not in page.text


def test_a_session_of_a_lab_opens_to_nobody_but_the_lab(writing, awa, ben, lea, sign_in, post, reading):
    """The readers of its session are the most that a restitution has, when it is added and when it is changed."""
    with writing():
        lab = make_lab(members=[awa, ben])
        hidden = Subject("labs.ephemeral", make_ephemeral(lab, awa))
    own = sign_in(awa)
    offered = re.findall(r'name="audience"[^>]*value="([a-z]+)"', own.get(f"/restitutions/add?of={hidden}").text)
    assert offered == ["lab", "self"]
    assert post(own, "/restitutions/add", {**SAID, "of": str(hidden)}).status_code == 422
    url = post(own, "/restitutions/add", {**SAID, "of": str(hidden), "audience": "lab"}).location
    post(own, f"{url}/nobody")
    assert sign_in(ben).get(url).status_code == 200
    assert sign_in(lea).get(url).status_code == 404
    changed = {**SAID, "language": "fr", "summary": "", "chapters": ""}
    assert post(own, f"{url}/change", changed).status_code == 422
    assert post(own, f"{url}/change", {**changed, "audience": "lab", "title": "Autre"}).status_code == 303
    assert sign_in(ben).get(url).status_code == 200


def test_labs_and_copils_say_who_reads_theirs_and_who_runs_them(app, copil, writing, awa, ben):
    with writing():
        lab = make_lab(members=[awa])
        number = make_ephemeral(lab, awa)
    with app.test_request_context():
        ((audience, group_id, runners),) = ask_plugins(
            "restitutions_readers", subject=Subject("labs.ephemeral", number)
        )
        assert (audience, group_id is not None, runners) == ("lab", True, {awa.id})
        ((_audience, _group_id, runners),) = ask_plugins("restitutions_readers", subject=copil)
        assert runners == {ben.id}
        assert ask_plugins("restitutions_readers", subject=Subject("copils.copil", 999)) == []
