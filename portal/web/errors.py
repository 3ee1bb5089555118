"""Error pages: what happened, what was kept, what to do now, a reference to quote.

What is absent and what belongs to a plugin that is off read the same.
"""

from __future__ import annotations

import logging
from typing import Any
from urllib.parse import quote, urlsplit

import sqlalchemy.exc
from flask import Flask, Response, current_app, g, render_template, request, url_for
from flask_login import AnonymousUserMixin
from werkzeug.exceptions import HTTPException, InternalServerError
from werkzeug.routing import RequestRedirect

from portal.db import db
from portal.errors import NotSignedIn, PortalError, Unreadable
from portal.loader.discovery import scan
from portal.loader.faults import book_fault, is_away, new_reference
from portal.texts import CORE, texts
from portal.values import Action
from portal.web.forms import SECRETS
from portal.web.htmx import htmx
from portal.web.pages.blueprint import blueprint as core_pages
from portal.web.pages.entering import SCREEN_COOKIE, SignInForm
from portal.web.policy import MAX_BODY_BYTES, policy_of
from portal.web.shell import Shell
from portal.web.sizes import size

log = logging.getLogger(__name__)
_ = texts(CORE)

WORDS = {
    400: (
        _.later("We could not read this request"),
        _.later("Go back, load the page again, then send it once more."),
    ),
    403: (
        _.later("This is not open to you"),
        _.later("Ask the people who animate this place, if you think it should be."),
    ),
    404: (
        _.later("This page is not open here"),
        _.later(
            "Your collectivity does not use this part of the portal, or no longer. What was written there is not lost."
        ),
    ),
    405: (
        _.later("This address opens no page"),
        _.later("It answers a button only. Go to the page where the button stands, and use it there."),
    ),
    409: (
        _.later("This cannot be done as things stand"),
        _.later("The page has changed meanwhile. Load it again to see how it stands."),
    ),
    413: (_.later("This is too large"), ""),  # then how much: `_too_large`
    429: (_.later("Too many tries"), _.later("Wait a moment, then try again.")),
    503: (_.later("The portal does not answer for the moment"), _.later("Come back in a minute. Nothing is lost.")),
}
BROKEN = (
    _.later("Something broke here"),
    _.later("It is not your doing. What you wrote may not be kept: copy it before you leave."),
)
BROKEN_TO_READ = _.later("It is not your doing, and nothing is lost: this page alone cannot be shown.")
BROKEN_TO_WRITE = _.later("It is not your doing.")
KEPT = _.later("What you wrote is still on this page: send it again in a minute.")
NOT_KEPT = _.later("What you just sent is not kept: fill it in again in a minute.")
COPY_BELOW = _.later("What you wrote can be copied below.")
KEPT_PERHAPS = _.later(
    "It may be kept all the same: look first, before you send it again. What you wrote can be copied below."
)
KEPT_BUT_FILES = _.later(
    "What you wrote can be copied below. In a minute, fill the form in again and choose the file again."
)
RETRY_SECONDS = 60
SAFE_IN_QUERY = "!$&'()*+,/:;=?@%"  # as it came: what is quoted stays so


def _answer(status: int, *, text: str = "", reference: str | None = None, **more: Any) -> Response:
    try:
        return _rendered(status, text=text, reference=reference, **more)
    except sqlalchemy.exc.DBAPIError as error:
        return _away(error)


def _rendered(status: int, *, text: str = "", reference: str | None = None, **more: Any) -> Response:
    title, words = WORDS.get(status, BROKEN)
    context: dict[str, Any] = {"title": title, "text": text or words, "reference": reference, **more}
    request.environ.setdefault("portal.facts", {})["reference"] = reference  # for the line about this request
    context["actions"] = [_way_out()]
    return Response(render_template("pages/error.html", **context), status=status)


