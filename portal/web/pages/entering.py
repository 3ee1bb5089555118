"""Coming in and going out: sign in, one-time links, sign out."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, current_app, g, redirect, request, session, url_for
from flask_login import UserMixin, login_user
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Length, Optional

from portal.content.tokens import Grant, token_of
from portal.db import db
from portal.errors import Invalid, NotFound, TooMany
from portal.people.passwords import MAX_LENGTH, check_password, check_pin, hash_secret
from portal.people.persons import person
from portal.people.sessions import BROWSER, SCREEN, close_session, open_session
from portal.people.users import LINK_SCOPE, check_sign_in, guessable_words, set_password, set_pin, spend_link
from portal.texts import CORE, texts
from portal.web.answers import form_page, see
from portal.web.forms import Form
from portal.web.pages.blueprint import blueprint
from portal.web.policy import account, public, signed_in, token

_ = texts(CORE)
SCREEN_SCOPE, SCREEN_COOKIE = "portal.screen", "screen"


class SignInForm(Form):
    """Matricule or address, and password."""

    identifier = StringField(_.later("Staff number or e-mail address"), validators=[InputRequired(), Length(max=254)])
    password = PasswordField(_.later("Password"), validators=[InputRequired(), Length(max=MAX_LENGTH)])


class LinkForm(Form):
    """A password, a code for shared screens, both or neither."""

    password = PasswordField(_.later("Password"), validators=[Optional(), Length(max=MAX_LENGTH)])
    password_again = PasswordField(_.later("The same, once more"), validators=[Optional(), Length(max=MAX_LENGTH)])
    pin = PasswordField(
        _.later("Six-digit code"),
        description=_.later("To enter on shared screens, with your staff number."),
        validators=[Optional(), Length(max=MAX_LENGTH)],
    )
    pin_again = PasswordField(_.later("The same code, once more"), validators=[Optional(), Length(max=MAX_LENGTH)])


class Token(UserMixin):
    """What Flask-Login keeps in the cookie: the token of a session that has just been opened."""

    def __init__(self, text: str) -> None:
        self.id = text


def this_screen() -> Grant | None:
    """Give the shared screen this device was enrolled as; None if it was not, or was withdrawn."""
    try:
        return token_of(request.cookies.get(SCREEN_COOKIE, ""), SCREEN_SCOPE)
    except NotFound:
        return None


def enter(user_id: int) -> None:
    """Open a session for this browser; its identifier is new (P7). On a shared screen it is a short one, always."""
    leave()
    screen = this_screen()
    kind, screen_id = (SCREEN, screen.id) if screen else (BROWSER, None)
    text = open_session(user_id, device=device_name(), kind=kind, screen_id=screen_id)
    login_user(Token(text))


def let_in(form: Form, *, unknown: str) -> bool:
    """Let in whoever a sent form names, as `prepare` found them; else say in the form why not."""
    found: int | TooMany | None = g.prepared
    if not isinstance(found, int):
        form.refuse(found or Invalid(unknown))
        return False
    enter(found)
    return True


def leave() -> None:
    """End the session of this browser, if it has one."""
    found = account()
    if found is not None:
        close_session(found.session_id, found.person.id)
    session.clear()


def device_name() -> str:
    """Describe the browser as its owner would: « Firefox, Linux »."""
    agent = request.user_agent.string
    browser = next((name for name in ("Firefox", "Edg", "OPR", "Chrome", "Safari") if name in agent), "")
    system = next((name for name in ("Android", "iPhone", "iPad", "Windows", "Mac OS", "Linux") if name in agent), "")
    names = {"Edg": "Edge", "OPR": "Opera", "Mac OS": "macOS"}
    return ", ".join(names.get(part, part) for part in (browser, system) if part) or _("Unknown browser")


def safe_next(text: str | None) -> str:
    """Keep a place to come back to only if a browser would read it as an address of this portal (P10)."""
    path = text or ""
    is_here = path.startswith("/") and not path.startswith("//")
    return path if is_here and not any(sign == "\\" or ord(sign) < 33 for sign in path) else "/"


def _checked() -> int | TooMany | None:
    try:
        secret = request.form.get("password", "")
        return check_sign_in(request.form.get("identifier", ""), secret, network=request.remote_addr or "")
    except TooMany as refusal:
        return refusal


@blueprint.route("/sign-in", methods=["GET", "POST"])
@public(prepare=_checked)
def sign_in() -> Response:
    """Sign in with a password."""
    form = SignInForm()
    if account() is not None:
        return redirect(safe_next(request.args.get("next")), code=303)  # type: ignore[return-value]
    if form.submitted() and let_in(form, unknown=_("We do not know this pair. Check the number, then the password.")):
        return redirect(safe_next(request.args.get("next")), code=303)  # type: ignore[return-value]
    return form_page("pages/sign_in.html", form, kiosk_url=url_for("core.screen") if this_screen() else None)


def home() -> str:
    """Name the page one begins on: the doors of a shared screen, elsewhere « Aujourd'hui »."""
    return "core.screen" if this_screen() else "core.today"


