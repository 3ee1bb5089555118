"""Personal data: my own, to take with me; for administrators, the register, what is due, the erasure of a person.

No page says how many private things somebody has: a count would tell that they exist (P19).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any

import sqlalchemy as sa
from flask import Response, current_app, g, send_file, url_for
from wtforms import BooleanField
from wtforms.validators import InputRequired

from portal.content.audit import record
from portal.content.clock import now
from portal.content.models import Erasure
from portal.content.privacy.erasing import what_is_erased
from portal.content.privacy.register import Processing, register
from portal.content.privacy.retention import due
from portal.db import db
from portal.errors import Conflict
from portal.loader.inventory.sheets import CLEAR, DELETE, PSEUDONYM, Inventory, read_inventory
from portal.people.erasing import any_user, erase_person
from portal.people.models import User
from portal.people.permissions import MANAGE_ACCOUNT, MANAGE_PRIVACY
from portal.people.persons import subject_of
from portal.texts import CORE, texts
from portal.values import Viewer
from portal.web.answers import form_page, message, page, see
from portal.web.dates import instant
from portal.web.exports import Column, export
from portal.web.forms import Filters, Form, PersonField
from portal.web.listing import listing
from portal.web.pages.blueprint import blueprint
from portal.web.policy import requires, viewer
from portal.web.takeout import takeout

_ = texts(CORE)
REGISTER_COLUMNS = [
    Column("processing", _.later("Processing")),
    Column("purposes", _.later("Purposes")),
    Column("legal_basis", _.later("Legal basis")),
    Column("categories", _.later("Categories of data")),
    Column("reason", _.later("What it is kept for")),
    Column("people", _.later("People concerned")),
    Column("days", _.later("Kept for")),
    Column("on_erase", _.later("When a person is erased")),
    Column("recipients", _.later("Sent to")),
    Column("columns", _.later("Tables and columns")),
]


class WhoForm(Filters):
    """Whose data are to be erased."""

    who = PersonField(_.later("Name or staff number"))


class EraseForm(Form):
    """The one thing to be sure of."""

    is_asked = BooleanField(
        _.later("This person asked for it, or the data protection officer decided it."), validators=[InputRequired()]
    )


def _mine() -> IO[bytes]:
    """Make my archive before the lock: it reads many tables and writes none."""
    return takeout(viewer().person_id or 0)


@blueprint.post("/account/data")
@requires(MANAGE_ACCOUNT, prepare=_mine)
def my_data() -> Response:
    """Hand over everything held about me; to me alone, and no copy stays."""
    who = viewer()
    record("portal.data_handed_over", subject_of(who.person_id or 0), actor=who, at=now())
    answer = send_file(g.prepared, "application/zip", as_attachment=True, download_name="mes-donnees.zip")
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.get("/privacy")
@requires(MANAGE_PRIVACY)
def privacy() -> Response:
    """Show what is due, and the way to the erasure of a person."""
    form = WhoForm()
    found = form.who.data if form.validate() else None
    inventory = read_inventory(db.session)
    gone = sa.select(User).where(User.disabled_at.is_not(None), User.id.not_in(sa.select(Erasure.user_id)))
    return page(
        "pages/privacy.html",
        form=form,
        found=found,
        erase_url=url_for("core.erase", user_id=found.id) if found else None,
        gone=listing(gone, order_by=[User.id]),
        due_rows=_due_rows(inventory),
        exports=[(fmt.upper(), url_for("core.privacy_register", fmt=fmt)) for fmt in ("csv", "json")],
    )


def _due_rows(inventory: Inventory) -> list[list[str]]:
    """Say what the next run erases: of which plugin, why it was kept, since when, how many lines."""
    found = [item for item in due(inventory) if item.rows]
    return [
        [
            inventory.plugins[item.rule.sheet.plugin].name,
            ", ".join(dict.fromkeys(column.reason for column in item.rule.columns)),
            instant(item.before),
            str(item.rows),
        ]
        for item in found
    ]


@blueprint.get("/privacy/register.<any('csv','json'):fmt>")
@requires(MANAGE_PRIVACY)
def privacy_register(fmt: str) -> Response:
    """Give the register (RGPD, article 30)."""
    return export(fmt, "registre", columns=REGISTER_COLUMNS, rows=register_rows(register(read_inventory(db.session))))


def register_rows(processings: list[Processing]) -> list[Mapping[str, object]]:
    """Write the register as rows, one per reason to keep something."""
    return [
        {
            "processing": item.name,
            "purposes": item.purposes,
            "legal_basis": item.legal_basis,
            "categories": item.categories,
            "reason": kept.reason,
            "people": _("people without an account") if kept.is_of_guests else _("agents"),
            "days": kept.days,
            "on_erase": kept.on_erase,
            "recipients": ", ".join(item.hosts) or _("nobody"),
            "columns": ", ".join(kept.columns),
        }
        for item in processings
        for kept in item.kept
    ]


def one_person(viewer: Viewer, *, user_id: int) -> User:
    """Give the person whose data are to be erased."""
    return any_user(user_id)


def _reasons(inventory: Inventory, act: str) -> list[tuple[str, str]]:
    """Say what an erasure deletes, empties or keeps: by plugin, each reason once."""
    found: dict[str, dict[str, None]] = {}
    for item in what_is_erased(inventory):
        if item.act == act:
            found.setdefault(inventory.plugins[item.plugin].name, {}).update(dict.fromkeys(item.reasons))
    return [(name, " · ".join(reasons)) for name, reasons in found.items()]


@blueprint.route("/privacy/people/<int:user_id>/erase", methods=["GET", "POST"])
@requires(MANAGE_PRIVACY, person=one_person)
def erase(person: User) -> Response:
    """Say exactly what goes and what stays, then erase a person."""
    form = EraseForm()
    if person.id == viewer().person_id:
        raise Conflict(_("You cannot erase yourself. Ask another administrator."))
    if form.submitted():
        with form.attempt():
            erase_person(person.id, actor=viewer(), at=now())
            message(_("What was held about this person is erased."))
            answer = see("core.privacy")
            settle: Any = current_app.config["SETTLE_ERASURE"]
            answer.call_on_close(settle)  # once it is committed
            return answer
    inventory = read_inventory(db.session)
    return form_page(
        "pages/erase.html",
        form,
        person=person,
        has_left=person.disabled_at is not None,
        deleted=_reasons(inventory, DELETE),
        emptied=_reasons(inventory, CLEAR),
        kept=_reasons(inventory, PSEUDONYM),
        cancel_url=url_for("core.privacy"),
    )