def _way_out() -> Action:
    """Give the page to go to instead of one that opens nothing any more; where a button was used; else the way home."""
    policy = policy_of(current_app.view_functions.get(request.endpoint or ""))
    if policy is not None and policy.elsewhere is not None:
        words, endpoint = policy.elsewhere
        return Action(words, url_for(endpoint))
    if request.method == "POST" and (before := _page_before()):
        return Action(_.later("Back to the page you came from"), before)
    return Action(_.later("Back to today"), Shell().home_url)


def _page_before() -> str | None:
    """Give the address, within this portal, of the page that an act was sent from."""
    try:
        before = urlsplit(request.referrer or "")
    except ValueError:  # « http://[ »
        return None
    is_here = before.netloc == request.host and not before.path.startswith("//")
    return before._replace(scheme="", netloc="").geturl() if is_here else None


def _known(error: PortalError) -> Response:
    db.session.rollback()
    if isinstance(error, NotSignedIn):
        return _to_sign_in()
    reference = _note_absence(404) if error.status == 404 else None
    words = _typed(is_unsure=True).get("words", "").replace("\0", "") if isinstance(error, Unreadable) else ""
    text = f"{error} {COPY_BELOW}" if words else str(error)
    return _answer(error.status, text=text, reference=reference, words=words)


def _note_absence(status: int) -> str:
    """Give the reference of a page that is not here, and write it where IT looks.

    An address may hold a name or the secret of a link: its rule is written, or the room it asks for.
    """
    reference, room = new_reference(), request.path.split("/")[1]
    facts: dict[str, object] = {"status": status, "method": request.method, "reference": reference}
    if request.url_rule is not None:
        facts["rule"] = request.url_rule.rule
    elif room in scan().manifests:
        facts["place"] = f"/{room}/"
    log.info("nothing here", extra=facts)
    return reference


def _to_sign_in() -> Response:
    """Answer 401 with the way in, which leads back here; htmx is sent there as a whole page."""
    back = request.full_path.rstrip("?") if request.method == "GET" else "/"
    where = url_for("core.sign_in", next=back)
    if htmx():
        return Response(status=401, headers={"HX-Redirect": where})
    form = SignInForm(formdata=None)
    return Response(render_template("pages/sign_in.html", form=form, action_url=where), status=401)


def _http(error: HTTPException) -> Response | HTTPException:
    db.session.rollback()
    if isinstance(error, RequestRedirect) or error.response is not None:
        return error
    status = error.code or 500
    reference = _note_absence(status) if status in {404, 405} else None
    text = _too_large() if status == 413 else _out_of_order() if status == 404 else ""
    answer = _answer(status, text=text, reference=reference)
    for name, value in error.get_headers(request.environ):  # « Allow », « Retry-After »
        if name != "Content-Type":
            answer.headers[name] = value
    return answer


def _out_of_order() -> str:
    """Say of the room of a plugin that is wished for and does not run that it broke: it was not switched off."""
    if request.path.split("/")[1] not in current_app.config["OUT_OF_ORDER"]:
        return ""
    return _("This part of the portal is out of order. What was written there is not lost; IT sees what broke.")


def _too_large() -> str:
    most = request.max_content_length or MAX_BODY_BYTES
    if (request.content_length or most + 1) <= most:  # not the whole, but its parts
        text, parts = size(request.max_form_memory_size or most), request.max_form_parts
        return _(
            "The portal reads %(parts)s fields at most in a form, and %(text)s of text. Go back, send less at once.",
            parts=parts,
            text=text,
        )
    return _(
        "This page takes %(most)s at most. Go back, then send less at once, or a lighter file. If your browser no"
        " longer shows what you wrote, write it again.",
        most=size(most),
    )


def _of_database(error: sqlalchemy.exc.DBAPIError) -> Response:
    return _away(error) if is_away(error) else _broken(error)


