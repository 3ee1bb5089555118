"""A migration lets what nobody was asked about wait, and says for whom one agreed."""

from __future__ import annotations

from datetime import date
from itertools import product

import pytest
import sqlalchemy as sa
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from portal.api import create_group, session
from portal.engines import make_engine
from portal.loader.discovery import scan
from portal.loader.revisions import CORE_FOLDER
from portal.people.sessions import viewer_of

from plugins.restitutions.migrations import restitutions_0004, restitutions_0005
from plugins.restitutions.models import Consent, Restitution
from plugins.restitutions.services.consents import add_consent
from plugins.restitutions.values.readers import Readers
from tests.plugins.restitutions.factories import START, again

PLUGINS = ["restitutions"]
DAY = date(2018, 1, 26)
LEVELS = ("self", "lab", "other", "circle", "network", "intranet")


@pytest.mark.usefixtures("day")
def test_what_names_nobody_waits_and_what_somebody_agreed_to_goes_on(link, writing, awa, reading):
    """C33 SPEC 7: those who are filmed are asked of what was shown before anybody was."""
    alone, agreed = link(), link("https://vimeo.com/76979871", title="b")
    withdrawn, lost = link("https://vimeo.com/76979872", title="c"), link("https://vimeo.com/76979873", title="d")
    with writing():
        add_consent(viewer_of(awa.id), again(agreed), "Bo Lang", DAY, at=START)
        again(withdrawn).status, again(lost).status = "withdrawn", "unavailable"
        session.execute(sa.update(Restitution).values(nobody_at=None))
        session.flush()
        session.execute(sa.text(restitutions_0004.UNCLEARED))
    with reading():
        stands = [again(number).status for number in (alone, agreed, withdrawn, lost)]
    assert stands == ["to_clear", "published", "withdrawn", "to_clear"]


@pytest.mark.usefixtures("day")
def test_who_agreed_before_it_was_asked_for_whom_agreed_to_what_it_says(film, lab_id, writing, awa, reading):
    """C33 SPEC 7."""
    number = film(clear=False, audience="lab", reader_group_id=lab_id)
    with writing():
        for name, day in (("Bo Lang", DAY), ("Zoé M.", None)):
            add_consent(viewer_of(awa.id), again(number), name, day, at=START)
        session.execute(sa.update(Consent).values(agreed_audience="", agreed_group_id=None))
        session.execute(sa.text(restitutions_0005.WHAT_IT_SAYS))
    with reading():
        agreed = [one.agreed for one in session.scalars(sa.select(Consent).order_by(Consent.id))]
    assert agreed == [Readers("lab", lab_id), Readers("", None)]


@pytest.fixture
def given(link, writing, awa, lab_id):
    """Let Bo, and Awa herself, agree to each readers of a video of Awa that says each other; give what Bo agreed to."""
    with writing():
        groups = {"lab": lab_id, "circle": lab_id, "other": create_group("lab", "Autre labo")}
    readers = [Readers("lab" if one == "other" else one, groups.get(one)) for one in LEVELS]
    pairs = list(product(readers, readers))
    numbers = [link(f"https://vimeo.com/7697{place:04}", title=f"{place}") for place in range(len(pairs))]
    with writing():
        for number, (agreed, says) in zip(numbers, pairs, strict=True):
            for name, person_id in (("Bo Lang", None), ("", awa.id)):
                one = Consent(restitution_id=number, name=name, person_id=person_id)
                one.give(agreed, on=DAY)
                session.add(one)
            found = again(number)
            found.audience, found.reader_group_id = says
    return dict(zip(numbers, pairs, strict=True))


def test_a_step_down_and_up_lets_nobody_agree_to_more(app, site, given, reading):
    """C33 SPEC 7: a consent for fewer than its restitution says is none, once nothing says for whom it was."""
    folder = scan().manifests["restitutions"].migrations
    step = ScriptDirectory(str(CORE_FOLDER), version_locations=[str(folder)]).get_revision("restitutions_0005").module
    site.engine.dispose()
    engine = make_engine(site.collectivity.database, foreign_keys=False)
    with engine.execution_options(tx="write").begin() as conn, Operations.context(MigrationContext.configure(conn)):
        step.downgrade()
        step.upgrade()
    engine.dispose()
    with reading():
        kept = session.execute(sa.select(Consent.name, Consent.restitution_id).where(Consent.given_on == DAY)).all()
    assert {number for name, number in kept if not name} == set(given)
    assert {number for name, number in kept if name} == {
        number for number, (agreed, says) in given.items() if agreed.is_wide_enough_for(says)
    }
