"""A migration lets what nobody was asked about wait, and says for whom one agreed."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa

from portal.api import session
from portal.people.sessions import viewer_of

from plugins.restitutions.migrations import restitutions_0004, restitutions_0005
from plugins.restitutions.models import Consent, Restitution
from plugins.restitutions.services.consents import add_consent
from plugins.restitutions.values.readers import Readers
from tests.plugins.restitutions.factories import START, again

PLUGINS = ["restitutions"]


@pytest.mark.usefixtures("day")
def test_what_names_nobody_waits_and_what_somebody_agreed_to_goes_on(link, writing, awa, reading):
    """C33 SPEC 7: those who are filmed are asked of what was shown before anybody was."""
    alone, agreed = link(), link("https://vimeo.com/76979871", title="b")
    withdrawn, lost = link("https://vimeo.com/76979872", title="c"), link("https://vimeo.com/76979873", title="d")
    with writing():
        add_consent(viewer_of(awa.id), again(agreed), "Bo Lang", date(2018, 1, 26), at=START)
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
        for name, day in (("Bo Lang", date(2018, 1, 26)), ("Zoé M.", None)):
            add_consent(viewer_of(awa.id), again(number), name, day, at=START)
        session.execute(sa.update(Consent).values(agreed_audience="", agreed_group_id=None))
        session.execute(sa.text(restitutions_0005.WHAT_IT_SAYS))
    with reading():
        agreed = [one.agreed for one in session.scalars(sa.select(Consent).order_by(Consent.id))]
    assert agreed == [Readers("lab", lab_id), Readers("", None)]