def _away(error: sqlalchemy.exc.DBAPIError) -> Response:
    db.session.rollback()
    log.error("database away", exc_info=error)
    g._login_user = AnonymousUserMixin()  # who reads this page cannot be looked up now
    is_unsure = error.connection_invalidated and "is_committing" in g
    typed = _typed(is_unsure=is_unsure)
    text = "" if request.method != "POST" else typed.pop("said", NOT_KEPT)
    answer = _rendered(503, text=str(text), reader_is_unknown=True, **typed)
    answer.headers["Retry-After"] = str(RETRY_SECONDS)
    return answer


def _typed(*, is_unsure: bool = False) -> dict[str, Any]:
    """Give the page what was sent, to be sent again: a browser shows no form again that it was told not to store.

    Nothing of what came from elsewhere, nor of a form with a password: it is filled in anew. Nothing on a shared screen
    either: whose words they are is not known there while the database is away. Beside a file, which no page gives back,
    they can be copied: sent again without it, they might be taken.

    :param is_unsure: the commit was under way: to be looked for before it is sent again
    """
    if request.method != "POST" or not g.get("is_from_here") or SCREEN_COOKIE in request.cookies:
        return {}
    request.max_content_length = min(request.max_content_length or MAX_BODY_BYTES, MAX_BODY_BYTES)
    try:
        fields = list(request.form.items(multi=True))
        files = [file.filename for file in request.files.values()]
    except HTTPException:  # nobody had read it yet: it is too large, or its sender is gone
        return {}
    names = {name for name, _value in fields}
    if not names - {"csrf_token"} or SECRETS & {name.rpartition("-")[2] for name in names}:
        return {}
    if is_unsure or any(files):
        signs = {"csrf_token", "seen", *(f"{name}-kept" for name in request.files)}
        typed = [value for name, value in fields if value.strip() and name not in signs]
        words = "\n\n".join(sorted(typed, key=lambda value: " " not in value.strip()))  # choices and codes last
        g.gives_back = bool(words)
        return {"said": KEPT_PERHAPS if is_unsure else KEPT_BUT_FILES, "words": words} if words else {}
    g.gives_back = True
    words = "\n\n".join(value for _name, value in fields if " " in value.strip())
    return {"said": KEPT, "words": words, "again": fields, "url": _own_address()}


def _own_address() -> str:
    """Give the address of this request within its host, quoted: a backslash at its start would name another."""
    path = quote((request.root_path + request.path).lstrip("/"))
    asked = quote(request.query_string, safe=SAFE_IN_QUERY)
    return f"/{path}" + (f"?{asked}" if asked else "")


def owner_of(blueprint: str | None) -> str:
    """Tell whose page this is: a plugin's, or the core's."""
    name = (blueprint or core_pages.name).partition(".")[0]
    return CORE if name == core_pages.name else name


def _broken(error: Exception) -> Response:
    """Answer a fault of ours or of a plugin's page: it fails alone, and IT has the reference."""
    db.session.rollback()
    reference = book_fault(owner_of(request.blueprint), request.endpoint or request.path, error)
    typed = _typed()
    said = f"{BROKEN_TO_WRITE} {typed.pop('said')}" if typed else ""
    text = BROKEN_TO_READ if request.method in {"GET", "HEAD"} else said
    if current_app.config["RAISE_FAULTS"]:
        raise error
    return _answer(500, text=str(text), reference=reference, **typed)


def _after_the_view(error: InternalServerError) -> Any:
    """Answer what broke once the view had answered, the commit above all, as if the view had."""
    cause = error.original_exception
    return current_app.handle_user_exception(cause) if isinstance(cause, Exception) else _http(error)


def register_errors(app: Flask) -> None:
    """Answer every error of an app; each handler starts by rolling back, since a template may still query."""
    app.register_error_handler(PortalError, _known)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(InternalServerError, _after_the_view)
    app.register_error_handler(sqlalchemy.exc.DBAPIError, _of_database)
    app.register_error_handler(Exception, _broken)
