"""What every command shares: faults in one sentence, the collectivity it is about."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any

import click
import sqlalchemy.exc

from portal.errors import PortalError
from portal.hosting.config import Instance, read_instance
from portal.hosting.site import Site, site_of
from portal.loader.faults import is_away

LOCK_NOT_AVAILABLE = "55P03"  # PostgreSQL says it in the language of its server
SPOILT = ("not a database", "malformed")


def in_words(command: Callable[..., Any]) -> Callable[..., Any]:
    """Say what went wrong in one sentence, and leave with 1."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except (sqlalchemy.exc.DBAPIError, sqlite3.Error) as error:
            raise click.ClickException(_of_database(error)) from error
        except (PortalError, OSError) as error:
            raise click.ClickException(str(error)) from error

    return run


def _of_database(error: sqlalchemy.exc.DBAPIError | sqlite3.Error) -> str:
    detail = getattr(error, "orig", None) or error
    if "locked" in str(detail) or getattr(detail, "sqlstate", None) == LOCK_NOT_AVAILABLE:
        return f"La base est occupée, recommencez dans une minute : {detail}"
    is_there = (
        isinstance(error, sqlalchemy.exc.DBAPIError)
        and not is_away(error)
        and not any(word in str(detail) for word in SPOILT)
    )
    return str(detail) if is_there else f"La base ne répond pas : {detail}"


def one_site(context: click.Context) -> Site:
    """Give the collectivity that `--collectivity` names, or the only one."""
    instance, slug = read_instance(context.obj), context.params.pop("collectivity", None)
    site = site_of(instance, slug)
    if site is None:
        names = ", ".join(item.slug for item in instance.collectivities)
        raise click.ClickException(f"Dites laquelle avec --collectivity : {names}.")
    return site


def on_site(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command its collectivity."""

    @click.option("--collectivity", help="Laquelle, s'il y en a plusieurs.")
    @click.pass_context
    @in_words
    @wraps(command)
    def run(context: click.Context, collectivity: str | None, **kwargs: Any) -> Any:
        site = one_site(context)
        try:
            return command(site, **kwargs)
        finally:
            site.engine.dispose()

    return run


def with_port(instance: Instance, port: int | None) -> Instance:
    """Give the instance, answering on another port."""
    server = replace(instance.server, port=port) if port else instance.server
    return replace(instance, server=server)
