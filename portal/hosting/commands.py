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


def in_words(command: Callable[..., Any]) -> Callable[..., Any]:
    """Say what went wrong in one sentence, and leave with 1."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except (sqlalchemy.exc.DBAPIError, sqlite3.Error) as error:
            detail = str(getattr(error, "orig", error)).strip()
            busy = "La base est occupée, recommencez dans une minute" if "locked" in detail else "La base ne répond pas"
            raise click.ClickException(f"{busy} : {detail}") from error
        except (PortalError, OSError) as error:
            raise click.ClickException(str(error)) from error

    return run


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
