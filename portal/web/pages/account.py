"""My account: who I am here, how pages look, my password, where I am signed in."""

from __future__ import annotations

from typing import cast

import sqlalchemy as sa
from flask import Response, g, request, session, url_for
from wtforms import BooleanField, PasswordField, RadioField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from portal.db import db
from portal.errors import Invalid
from portal.people.models import User
from portal.people.passwords import MAX_LENGTH, is_secret
from portal.people.permissions import MANAGE_ACCOUNT
from portal.people.sessions import Account, close_session, close_sessions, sessions_of
from portal.people.users import set_password, set_pin
from portal.texts import CORE, languages, texts
from portal.web.answers import form_page, message, see
from portal.web.forms import Form
from portal.web.pages.blueprint import blueprint
from portal.web.pages.entering import new_code, new_secret
from portal.web.pages.feeds import has_feed, my_addresses
from portal.web.policy import account, requires

_ = texts(CORE)
SESSIONS_SHOWN = 5  # the others are folded away
THEMES = [
    SelectChoice("system", _.later("As my device")),
    SelectChoice("light", _.later("Light")),
    SelectChoice("dark", _.later("Dark")),
]
LANGUAGE_NAMES = {"fr": "Français", "en": "English"}
ROLES = {
    "agent": _.later("Agent"),
    "plugin_admin": _.later("Administrator of plugins"),
    "admin": _.later("Administrator"),
}


class PreferencesForm(Form):
    """Theme, language, mails."""

    theme = RadioField(_.later("Theme"), choices=THEMES, validators=[InputRequired()])
    language = SelectField(_.later("Language"))
    wants_mail = BooleanField(
        _.later("Write to me when something waits for me"),
        description=_.later("By e-mail, at once. All the rest stays in “My news”."),
    )

    def __init__(self, **values: object) -> None:
        super().__init__(**values)
        self.language.choices = [SelectChoice(code, LANGUAGE_NAMES.get(code, code)) for code in languages()]


class PasswordForm(Form):
    """The password of now, and the next one twice."""

    current = PasswordField(_.later("My password of now"), validators=[Length(max=MAX_LENGTH)])
    password = PasswordField(
        _.later("New password"),
        description=_.later("At least 15 characters: a sentence does well."),
        validators=[InputRequired(), Length(max=MAX_LENGTH)],
    )
    password_again = PasswordField(_.later("The same, once more"), validators=[InputRequired()])


class CodeForm(Form):
    """The code of shared screens, twice; the password of now, where there is one."""

    current = PasswordField(_.later("My password of now"), validators=[Length(max=MAX_LENGTH)])
    pin = PasswordField(
        _.later("Six-digit code"),
        description=_.later("To enter on shared screens, with your staff number."),
        validators=[InputRequired(), Length(max=MAX_LENGTH)],
    )
    pin_again = PasswordField(_.later("The same code, once more"), validators=[InputRequired()])


def me() -> Account:
    """Give who is signed in; only for routes that let nobody else in."""
    return cast("Account", account())


def _page(
    *, preferences: PreferencesForm | None = None, password: PasswordForm | None = None, code: CodeForm | None = None
) -> Response:
    user = db.session.get_one(User, me().person.id)
    preferences = preferences or PreferencesForm(formdata=None, obj=user)
    if user.email is None:
        del preferences.wants_mail
    password = password or PasswordForm(formdata=None)
    code = code or CodeForm(formdata=None, prefix="code-")
    if user.password_hash is None:
        del password.current
        del code.current
    facts = [
        (_("Name"), user.name),
        (_("Staff number"), user.matricule or _("none")),
        (_("E-mail address"), user.email or _("none")),
        (_("Role"), ROLES[user.role]),
    ]
    return form_page(
        "pages/account.html",
        password,
        facts=facts,
        preferences_form=preferences,
        preferences_url=url_for("core.set_preferences"),
        password_form=password,
        password_url=url_for("core.change_password"),
        code_form=code,
        code_url=url_for("core.change_code"),
        has_code=user.pin_hash is not None,
        sessions=_sessions(),
        sessions_shown=SESSIONS_SHOWN,
        addresses=my_addresses(),
        feed_url=None if has_feed() else url_for("core.make_feed"),
        leave_everywhere_url=url_for("core.sign_out_everywhere"),
    )


