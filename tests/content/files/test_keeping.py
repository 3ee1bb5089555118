"""Files of subjects, in a folder and in an S3-compatible store: stored once, gone with the last who had them."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from portal.content.clock import real_now
from portal.content.files.keeping import drop_file, files_of, keep_file
from portal.content.files.models import File, FileContent
from portal.content.files.storing import SWEPT_AT_ONCE, read_content, sweep_contents
from portal.db import db
from portal.errors import NotFound, Unavailable
from portal.values import Subject

from tests.content.files import samples

AT = datetime(2018, 1, 26, 13, tzinfo=UTC)
OTHER = Subject("portal.group", 8)


@pytest.fixture
def keep(writing, owner):
    def give(upload, to=owner):
        with writing():
            return keep_file(to, upload, actor=None, at=AT)

    return give


@pytest.fixture
def two_days_later(app):
    """Make every content two days old."""

    def wait():
        with app.config["ENGINE"].execution_options(tx="write").begin() as conn:
            conn.execute(sa.update(FileContent).values(stored_at=real_now() - timedelta(days=2)))

    return wait


@pytest.fixture
def sweep(writing):
    def do():
        with writing():
            return sweep_contents(AT)

    return do


def test_what_is_kept_comes_back_byte_by_byte(app, sent, keep, stored, reading, owner):
    card = keep(sent(samples.PDF, "délibération.pdf"))
    assert (card.name, card.kind, card.size, card.is_picture) == ("délibération.pdf", "PDF", len(samples.PDF), False)
    with reading():
        assert files_of(owner) == [card]
        (sha256,) = stored.contents()
        assert b"".join(read_content(sha256)) == samples.PDF
        assert b"".join(read_content(sha256, (3, 9))) == samples.PDF[3:9]
    assert sha256 == hashlib.sha256(samples.PDF).hexdigest()


def test_a_content_larger_than_one_piece_comes_back_whole(app, sent, keep, stored, reading):
    large = bytes(range(256)) * 4 * 10_000  # 10 MB
    keep(sent(large, "film"))
    with reading():
        (sha256,) = stored.contents()
        pieces = list(read_content(sha256))
    assert b"".join(pieces) == large
    assert len(pieces) > 1


def test_a_picture_is_kept_as_it_was_drawn_again(sent, keep, stored):
    card = keep(sent(samples.photo_with_a_past(), "../CANARY/photo.webp"))
    assert (card.name, card.width, card.height, card.is_picture) == ("photo.jpg", 20, 40, True)
    assert all(b"CANARY" not in content for content in stored.contents().values())


def test_the_same_content_is_stored_once_and_goes_with_the_last_who_had_it(
    writing, sent, keep, stored, sweep, two_days_later, owner
):
    first, second = keep(sent(samples.PDF)), keep(sent(samples.PDF), OTHER)
    assert first.id != second.id
    assert len(stored.contents()) == 1
    for subject, card, left in ((owner, first, 1), (OTHER, second, 0)):
        with writing():
            drop_file(subject, card.id, actor=None, at=AT)
        two_days_later()
        sweep()
        assert len(stored.contents()) == left


def test_a_second_click_keeps_one_file(sent, keep):
    assert keep(sent(samples.PDF)) == keep(sent(samples.PDF))
    assert keep(sent(samples.PDF)) != keep(sent(samples.PDF, "another name.pdf"))


def test_what_nobody_kept_is_swept_after_a_day_and_not_before(sent, stored, sweep, two_days_later):
    sent(samples.PDF)
    sweep()
    assert len(stored.contents()) == 1
    two_days_later()
    sweep()
    assert not stored.contents()


def test_a_content_that_is_sent_again_is_young_again(sent, stored, sweep, two_days_later):
    sent(samples.PDF)
    two_days_later()
    sent(samples.PDF)
    sweep()
    assert len(stored.contents()) == 1


def test_a_sweep_with_much_to_do_says_that_there_is_more(app, writing, sent, sweep, two_days_later):
    with writing():
        old = real_now() - timedelta(days=2)
        rows = [{"sha256": f"{number:064}", "size": 1, "stored_at": old} for number in range(SWEPT_AT_ONCE + 1)]
        db.session.execute(sa.insert(FileContent), rows)
    assert sweep() is True
    assert sweep() is False


def test_a_file_belongs_to_its_owner_alone(writing, sent, keep, owner):
    card = keep(sent(samples.PDF))
    with writing(), pytest.raises(NotFound):
        drop_file(OTHER, card.id, actor=None, at=AT)


def test_keeping_and_dropping_are_in_the_history_without_a_name(app, writing, sent, keep, audit_of, owner):
    card = keep(sent(samples.PDF, "CANARY.pdf"))
    with writing():
        drop_file(owner, card.id, actor=None, at=AT)
    assert audit_of(owner) == ["portal.file_kept", "portal.file_dropped"]
    with app.config["ENGINE"].connect() as conn:
        assert not [fact for fact in conn.scalars(sa.text("SELECT facts FROM audit")) if "CANARY" in str(fact)]


def test_a_file_of_an_unknown_kind_of_subject_is_refused(writing, sent):
    upload = sent(samples.PDF)
    with writing(), pytest.raises(KeyError):
        keep_file(Subject("nobody.thing", 1), upload, actor=None, at=AT)


def test_a_name_that_was_erased_leaves_a_file_that_can_be_read(writing, sent, keep, reading, owner):
    keep(sent(samples.PDF))
    with writing():
        db.session.execute(sa.update(File).values(name=None))
    with reading():
        assert [card.name for card in files_of(owner)] == ["fichier"]


def test_a_store_that_is_away_says_so_and_keeps_no_row(app, sent, keep, stored, reading):
    card_sha = sent(samples.PDF).sha256
    stored.break_down()
    with pytest.raises(Unavailable, match="pas joignables"):
        sent(samples.SVG)
    with reading(), pytest.raises((Unavailable, NotFound)):
        list(read_content(card_sha))


def test_a_content_that_vanished_is_not_found(app, sent, stored, reading):
    with reading(), pytest.raises(NotFound):
        list(read_content("0" * 64))
