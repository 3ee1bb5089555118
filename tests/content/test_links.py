"""Links between subjects of different plugins outlive either side, and tell nobody more than they may read (G8)."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal.content.audit import record
from portal.content.clock import real_now
from portal.content.links import link, link_cards, retitle, unlink
from portal.content.models import Link
from portal.content.subjects import cards_of
from portal.db import db
from portal.values import ANONYMOUS, LinkCard, Subject, SubjectCard, Viewer
from portal.web.builtin import hookimpl

from tests.content.subjects import BED, PLANT, rooms, switch_off

AGENT = Viewer(person_id=1, is_agent=True)


@pytest.fixture
def both(app, plug):
    return rooms(app, plug)


@pytest.fixture
def linked(both, writing):
    with writing():
        link("garden.grows", BED, PLANT, actor=None, at=real_now())
    return both


@pytest.fixture
def cards(reading):
    def read(subject, viewer=AGENT):
        with reading():
            return link_cards(subject, viewer)

    return read


def test_each_side_shows_the_other_in_its_own_words(linked, cards):
    assert cards(BED) == [LinkCard("fait pousser", "Les fèves", "/seeds/7")]
    assert cards(PLANT) == [LinkCard("pousse dans", "Le carré nord", "/garden/1")]


def test_whoever_is_asked_of_some_subjects_names_no_others(both, plug, reading):
    class Loud:
        @hookimpl
        def portal_subjects(self, kind, ids, viewer):
            return [SubjectCard("À moi", "/loud/", one) for one in (PLANT, Subject(kind, 99))]

    plug(Loud(), "aloud")
    with reading():
        found = cards_of([BED, PLANT], AGENT)
        assert cards_of([BED], AGENT).keys() == {BED}
    assert found.keys() == {BED, PLANT}
    assert found[BED].title == "Le carré nord"


def test_linking_twice_is_linking_once_and_both_acts_are_in_the_audit(linked, writing, cards, audit_of):
    with writing():
        link("garden.grows", BED, PLANT, actor=None, at=real_now())
    assert len(cards(BED)) == 1
    with writing():
        unlink("garden.grows", BED, PLANT, actor=None, at=real_now())
        unlink("garden.grows", BED, PLANT, actor=None, at=real_now())
    assert cards(BED) == []
    assert audit_of(BED) == ["portal.linked", "portal.unlinked"]


@pytest.mark.parametrize(("kind", "target"), [("garden.waters", PLANT), ("garden.grows", Subject("seeds.unheard", 1))])
def test_what_nobody_declares_is_refused(both, writing, kind, target):
    with pytest.raises(KeyError), writing():
        link(kind, BED, target, actor=None, at=real_now())


def test_what_is_private_or_absent_is_not_there_at_all(linked, cards):
    _garden, seeds = linked
    seeds.private[PLANT] = {2}
    assert cards(BED) == []
    assert cards(BED, Viewer(person_id=2, is_agent=True)) != []
    del seeds.titles[PLANT]
    assert cards(BED, Viewer(person_id=2, is_agent=True)) == []


def test_the_other_side_off_is_text_without_address_for_agents_only(app, linked, cards):
    switch_off(app, "seeds")
    assert cards(BED) == [LinkCard("fait pousser", "Les fèves", None)]
    assert cards(BED, ANONYMOUS) == []


def test_the_plugin_that_made_the_link_off_leaves_neutral_words(app, linked, cards):
    switch_off(app, "garden")
    assert cards(PLANT) == [LinkCard("lié à", "Le carré nord", None)]


def test_a_change_of_the_other_side_changes_its_last_known_title(app, linked, writing, cards):
    _garden, seeds = linked
    seeds.titles[PLANT] = "Les fèves d’hiver"
    with writing():
        record("seeds.renamed", PLANT, actor=None, at=real_now())
    switch_off(app, "seeds")
    assert cards(BED)[0].title == "Les fèves d’hiver"


def test_what_not_every_agent_could_read_leaves_no_title_behind(app, both, writing, cards):
    _garden, seeds = both
    seeds.private[PLANT] = {1}
    with writing():
        link("garden.grows", BED, PLANT, actor=None, at=real_now())
    switch_off(app, "seeds")
    assert cards(BED) == []


def test_what_became_private_without_a_word_is_forgotten_within_a_day(app, linked, writing, reading, cards):
    _garden, seeds = linked
    seeds.private[PLANT] = {1}
    with writing():
        db.session.execute(sa.update(Link).values(titled_at=real_now() - timedelta(days=2)))
        assert retitle(real_now()) is False
    with reading():
        assert db.session.execute(sa.select(Link.source_title, Link.target_title)).one() == ("Le carré nord", None)
    switch_off(app, "seeds")
    assert cards(BED) == []


def test_the_title_of_a_plugin_that_is_off_is_kept_by_the_daily_look(app, linked, writing, cards):
    switch_off(app, "seeds")
    with writing():
        db.session.execute(sa.update(Link).values(titled_at=real_now() - timedelta(days=2)))
        retitle(real_now())
    assert cards(BED)[0].title == "Les fèves"


def test_the_name_of_a_person_is_never_copied_into_a_link(both, app, writing, reading, make_user):
    who = Subject("portal.user", make_user("Zoé Canari").id)
    app.config["LINK_KINDS"] = {**app.config["LINK_KINDS"], "garden.of": app.config["LINK_KINDS"]["garden.grows"]}
    with writing():
        link("garden.of", BED, who, actor=None, at=real_now())
    with reading():
        assert db.session.scalar(sa.select(Link.target_title)) is None
