"""Addresses that read as a person without a session: what they may read now, until they close it."""

from __future__ import annotations

import re
from datetime import timedelta
from xml.etree import ElementTree

import pytest
import sqlalchemy as sa

from portal.content.clock import now
from portal.content.notices import notify
from portal.content.tokens import issue_token
from portal.db import db
from portal.people.leaving import leave
from portal.people.models import User
from portal.texts import texts
from portal.web.policy import token

from tests.content.subjects import BED, rooms
from tests.reading import words

_ = texts("garden")
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def garden(app, plug):
    return rooms(app, plug)[0]


@pytest.fixture
def awa(make_user, sign_in, garden, writing):
    person = make_user("Awa M.")
    sign_in(person)
    with writing():
        notify([person.id], BED, _.later("“%(title)s” has been dug"), at=now())
    return person


@pytest.fixture
def feed(client, awa, post):
    """Make the feed by its button; give the path of its address."""
    assert post(client, "/account/feed").status_code == 303
    return re.search(r"http://localhost(/feeds/[^<]+)", client.get("/account").text).group(1)


def titles(answer):
    return [entry.findtext(f"{ATOM}title") for entry in ElementTree.fromstring(answer.data).iter(f"{ATOM}entry")]


def test_the_feed_opens_without_session_and_says_what_the_page_says(feed, new_client):
    answer = new_client().get(feed)
    assert answer.content_type == "application/atom+xml; charset=utf-8"
    assert titles(answer) == ["“Le carré nord” has been dug"]
    assert 'href="http://localhost/garden/1"' in answer.text
    assert "Mes nouvelles" in answer.text


def test_a_feed_is_kept_by_no_cache_and_tells_nobody_its_address(feed, new_client):
    answer = new_client().get(feed)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "Set-Cookie" not in answer.headers


def test_there_is_one_feed_at_a_time_and_closing_it_ends_it(feed, client, post, new_client):
    post(client, "/account/feed")
    page = client.get("/account")
    assert page.text.count("/feeds/") == 1
    close = re.search(r"/account/addresses/\d+/close", page.text).group(0)
    assert post(client, close).status_code == 303
    assert new_client().get(feed).status_code == 404
    assert "/feeds/" not in client.get("/account").text


def test_nobody_closes_the_address_of_somebody_else(feed, client, post, new_client, sign_in, make_user):
    close = re.search(r"/account/addresses/\d+/close", client.get("/account").text).group(0)
    other = sign_in(make_user("Bo Lang"))
    post(other, close)
    assert new_client().get(feed).status_code == 200


def test_it_ends_when_the_person_leaves(feed, awa, writing, new_client):
    with writing():
        leave(awa.id, actor=None, at=now())
    assert new_client().get(feed).status_code == 404


def test_it_ends_on_the_day_a_person_was_to_leave_before_any_job_runs(feed, writing, new_client):
    with writing():
        db.session.execute(sa.update(User).values(leaves_at=now() - timedelta(minutes=1)))
    assert new_client().get(feed).status_code == 404


def test_what_its_person_may_no_longer_read_is_no_longer_in_it(feed, garden, new_client):
    garden.private[BED] = set()
    assert titles(new_client().get(feed)) == []


def test_it_reads_as_its_person_even_for_somebody_signed_in(feed, sign_in, make_user):
    assert titles(sign_in(make_user("Bo Lang")).get(feed)) == ["“Le carré nord” has been dug"]


def test_another_scope_does_not_open_it(awa, writing, new_client):
    with writing():
        other = issue_token("portal.link", person_id=awa.id)
        nobody = issue_token("portal.feed")
    assert new_client().get(f"/feeds/{other}/news.xml").status_code == 404
    assert new_client().get(f"/feeds/{nobody}/news.xml").status_code == 404


def test_the_address_is_in_no_log(feed, awa, writing, new_client, caplog):
    with writing():
        leave(awa.id, actor=None, at=now())
    with caplog.at_level("DEBUG"):
        new_client().get(feed)
    secret = feed.split("/")[2]
    assert secret not in caplog.text


def test_an_address_that_reads_as_somebody_takes_no_act(app):
    @token("garden.wall", reader=True)
    def act():
        raise AssertionError

    with pytest.raises(ValueError, match="only answers GET"):
        app.add_url_rule("/garden/<token>", "garden_act", act, methods=["GET", "POST"])


def test_one_time_links_are_not_among_the_addresses(client, awa, writing):
    with writing():
        issue_token("portal.link", person_id=awa.id, uses=1)
    assert "/account/addresses/" not in client.get("/account").text


def test_who_has_an_address_chooses_whether_to_be_written_to(client, make_user, sign_in, post):
    sign_in(make_user("Awa M.", email="awa@ville.example"))
    assert "M’écrire quand quelque chose m’attend" in words(client.get("/account"))
    post(client, "/account/preferences", {"theme": "dark", "language": "fr", "has_address": "1"})
    assert 'name="wants_mail" checked' not in re.sub(r"\s+", " ", client.get("/account").text)
    sign_in(make_user("Bo Lang"))
    assert "M’écrire" not in words(client.get("/account"))
