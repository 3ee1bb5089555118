"""« Mes nouvelles » and « Suivre », as a person meets them."""

from __future__ import annotations

import pytest

from portal.content.clock import real_now
from portal.content.notices import notify
from portal.texts import texts
from portal.values import Subject

from tests.content.subjects import BED, rooms
from tests.plugins.labs.factories import make_lab
from tests.reading import words

PLUGINS = ["labs"]
_ = texts("garden")


@pytest.fixture
def garden(app, plug):
    return rooms(app, plug)[0]


@pytest.fixture
def tell(garden, writing):
    def tell(person, number=1, **options):
        subject = Subject("garden.bed", number)
        garden.titles.setdefault(subject, f"Le carré {number}")
        with writing():
            notify([person.id], subject, _.later("“%(title)s” has been dug"), at=real_now(), **options)

    return tell


@pytest.fixture
def awa(make_user, sign_in):
    person = make_user("Awa M.")
    sign_in(person)
    return person


def test_without_news_the_page_says_so_and_today_says_nothing(client, awa):
    assert "Rien de nouveau." in words(client.get("/news"))
    assert "nouvelles que vous n’avez pas encore lues" not in words(client.get("/"))


def test_a_notice_is_read_in_the_list_and_announced_on_today(client, awa, tell):
    tell(awa)
    assert "nouvelles que vous n’avez pas encore lues" in words(client.get("/"))
    page = client.get("/news")
    assert "“Le carré nord” has been dug nouveau" in words(page)
    assert 'href="/garden/1"' in page.text


def test_what_waits_for_an_act_says_so(client, awa, tell):
    tell(awa, must_act=True)
    assert "vous attend" in words(client.get("/news"))


def test_one_is_marked_as_read_by_whom_it_was_told_only(client, awa, tell, post, make_user, sign_in):
    tell(awa)
    other = sign_in(make_user("Bo Lang"))
    sign_in(awa)
    assert post(other, "/news/1/read").status_code == 303
    assert "Marquer comme lu" in words(client.get("/news"))
    assert post(client, "/news/1/read").status_code == 303
    assert "Marquer comme lu" not in words(client.get("/news"))
    assert post(client, "/news/1/read").status_code == 303


def test_all_are_marked_as_read_at_once(client, awa, tell, post):
    tell(awa, 2)
    tell(awa, 3)
    assert post(client, "/news/read/2").status_code == 303
    page = words(client.get("/news"))
    assert "Le carré 2" in page
    assert "nouveau" not in page.replace("Ce qui est nouveau", "")


def test_a_long_list_goes_on_by_cursor(client, awa, tell):
    for number in range(2, 30):
        tell(awa, number)
    first = client.get("/news")
    assert "Le carré 29" in words(first)
    assert "La suite" in words(first)
    assert "Le carré 2”" not in words(first)


def test_a_person_without_session_reads_nothing(client):
    assert client.get("/news").status_code == 401


def test_a_subject_is_followed_and_left_from_its_page(client, awa, post, writing):
    with writing():
        lab_id = make_lab("Labo du port")
    assert "Suivre" in words(client.get(f"/labs/{lab_id}"))
    answer = post(client, f"/follow/labs.lab/{lab_id}")
    assert answer.headers["Location"] == f"/labs/{lab_id}"
    page = words(client.get(f"/labs/{lab_id}"))
    assert "Ne plus suivre" in page
    assert "Mes nouvelles" in page
    post(client, f"/unfollow/labs.lab/{lab_id}")
    assert "Ne plus suivre" not in words(client.get(f"/labs/{lab_id}"))


@pytest.mark.parametrize("path", ["/follow/labs.lab/999", "/follow/garden.bed/9", "/follow/no.such/1", "/unfollow/x/1"])
def test_what_one_may_not_read_cannot_be_followed(client, awa, garden, post, path):
    assert post(client, path).status_code == 404


def test_what_became_private_is_not_in_the_list(client, awa, tell, garden):
    tell(awa)
    garden.private[BED] = set()
    assert "Le carré" not in words(client.get("/news"))
