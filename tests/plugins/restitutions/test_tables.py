"""The migrations make the tables of the models, go both ways, and let what nobody was asked about wait."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from portal.api import session
from portal.db import CoreBase
from portal.engines import make_engine
from portal.loader.discovery import scan
from portal.loader.migrating import migrate
from portal.people.sessions import viewer_of

from plugins.restitutions.migrations import restitutions_0004, restitutions_0005
from plugins.restitutions.models import Consent, Restitution
from plugins.restitutions.services.consents import add_consent
from plugins.restitutions.values.readers import Readers
from tests.plugins.restitutions.factories import START, again

PLUGINS = ["restitutions"]
OURS = "restitutions_"


def _is_ours(name, kind, _parents):
    return kind != "table" or name.startswith(OURS)


def test_the_tables_are_those_of_the_models(app, site):
    opts = {
        "include_name": _is_ours,
        "include_object": lambda _thing, name, kind, _reflected, _other: _is_ours(name, kind, None),
        "compare_type": True,
    }
    with site.engine.connect() as conn:
        drift = compare_metadata(MigrationContext.configure(conn, opts=opts), CoreBase.metadata)
    assert drift == []


def test_the_migrations_go_both_ways(app, site):
    manifest, url = scan().manifests["restitutions"], site.collectivity.database
    site.engine.dispose()

    def tables():
        engine = make_engine(url)
        found = {name for name in sa.inspect(engine).get_table_names() if name.startswith(OURS)}
        engine.dispose()
        return found

    once = tables()
    migrate(url, [manifest], core=False, down=True)
    assert tables() == set()
    migrate(url, [manifest])
    assert tables() == once


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