def _sessions() -> list[dict[str, object]]:
    """Give where I am signed in: this device, then the others, last seen first."""
    alive = sorted(sessions_of(me().person.id), key=lambda row: row.id != me().session_id)
    return [
        {
            "device": row.device,
            "created_at": row.created_at,
            "seen_at": row.seen_at,
            "is_current": row.id == me().session_id,
            "close_url": url_for("core.close_one_session", session_id=row.id),
        }
        for row in alive
    ]


@blueprint.get("/account")
@requires(MANAGE_ACCOUNT)
def my_account() -> Response:
    """Show my account."""
    return _page()


@blueprint.post("/account/preferences")
@requires(MANAGE_ACCOUNT)
def set_preferences() -> Response:
    """Keep theme and language."""
    form = PreferencesForm()
    if not form.submitted():
        return _page(preferences=form)
    chosen = sa.update(User).where(User.id == me().person.id)
    mails = {"wants_mail": form.wants_mail.data} if "has_address" in request.form else {}
    db.session.execute(chosen.values(theme=form.theme.data, language=form.language.data, **mails))
    message(_("Your choices are kept."))
    return see("core.my_account")


def _checked() -> str | Invalid:
    """Check the password of now and hash the next one, before the write lock is taken."""
    stored = db.session.get_one(User, me().person.id).password_hash
    db.session.rollback()
    if stored is not None and not is_secret(stored, request.form.get("current", "")):
        return Invalid(_("This is not your password of now."), field="current")
    return new_secret(request.form.get("password", ""), me().person.id)


@blueprint.post("/account/password")
@requires(MANAGE_ACCOUNT, prepare=_checked)
def change_password() -> Response:
    """Change my password: my other devices are signed out."""
    form = PasswordForm()
    if form.submitted():
        if isinstance(g.prepared, Invalid):
            form.refuse(g.prepared)
        elif form.password.data != form.password_again.data:
            form.refuse(Invalid(_("The two lines differ. Type the password twice."), field="password_again"))
        else:
            set_password(me().person.id, g.prepared, keep_session=me().session_id)
            message(_("Your password is changed. Your other devices are signed out."))
            return see("core.my_account")
    return _page(password=form)


def _code_checked() -> str | Invalid:
    """Check the password of now and hash the code, before the write lock is taken."""
    stored = db.session.get_one(User, me().person.id).password_hash
    db.session.rollback()
    if stored is not None and not is_secret(stored, request.form.get("code-current", "")):
        return Invalid(_("This is not your password of now."), field="current")
    return new_code("code-pin")


@blueprint.post("/account/code")
@requires(MANAGE_ACCOUNT, prepare=_code_checked)
def change_code() -> Response:
    """Choose or change the code that lets me in on shared screens."""
    form = CodeForm(prefix="code-")
    if form.submitted():
        if not isinstance(g.prepared, Invalid):
            set_pin(me().person.id, g.prepared)
            message(_("Your code is kept. It works on every shared screen, with your staff number."))
            return see("core.my_account")
        form.refuse(g.prepared)
    return _page(code=form)


@blueprint.post("/account/sessions/<int:session_id>/close")
@requires(MANAGE_ACCOUNT)
def close_one_session(session_id: int) -> Response:
    """Sign one of my devices out."""
    close_session(session_id, me().person.id)
    message(_("That device is signed out."))
    return see("core.my_account")


@blueprint.post("/account/sign-out-everywhere")
@requires(MANAGE_ACCOUNT)
def sign_out_everywhere() -> Response:
    """End every session of mine, this one too."""
    close_sessions(me().person.id)
    session.clear()
    return see("core.sign_in")
