"""The counter: a slip of paper lets in somebody who lost password or code, or has no e-mail address.

The link stands on the page that is printed and nowhere else: not in an address, not in a log.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from flask import request
from wtforms.fields.choices import SelectChoice

from portal.api import (
    absolute_url,
    form_page,
    issue_link,
    now,
    page,
    qr_uri,
    requires,
    session,
    texts,
    viewer,
    without_way_in,
)

from plugins.directory import permissions
from plugins.directory.forms.choices import as_id
from plugins.directory.forms.people import SlipFilters, SlipForm
from plugins.directory.queries.people import ORDER, PEOPLE, people_found
from plugins.directory.views.blueprint import blueprint

_ = texts("directory")
SHOWN = 50


@blueprint.route("/slips", methods=["GET", "POST"])
@requires(permissions.COUNTER)
def slips():
    """Choose for whom, then print one slip each."""
    filters, form = SlipFilters(), SlipForm()
    found = session.execute(_offered(filters)).all()
    form.people.choices = [SelectChoice(row.id, _line(row)) for row in found[:SHOWN]]
    if form.submitted():
        return _printed([row for row in found if row.id in form.people.data], minutes=form.minutes.data)
    if not form.is_submitted():
        form.people.data = request.args.getlist("person", type=as_id)
    return form_page("directory/slips.html", form, filters=filters, found=found[:SHOWN], has_more=len(found) > SHOWN)


def _offered(filters):
    """Give whom the page offers: the people of its address, else those without a way in, else everybody."""
    named = request.args.getlist("person", type=as_id)
    if named:
        return sa.select(*PEOPLE.c).where(PEOPLE.c.id.in_(named)).order_by(*ORDER).limit(SHOWN)
    statement = people_found(filters.q.data, service_id=filters.service.data)
    if not filters.everybody.data:
        statement = statement.where(PEOPLE.c.id.in_(without_way_in()))
    return statement.order_by(*ORDER).limit(SHOWN + 1)


def _line(row):
    return ", ".join(filter(None, [row.name, row.service, row.job_title]))


def _printed(rows, *, minutes):
    """Answer the sheet. Sent again, it makes new links, and the former ones end."""
    until = datetime.now(UTC) + timedelta(minutes=minutes)
    slips = [_slip(row, issue_link(row.id, actor=viewer(), minutes=minutes)) for row in rows]
    return page("directory/slips_printed.html", slips=slips, until=until, printed_at=now())


def _slip(row, token):
    url = absolute_url("core.link", token=token)
    return {"name": row.name, "service": row.service, "url": url, "code": qr_uri(url)}
