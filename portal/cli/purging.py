"""The command that purges a plugin, installed or gone."""

from __future__ import annotations

from pathlib import Path

import click

from portal.errors import PortalError
from portal.hosting.commands import on_site
from portal.hosting.factory import create_app
from portal.hosting.purging import purge_plan, purge_plugin
from portal.hosting.site import Site


@click.command(help="Vide une extension éteinte : ses lignes sont exportées, puis ses tables supprimées.")
@click.argument("plugin")
@click.option("--to", type=click.Path(path_type=Path, dir_okay=False), help="Fichier .zip de l'export.")
@click.option("--dry-run", is_flag=True, help="Dit ce qui partirait, sans rien écrire.")
@click.option("--typed", help="Son identifiant, une seconde fois, au lieu de le taper.")
@on_site
def purge(site: Site, plugin: str, to: Path | None, dry_run: bool, typed: str | None) -> None:
    """Purge a plugin."""
    with create_app(site).app_context():
        plan = purge_plan(site, plugin)
        plan.check()
        for name, rows in (*plan.tables, *plan.shared):
            click.echo(f"{rows:>8}  {name}")
        if dry_run:
            return
        if (typed or click.prompt("Tapez son identifiant pour la vider, sans retour")) != plugin:
            raise PortalError("Ce n'est pas son identifiant : rien n'a été fait.")
        kept = purge_plugin(site, plugin, actor_id=None, export_to=to)
    click.echo(f"{plugin} est vidée. L'export, que vous seul pouvez ouvrir : {kept}")
