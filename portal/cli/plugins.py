"""Commands about plugins: what the plugins page shows and does."""

from __future__ import annotations

from collections.abc import Iterator

import click

from portal.errors import PortalError
from portal.hosting.commands import on_site
from portal.hosting.factory import create_app
from portal.hosting.install import prepare_plugins
from portal.hosting.operating import at_work
from portal.hosting.site import Site
from portal.loader.discovery import name_of
from portal.loader.manifest import Manifest, say
from portal.loader.standing import Standing, standing_of, standings
from portal.web.dates import instant
from portal.web.pages.plugins.acts import change_switch, off_needs, retry_of, take_back
from portal.web.pages.plugins.faults import fault_groups
from portal.web.pages.plugins.lists import calls, keeps
from portal.web.pages.plugins.words import reasons, word


@click.group(help="Les extensions.")
def plugins() -> None:
    """Hold the commands about plugins."""


@plugins.command(name="list", help="Liste les extensions et leur état.")
@on_site
def plugins_list(site: Site) -> None:
    """List the plugins."""
    with create_app(site).app_context():
        for standing in standings():
            manifest = standing.manifest
            version = manifest.version if manifest else ""
            click.echo(f"{standing.id:<20} {word(standing)[0]:<24} {version:<8} {name_of(standing.id)}")
            for reason in reasons(standing):
                click.echo(f"{'':<20} {reason}")


@plugins.command(help="Dit tout d'une extension : état, besoins, données, fautes.")
@click.argument("plugin")
@on_site
def show(site: Site, plugin: str) -> None:
    """Show one plugin."""
    with create_app(site).app_context():
        for line in _lines(standing_of(plugin)):
            click.echo(line)


def _lines(standing: Standing) -> Iterator[str]:
    yield f"{name_of(standing.id)} : {word(standing)[0]}"
    yield from reasons(standing)
    if standing.manifest is not None:
        yield from _described(standing.manifest)
    yield f"nécessaire à : {', '.join(standing.needed_by) or 'aucune'}"
    for group in fault_groups(standing.id):
        place = f"{group.place}, coupé" if group.is_cut else group.place
        yield f"{group.reference}  {instant(group.last_at)}  {group.count} fois  {place} : {group.summary}"
    found = retry_of(standing)
    if found is not None:
        yield found.note


def _described(manifest: Manifest) -> Iterator[str]:
    yield say(manifest.summary)
    yield f"version {manifest.version}, {manifest.license}, {', '.join(manifest.authors)}"
    needs = ", ".join(f"{need} {asked}".strip() for need, asked in manifest.depends.items())
    yield f"a besoin de : {needs or 'rien'}"
    yield f"garde : {keeps(manifest) or 'rien de déclaré'}"
    yield str(calls(manifest))


@plugins.command(help="Allume une extension.")
@click.argument("plugin")
@click.option("--with-needs", is_flag=True, help="Allume aussi celles dont elle a besoin.")
@on_site
def enable(site: Site, plugin: str, with_needs: bool) -> None:
    """Switch a plugin on."""
    with create_app(site).app_context():
        standing_of(plugin)
        wanted = [*(off_needs(plugin) if with_needs else ()), plugin]
    prepare_plugins(site, wanted)
    with at_work(site):
        for name in wanted:
            change_switch(standing_of(name), on=True, actor=None)
    for name in wanted:
        click.echo(f"{name_of(name)} : allumée.")


@plugins.command(help="Éteint une extension ; ce qui y est écrit reste.")
@click.argument("plugin")
@on_site
def disable(site: Site, plugin: str) -> None:
    """Switch a plugin off."""
    with at_work(site):
        standing = standing_of(plugin)
        change_switch(standing, on=False, actor=None)
    click.echo(f"{plugin} : éteinte.")
    if standing.needed_by:
        click.echo(f"Suspendues avec elle : {', '.join(standing.needed_by)}")


@plugins.command(help="Réessaie une extension mise à l'écart, ou ses parties coupées.")
@click.argument("plugin")
@on_site
def retry(site: Site, plugin: str) -> None:
    """Try again what broke."""
    with create_app(site).app_context():
        if not standing_of(plugin).may_retry:
            raise PortalError(f"{plugin} : rien n'attend d'être réessayé.")
    prepare_plugins(site, [plugin])
    with at_work(site):
        take_back(standing_of(plugin), actor=None)
    with create_app(site).app_context():
        standing = standing_of(plugin)
        click.echo(f"{name_of(plugin)} : {word(standing)[0]}.")
        for reason in reasons(standing):
            click.echo(reason)
