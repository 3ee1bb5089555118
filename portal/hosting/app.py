"""The Flask app of one collectivity: what differs from Flask's own class."""

from __future__ import annotations

import functools
from collections.abc import Callable
from functools import cache
from typing import Any, ClassVar

from flask import Flask, Request, Response, g
from jinja2 import BaseLoader
from werkzeug.routing import IntegerConverter, MapAdapter, Rule, ValidationError

from portal.hosting.requests import RevisionMoved
from portal.web.environment import DomainEnvironment
from portal.web.policy import policy_of

MAX_ROW_NUMBER = 2**31 - 1


class RowNumber(IntegerConverter):
    """A number in an address that a row can have; a larger one is no address (404), and no fault of the database."""

    def to_python(self, value: str) -> int:
        """Read it.

        :raises ValidationError: too large
        """
        number: int = super().to_python(value)
        if number > MAX_ROW_NUMBER:
            raise ValidationError
        return number


@cache
def _admitted(view: Callable[..., Any]) -> Callable[..., Any]:
    """Call a view with what its policy let in and loaded; the address's own arguments stay on the request."""

    @functools.wraps(view)
    def call(**_address: object) -> Any:
        return view(**g.admitted)

    return call


class SharedRule(Rule):
    """An address whose builders are compiled once in a process, not in each app: they depend on its text alone.

    Werkzeug compiles two functions for each address, which took almost half of the time of building an app.
    """

    _builders: ClassVar[dict[tuple[object, ...], Callable[..., tuple[str, str]]]] = {}

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        if self.defaults:
            return super()._compile_builder(append_unknown)
        key = (append_unknown, self.rule, *self._trace)
        if key not in self._builders:
            self._builders[key] = super()._compile_builder(append_unknown)
        return self._builders[key]


class PortalFlask(Flask):
    """Refuses a view without policy; speaks each template's own words; lets the dispatcher start a request again."""

    jinja_environment = DomainEnvironment
    url_rule_class = SharedRule
    template_source: BaseLoader | None = None

    def add_url_rule(
        self,
        rule: str,
        endpoint: str | None = None,
        view_func: Callable[..., Any] | None = None,
        *args: Any,
        **options: Any,
    ) -> None:
        """Register an address, if its view says who may come in (P1).

        :raises ValueError: it does not
        """
        policy = policy_of(view_func)
        if view_func is not None and policy is None:
            raise ValueError(f"{endpoint or view_func.__name__} declares no policy")
        if policy is not None and policy.reader and {*(options.get("methods") or ())} - {"GET", "HEAD"}:
            raise ValueError(f"{endpoint}: an address that reads as somebody only answers GET")
        options.setdefault("provide_automatic_options", False)
        super().add_url_rule(rule, endpoint, view_func and _admitted(view_func), *args, **options)

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """Write addresses outside a request too, whole: a mail, a command, a job speak of pages."""
        if request is not None or "BASE_URL" not in self.config:
            return super().create_url_adapter(request)
        scheme, _colon, host = self.config["BASE_URL"].partition("://")
        return self.url_map.bind(host, url_scheme=scheme)

    def create_global_jinja_loader(self) -> Any:
        """Find templates by folder: the instance's, the core's, the plugins'."""
        return self.template_source

    def handle_exception(self, e: Exception) -> Response:
        """Let a request that must start again leave the app untouched."""
        if isinstance(e, RevisionMoved):
            raise e
        return super().handle_exception(e)

    def log_exception(self, exc_info: object) -> None:
        """Write nothing: whoever answers a fault notes it, and an address may hold the secret of a link."""

    def handle_user_exception(self, e: Exception) -> Any:
        """As above, before the handler of every exception sees it."""
        if isinstance(e, RevisionMoved):
            raise e
        return super().handle_user_exception(e)
