"""Shared screens: enrolled by an administrator, opened with matricule and PIN, left without a trace."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from flask import Response, g, make_response, redirect, request, session, url_for
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Length

from portal.content.audit import record
from portal.content.clock import real_now
from portal.content.models import Token
from portal.content.tokens import Grant, issue_token, show_token_by_id, spend
from portal.db import db
from portal.errors import NotFound, TooMany
from portal.people.models import UserSession
from portal.people.permissions import MANAGE_SCREENS
from portal.people.sessions import SCREEN
from portal.people.users import check_sign_in
from portal.texts import CORE, texts
from portal.values import HomeItem, Subject, Viewer
from portal.web.answers import absolute_url, form_page, message, page, see
from portal.web.forms import Form
from portal.web.pages.blueprint import blueprint
from portal.web.pages.entering import SCREEN_COOKIE, SCREEN_SCOPE, leave, let_in, this_screen
from portal.web.pages.today import home_items
from portal.web.policy import account, public, requires, signed_in, token, viewer
from portal.web.shell import screen_timer

_ = texts(CORE)
ENROL_SCOPE = "portal.enrol"
COOKIE_DAYS = 400
ENROL_MINUTES = 30


class ScreenForm(Form):
    """A name for the screen, as people will read it."""

    name = StringField(_.later("Name"), validators=[InputRequired(), Length(max=60)])
    place = StringField(_.later("Where it stands"), validators=[Length(max=50)])


class PinForm(Form):
    """Matricule and six digits."""

    identifier = StringField(_.later("Staff number"), validators=[InputRequired(), Length(max=40)])
    pin = PasswordField(_.later("Six-digit code"), validators=[InputRequired(), Length(max=6)])


def one_screen() -> Grant:
    """Give the screen this device was enrolled as.

    :raises NotFound: it was not, or it was withdrawn
    """
    found = this_screen()
    if found is None:
        raise NotFound(_("This device is not a shared screen. An administrator enrols it."))
    return found


def _pin_checked() -> int | TooMany | None:
    try:
        screen = one_screen()
        given = (request.form.get("identifier", ""), request.form.get("pin", ""))
        return check_sign_in(*given, network=f"screen:{screen.id}", pin=True)
    except TooMany as refusal:
        return refusal


def _door(item: HomeItem) -> dict[str, object]:
    label, url = item.action or (item.title, item.url)
    return {"title": label if item.action else item.title, "url": url, "text": item.title if item.action else ""}


@blueprint.get("/screen")
@public()
def screen() -> Response:
    """Show the shared screen: at rest, or with somebody in."""
    grant, timer, found = one_screen(), screen_timer(), account()
    if timer is None:
        way_in = {"title": _("Enter with my staff number"), "url": url_for("core.screen_pin")}
        way_in["text"] = _("and my six-digit code")
        return page("pages/kiosk_home.html", screen_name=grant.label, items=[way_in])
    items = home_items(viewer())
    doors: list[dict[str, object]] = [_door(item) for zone in ("now", "todo") for item in items[zone]]
    doors.append({"title": _("Today"), "url": url_for("core.today"), "text": _("everything that waits for me")})
    return page(
        "pages/kiosk_home.html",
        screen_name=grant.label,
        items=doors,
        person_name=found.person.name if found else None,
    )


@blueprint.route("/screen/pin", methods=["GET", "POST"])
@public(prepare=_pin_checked)
def screen_pin() -> Response:
    """Let somebody in with matricule and PIN, for as long as they touch the screen."""
    one_screen()
    form = PinForm()
    if form.submitted() and let_in(form, unknown=_("We do not know this pair. Check the number, then the code.")):
        return see("core.screen")
    form.pin.raw_data = form.pin.data = None
    return form_page("pages/kiosk_pin.html", form, back_url=url_for("core.screen"))


@blueprint.post("/screen/extend")
@signed_in()
def screen_extend() -> Response:
    """Say « I am still here »."""
    return see("core.screen") if request.form.get("back") else Response(status=204)


@blueprint.get("/screen/leave")
@public()
def screen_leave() -> Response:
    """Leave the screen: the session ends, the screen is at rest. A link, because the clock follows it by itself."""
    found = account()
    if found is not None and found.kind == SCREEN:
        from_screen = sa.delete(UserSession).where(UserSession.id == found.session_id)
        g.setdefault("side_writes", []).append(lambda conn: conn.execute(from_screen))
        session.clear()
    return redirect(url_for("core.screen"), code=303)  # type: ignore[return-value]


def _screens() -> list[dict[str, object]]:
    live = sa.select(Token).where(Token.scope == SCREEN_SCOPE, Token.revoked_at.is_(None)).order_by(Token.label)
    last = dict(
        db.session.execute(
            sa.select(UserSession.screen_id, sa.func.max(UserSession.seen_at)).group_by(UserSession.screen_id)
        ).all()
    )
    return [
        {
            "name": row.label,
            "place": "",
            "added_at": row.created_at,
            "seen_at": last.get(row.id),
            "revoke_url": url_for("core.revoke_screen", screen_id=row.id),
        }
        for row in db.session.scalars(live)
    ]


@blueprint.route("/screens", methods=["GET", "POST"])
@requires(MANAGE_SCREENS)
def screens() -> Response:
    """List the shared screens, and add one."""
    form = ScreenForm()
    if form.submitted():
        label = ", ".join(filter(None, [form.name.data, form.place.data]))
        address, until = add_screen(label, actor=viewer())
        return page(
            "pages/screens.html",
            screens=_screens(),
            form=ScreenForm(formdata=None),
            enrol_link=address,
            enrol_until=until,
        )
    return form_page("pages/screens.html", form, screens=_screens())


def add_screen(label: str, *, actor: Viewer | None) -> tuple[str, object]:
    """Make a screen, and the address that enrols one device as it, once, within 30 minutes."""
    number = int(issue_token(SCREEN_SCOPE, label=label).partition(".")[0])
    subject, until = Subject("portal.screen", number), real_now() + timedelta(minutes=ENROL_MINUTES)
    record("portal.screen_added", subject, actor=actor, at=real_now())
    text = issue_token(ENROL_SCOPE, label=f"{number}", uses=1, expires_at=until)
    return absolute_url("core.enrol", token=text), until


@blueprint.post("/screens/<int:screen_id>/revoke")
@requires(MANAGE_SCREENS)
def revoke_screen(screen_id: int) -> Response:
    """Withdraw a screen: whoever is on it is signed out."""
    row = db.session.get(Token, screen_id)
    if row is None or row.scope != SCREEN_SCOPE:
        raise NotFound(_("This screen is not enrolled."))
    row.revoked_at = real_now()
    db.session.execute(sa.delete(UserSession).where(UserSession.screen_id == screen_id))
    record("portal.screen_withdrawn", Subject("portal.screen", screen_id), actor=viewer(), at=real_now())
    message(_("The screen is withdrawn."))
    return see("core.screens")


@blueprint.route("/screen/enrol/<token>", methods=["GET", "POST"])
@token(ENROL_SCOPE)
def enrol(grant: Grant) -> Response:
    """Turn this device into a shared screen, when somebody standing before it says so."""
    row = db.session.get(Token, int(grant.label or 0))
    if row is None:
        raise NotFound(_("This screen is not enrolled."))
    if request.method != "POST":
        return page("pages/screen_enrol.html", screen_name=row.label)
    spend(grant)
    leave()
    answer = make_response(see("core.screen"))
    answer.set_cookie(
        SCREEN_COOKIE,
        show_token_by_id(row.id),
        max_age=COOKIE_DAYS * 86400,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure,
    )
    return answer
