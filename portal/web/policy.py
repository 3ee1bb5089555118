"""The policy of a route: who may come in. A view without one cannot be registered (P1).

A policy sits directly above the view, below its address. Its one optional keyword names an argument of the view and
the loader that makes it from the address: the loader answers « not found » for all views at once.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import current_app, g, request
from flask_login import current_user

from portal.content.tokens import Grant, token_of
from portal.errors import Forbidden, NotFound, NotSignedIn
from portal.people.permissions import can
from portal.people.readers import Reader, reader_of
from portal.people.sessions import Account
from portal.texts import CORE, language, texts
from portal.values import ANONYMOUS, Viewer

_ = texts(CORE)
View = TypeVar("View", bound=Callable[..., Any])
Loader = Callable[..., Any]
MAX_BODY_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Policy:
    """Who may come in, and what is loaded on the way.

    :ivar kind: public, signed_in, requires or token
    :ivar reader: the page is read as the person its token is tied to; they may do nothing there
    :ivar gone: what to say of an address whose token opens nothing any more
    :ivar elsewhere: the words and the endpoint of the page to go to instead
    :ivar prepare: slow work of an unsafe request, done before the write lock is taken; its result is `g.prepared`
    :ivar max_bytes: the largest body this route takes, from somebody who is signed in
    """

    kind: str
    permission: str | None = None
    scope: str | None = None
    reader: bool = False
    gone: str = ""
    elsewhere: tuple[object, str] | None = None
    argument: str | None = None
    loader: Loader | None = None
    prepare: Callable[[], Any] | None = None
    max_bytes: int = MAX_BODY_BYTES

    @property
    def is_open(self) -> bool:
        """Tell whether people without a session may come in: then the origin is checked, not a CSRF token."""
        return self.kind in {"public", "token"}

    def admit(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Let the viewer in and give the view's arguments.

        :raises NotSignedIn: nobody is signed in, and somebody must be
        :raises NotFound: nothing here for this viewer
        :raises Forbidden: known, but not allowed
        """
        given, grant = dict(arguments), None
        if self.kind == "token" and self.scope is not None:
            grant = token_of(str(given.pop("token")), self.scope, gone=str(self.gone))
            if self.reader:
                _read_as(grant, gone=str(self.gone))
        who = viewer()
        if not self.is_open and not who.is_signed_in:
            raise NotSignedIn(_("Sign in to see this page."))
        target = self._load(who, given, grant)
        if self.permission is not None and not can(who, self.permission, target):
            raise Forbidden
        return given

    def _load(self, who: Viewer, given: dict[str, Any], grant: Grant | None) -> object | None:
        if self.loader is None or self.argument is None:
            if grant is not None:
                given["grant"] = grant
            return None
        wanted = inspect.signature(self.loader).parameters
        taken = {name: given.pop(name) for name in list(given) if name in wanted}
        if "grant" in wanted:
            taken["grant"] = grant
        given[self.argument] = self.loader(who, **taken)
        return given[self.argument]  # type: ignore[no-any-return]


def _read_as(grant: Grant, *, gone: str) -> None:
    """Let this request read as the person a token is tied to, in their language."""
    found = reader_of(grant.person_id) if grant.person_id is not None else None
    if found is None:
        raise NotFound(gone or _("This link no longer opens anything. Ask whoever gave it to you for a new one."))
    g.reader = found
    language.set(found.language)


def _declare(policy: dict[str, Any], loaders: Mapping[str, Loader]) -> Callable[[View], View]:
    if len(loaders) > 1:
        raise TypeError("one loader per view")
    argument, loader = next(iter(loaders.items()), (None, None))

    def declare(view: View) -> View:
        view.policy = Policy(argument=argument, loader=loader, **policy)  # type: ignore[attr-defined]
        return view

    return declare


def public(
    *, prepare: Callable[[], Any] | None = None, max_bytes: int = MAX_BODY_BYTES, **loader: Loader
) -> Callable[[View], View]:
    """Let everybody in."""
    return _declare({"kind": "public", "prepare": prepare, "max_bytes": max_bytes}, loader)


def signed_in(
    *, prepare: Callable[[], Any] | None = None, max_bytes: int = MAX_BODY_BYTES, **loader: Loader
) -> Callable[[View], View]:
    """Let every signed-in person in."""
    return _declare({"kind": "signed_in", "prepare": prepare, "max_bytes": max_bytes}, loader)


def requires(
    permission: str, *, prepare: Callable[[], Any] | None = None, max_bytes: int = MAX_BODY_BYTES, **loader: Loader
) -> Callable[[View], View]:
    """Let in whoever `can` do this to what the loader gives."""
    declared = {"kind": "requires", "permission": permission, "prepare": prepare, "max_bytes": max_bytes}
    return _declare(declared, loader)


def token(
    scope: str,
    *,
    reader: bool = False,
    gone: str = "",
    elsewhere: tuple[object, str] | None = None,
    prepare: Callable[[], Any] | None = None,
    max_bytes: int = MAX_BODY_BYTES,
    **loader: Loader,
) -> Callable[[View], View]:
    """Let in whoever has the address: its `<token>` opens this scope. Without loader the view receives `grant`.

    :param reader: the token is tied to a person (a feed, a wall): loader and view read as this person, what they may
        read now, and no more once they have left; such a route only answers GET
    :param gone: said once it opens nothing, to whoever stands there: what they can do now
    :param elsewhere: the words and the endpoint of a page where they may find what they came for
    """
    declared = {"kind": "token", "scope": scope, "reader": reader, "gone": gone, "elsewhere": elsewhere}
    return _declare({**declared, "prepare": prepare, "max_bytes": max_bytes}, loader)


def policy_of(view: object) -> Policy | None:
    """Give the policy of a view, None if it declares none."""
    return getattr(view, "policy", None)


def body_bytes() -> int:
    """Give the largest body that the page of this request takes from whoever reads it."""
    policy = policy_of(current_app.view_functions.get(request.endpoint or ""))
    most = policy.max_bytes if policy else MAX_BODY_BYTES
    return most if account() else min(most, MAX_BODY_BYTES)


def account() -> Account | None:
    """Give who is signed in."""
    found = current_user._get_current_object()  # not the proxy: it would look its person up at every attribute
    return found if found.is_authenticated else None


def viewer() -> Viewer:
    """Give who reads this page."""
    reader: Reader | None = g.get("reader")
    if reader is not None:
        return reader.viewer
    found = account()
    return found.viewer if found else ANONYMOUS
