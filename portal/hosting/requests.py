"""The request is the transaction (decision 0002).

An unsafe request goes: origin → policy, read-only → body → CSRF → slow work → write lock → revision read again → policy
again → view → commit, before the cookie is written. An anonymous person never makes us parse a body they may not send,
and nothing slow happens under the lock.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Iterator
from itertools import chain
from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, g, request, session
from flask_login import LoginManager
from flask_wtf.csrf import validate_csrf
from werkzeug.datastructures import MultiDict
from wtforms.validators import ValidationError

from portal import texts
from portal.db import begin_write, db, engine
from portal.errors import Unreadable
from portal.hosting.logs import note
from portal.loader.faults import flush_side_writes
from portal.loader.metering import Meter, start_request
from portal.people.sessions import Account, account_of
from portal.web.errors import owner_of
from portal.web.policy import MAX_BODY_BYTES, Policy, account, policy_of

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
BODY = "portal.body"
IN_MEMORY_BYTES = 500_000
_ = texts.texts(texts.CORE)


class RevisionMoved(Exception):
    """The plugins changed between the dispatcher's look and the write lock: the request must start again."""


def install(app: Flask) -> None:
    """Make every request of an app a transaction."""
    login = LoginManager(app)
    login.session_protection = None
    login.user_loader(_load_account)
    app.after_request(_finish)  # registered first, so it runs last: nothing changes the answer after the commit
    app.before_request(_begin)
    app.teardown_request(_end)


def _load_account(token: str) -> Account | None:
    found = account_of(token)
    texts.language.set(found.language if found else texts.DEFAULT_LANGUAGE)
    return found


def _begin() -> None:
    g.frame = start_request()
    texts.language.set(texts.DEFAULT_LANGUAGE)
    if request.routing_exception is not None:
        return
    if BODY in request.environ:  # started again: another app has read it
        _rewind()
    _refuse_nul([request.path, *_texts_of(request.args)])
    note(request.environ, rule=str(request.url_rule), plugin=_plugin())
    policy = policy_of(current_app.view_functions[request.endpoint or ""])
    if policy is None:  # registration refuses such a view; a proof that does not depend on it
        abort(403)
    arguments = dict(request.view_args or {})
    if request.method not in SAFE:
        _open_write(policy, arguments)
    g.admitted = policy.admit(arguments)
    account()


def _plugin() -> str | None:
    name = owner_of(request.blueprint)
    return None if name == texts.CORE else name


def _open_write(policy: Policy, arguments: dict[str, object]) -> None:
    g.is_from_here = check_origin(required=policy.is_open)
    policy.admit(arguments)
    signed_in = account() is not None
    _forget()
    # whoever is not signed in never makes us read much, whatever the route takes from others
    _read_body(most=policy.max_bytes if signed_in else min(policy.max_bytes, MAX_BODY_BYTES))
    _refuse_nul([*_texts_of(request.form), *(file.filename or "" for file in request.files.values())])
    if not policy.is_open or signed_in:
        _check_token()
    g.prepared = policy.prepare() if policy.prepare else None
    _forget()
    begin_write()
    revision = current_app.config["REVISION"]
    if revision is not None and _revision() != revision:
        raise RevisionMoved


def _read_body(*, most: int) -> None:
    """Read the body to a temporary place, before the lock: a slow sender holds nobody up, a large one no memory.

    It is kept for the dispatcher, which starts the request again when the plugins changed meanwhile.
    """
    request.max_content_length, request.max_form_memory_size = most, MAX_BODY_BYTES
    if BODY not in request.environ:
        request.environ[BODY] = tempfile.SpooledTemporaryFile(IN_MEMORY_BYTES)  # noqa: SIM115 closed by `_end`
        shutil.copyfileobj(request.stream, request.environ[BODY])
    _rewind()


def _rewind() -> None:
    request.environ[BODY].seek(0)
    request.stream = request.environ[BODY]


def _texts_of(fields: MultiDict[str, str]) -> Iterator[str]:
    return chain.from_iterable(fields.items(multi=True))


def _refuse_nul(received: Iterable[str]) -> None:
    """Refuse a character that no keyboard types and that PostgreSQL cannot keep."""
    if any("\0" in text for text in received):
        raise Unreadable(
            _("What was sent holds a character that cannot be kept. Type it again, then send it once more.")
        )


def _revision() -> int:
    from_state = db.text("SELECT revision FROM portal_state")
    return int(db.session.scalar(from_state) or 0)


def _forget() -> None:
    """End the read-only transaction, and what was loaded in it: the person is looked up again under the lock."""
    db.session.rollback()
    db.session.expunge_all()
    g.pop("_login_user", None)


def check_origin(*, required: bool) -> bool:
    """Refuse an act that another site makes a browser do (P4); tell whether the browser said that it is ours.

    :param required: the act has no CSRF token, so the browser must say where it comes from
    """
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if origin in {None, "null"}:  # « null » is what a page that tells no referrer sends to itself
        origin = request.headers.get("Referer")
    if site is not None and site not in {"same-origin", "none"}:
        abort(400)
    if origin is not None and _host_in(origin) != request.host:
        abort(400)
    is_said = site is not None or origin is not None
    if required and not is_said:
        abort(400)
    return is_said


def _host_in(address: str) -> str | None:
    try:
        return urlsplit(address).netloc
    except ValueError:  # « http://[ »
        return None


def _check_token() -> None:
    try:
        validate_csrf(request.form.get("csrf_token") or request.headers.get("X-CSRFToken"))
    except ValidationError as error:
        raise Unreadable(
            _("This page was open too long, or in two places. Load it again, then send it once more.")
        ) from error


def _finish(response: Response) -> Response:
    if request.method in SAFE or response.status_code >= 400:
        db.session.rollback()
        return response
    g.is_committing = True
    try:
        db.session.commit()
    except Exception:
        db.session.rollback()
        session.pop("_flashes", None)  # « enregistré » must not outlive what was not
        raise
    return response


def _end(error: BaseException | None) -> None:
    if not isinstance(error, RevisionMoved) and BODY in request.environ:
        request.environ[BODY].close()
    db.session.rollback()
    frame = g.pop("frame", None)
    if frame is not None:
        meter: Meter = current_app.config["METER"]
        meter.book_page(owner_of(request.blueprint), frame.leave(), frame.statements)
    flush_side_writes(engine())
