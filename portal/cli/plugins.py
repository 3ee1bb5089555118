"""Commands about plugins."""

from __future__ import annotations

import click

from portal.errors import PortalError
from portal.hosting.commands import on_site
from portal.hosting.factory import create_app
from portal.hosting.install import prepare_plugin
from portal.hosting.operating import at_work
from portal.hosting.site import Site
from portal.loader.discovery import scan
from portal.loader.manifest import say
from portal.values import ANONYMOUS
from portal.web.pages.plugins import change_switch, installed


@click.group(help="Les extensions.")
def plugins() -> None:
    """Hold the commands about plugins."""


@plugins.command(name="list", help="Liste les extensions et leur état.")
@on_site
def plugins_list(site: Site) -> None:
    """List the plugins."""
    with create_app(site).app_context():
        found = scan()
        for name in sorted({*found.manifests, *found.faults}):
            item = installed(ANONYMOUS, plugin=name)
            title = say(item.manifest.name) if item.manifest else str(item.fault)
            click.echo(f"{name:<20} {item.word[0]:<16} {item.manifest.version if item.manifest else '':<8} {title}")


@plugins.command(help="Allume une extension.")
@click.argument("plugin")
@on_site
def enable(site: Site, plugin: str) -> None:
    """Switch a plugin on."""
    with create_app(site).app_context():
        item = installed(ANONYMOUS, plugin=plugin)
    if item.manifest is None:
        raise PortalError(f"{plugin} : {item.fault or 'absente'}")
    prepare_plugin(site, item.manifest)
    with at_work(site):
        change_switch(item, on=True, actor=None)
    click.echo(f"{say(item.manifest.name)} : allumée.")


@plugins.command(help="Éteint une extension ; ce qui y est écrit reste.")
@click.argument("plugin")
@on_site
def disable(site: Site, plugin: str) -> None:
    """Switch a plugin off."""
    with at_work(site):
        change_switch(installed(ANONYMOUS, plugin=plugin), on=False, actor=None)
    click.echo(f"{plugin} : éteinte.")
