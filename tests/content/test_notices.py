"""Notices and following: what is new for a person, once, in words made when it is read (G9)."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal.content.clock import real_now
from portal.content.following import follow, followed, followers, forget_follows, is_following, unfollow
from portal.content.models import Notice, OutboxMessage
from portal.content.notices import forget_notices, has_news, mark_read, notify
from portal.db import db
from portal.errors import Forbidden
from portal.texts import texts
from portal.values import ANONYMOUS, Subject, Viewer
from portal.web.news import news_items

from tests.content.subjects import BED, rooms

_ = texts("garden")
DUG = _.later("%(actor)s has dug “%(title)s” %(times)s times")


@pytest.fixture
def garden(app, plug):
    return rooms(app, plug)[0]


@pytest.fixture
def awa(make_user):
    return make_user("Awa M.")


@pytest.fixture
def bo(make_user):
    return make_user("Bo Lang")


@pytest.fixture
def tell(garden, writing):
    def tell(*people, actor=None, at=None, **options):
        with writing():
            notify([p.id for p in people], BED, DUG, at=at or real_now(), actor=actor, facts={"times": 2}, **options)

    return tell


@pytest.fixture
def read(reading, as_viewer):
    def read(person):
        viewer = as_viewer(person)
        with reading():
            rows = db.session.scalars(sa.select(Notice).where(Notice.person_id == person.id).order_by(Notice.id))
            return [item.text for item in news_items(rows, viewer)]

    return read


def test_a_notice_is_put_into_words_when_it_is_read(tell, read, awa, bo, as_viewer, garden):
    tell(awa, actor=as_viewer(bo))
    garden.titles[BED] = "Le carré sud"
    assert read(awa) == ["Bo Lang has dug “Le carré sud” 2 times"]


def test_nobody_is_told_of_their_own_act(tell, read, awa, bo, as_viewer):
    tell(awa, bo, actor=as_viewer(bo))
    assert (len(read(awa)), read(bo)) == (1, [])


def test_what_a_person_may_no_longer_read_tells_them_nothing(tell, read, awa, bo, garden):
    tell(awa, bo)
    garden.private[BED] = {bo.id}
    assert (read(awa), len(read(bo))) == ([], 1)


def test_told_twice_before_it_is_read_it_is_one_notice_and_new_again_after(tell, read, awa, writing, reading):
    tell(awa)
    tell(awa)
    assert len(read(awa)) == 1
    with writing():
        mark_read(awa.id, at=real_now())
    with reading():
        assert not has_news(awa.id)
    tell(awa)
    assert len(read(awa)) == 2


def test_no_name_and_no_title_is_kept_in_the_row(tell, awa, bo, as_viewer, reading):
    tell(awa, actor=as_viewer(bo))
    with reading():
        row = db.session.scalars(sa.select(Notice)).one()
    assert "Bo" not in f"{row.text}{row.facts}"
    assert "carré" not in f"{row.text}{row.facts}"


def test_reading_all_leaves_what_came_since_the_page_was_made(tell, awa, garden, writing, reading):
    tell(awa)
    with reading():
        last = db.session.scalar(sa.select(sa.func.max(Notice.id)))
    with writing():
        notify([awa.id], Subject("garden.bed", 2), DUG, at=real_now())
        mark_read(awa.id, at=real_now(), until_id=last)
    with reading():
        assert has_news(awa.id)


def test_a_kind_of_subject_that_nobody_declares_is_refused(garden, writing, awa):
    with pytest.raises(KeyError), writing():
        notify([awa.id], Subject("garden.unheard", 1), DUG, at=real_now())


def test_without_a_mail_server_nothing_waits_to_be_sent(tell, awa, reading):
    tell(awa, must_act=True)
    with reading():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(OutboxMessage)) == 0


def test_following_twice_is_following_once_and_taking_it_back_ends_it(garden, writing, reading, awa, as_viewer):
    who = as_viewer(awa)
    with writing():
        follow(who, BED, at=real_now())
        follow(who, BED, at=real_now())
    with reading():
        assert followers(BED) == [awa.id]
        assert is_following(who, BED)
        assert not is_following(ANONYMOUS, BED)
        assert (followed(who, BED.kind), followed(who, "garden.tool"), followed(ANONYMOUS, BED.kind)) == (
            {BED.id},
            set(),
            set(),
        )
    with writing():
        unfollow(who, BED)
        unfollow(who, BED)
    with reading():
        assert followers(BED) == []


def test_nobody_unknown_follows(garden, writing):
    with pytest.raises(Forbidden), writing():
        follow(Viewer(), BED, at=real_now())


def test_leaving_ends_notices_and_follows_and_nobody_elses(tell, garden, writing, reading, awa, bo, as_viewer, read):
    tell(awa, bo)
    with writing():
        for person in (awa, bo):
            follow(as_viewer(person), BED, at=real_now() - timedelta(days=1))
    with writing():
        forget_notices(awa.id)
        forget_follows(awa.id)
    assert (read(awa), len(read(bo))) == ([], 1)
    with reading():
        assert followers(BED) == [bo.id]