@dataclass(frozen=True, slots=True)
class Secrets:
    """What a person chose when coming in by a link, hashed; or why it cannot be."""

    password_hash: str | None = None
    pin_hash: str | None = None
    refusal: Invalid | None = None


def _hashed() -> Secrets:
    password, pin = request.form.get("password", ""), request.form.get("pin", "")
    if not password and not pin:
        return Secrets()
    grant = token_of((request.view_args or {})["token"], LINK_SCOPE)
    hashed = new_secret(password, grant.person_id or 0) if password else None
    if isinstance(hashed, Invalid):
        return Secrets(refusal=hashed)
    code = new_code("pin") if pin else None
    return Secrets(refusal=code) if isinstance(code, Invalid) else Secrets(hashed, code)


def new_secret(text: str, user_id: int) -> str | Invalid:
    """Hash a password that somebody chose, or give why it is refused; slow, so never under the write lock."""
    about = f"{guessable_words(user_id)} {current_app.config['COLLECTIVITY_NAME']}"
    db.session.rollback()
    try:
        check_password(text, about=about)
    except Invalid as refusal:
        return refusal
    return hash_secret(text)


def new_code(name: str) -> str | Invalid:
    """Hash the code that stands in a field, or give why it is refused; slow, so never under the write lock."""
    text = request.form.get(name, "")
    try:
        check_pin(text)
    except Invalid as refusal:
        return refusal
    if text != request.form.get(f"{name}_again", ""):
        return Invalid(_("The two lines differ. Type the code twice."), field="pin_again")
    return hash_secret(text)


@blueprint.route("/link/<token>", methods=["GET", "POST"])
@token(LINK_SCOPE, prepare=_hashed)
def link(grant: Grant) -> Response:
    """Show whose one-time link this is; spend it only when the person says « Entrer »."""
    form = LinkForm()
    if form.submitted():
        secrets: Secrets = g.prepared
        if secrets.refusal is not None:
            form.refuse(secrets.refusal)
        elif form.password.data != form.password_again.data:
            form.refuse(Invalid(_("The two lines differ. Type the password twice."), field="password_again"))
        else:
            user_id = spend_link(grant)
            _keep(user_id, secrets)
            enter(user_id)
            return see(home())
    name = person(grant.person_id or 0).name
    once = grant.uses_left == 1
    until = grant.expires_at if once else None
    return form_page("pages/link.html", form, person_name=name, once=once, until=until, set_password=True)


def _keep(user_id: int, secrets: Secrets) -> None:
    if secrets.password_hash is not None:
        set_password(user_id, secrets.password_hash, keep_session=None)
    if secrets.pin_hash is not None:
        set_pin(user_id, secrets.pin_hash)


@blueprint.post("/sign-out")
@signed_in()
def sign_out() -> Response:
    """End this session."""
    leave()
    return see("core.screen" if this_screen() else "core.sign_in")
