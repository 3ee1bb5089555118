"""Commands about the collectivities of an instance."""

from __future__ import annotations

from pathlib import Path

import click

from portal.hosting.commands import in_words
from portal.hosting.config import Collectivity, read_instance
from portal.hosting.operating import add_collectivity, first_administrator, remove_collectivity
from portal.hosting.site import Site


@click.group(help="Les collectivités de l'instance.")
def collectivity() -> None:
    """Hold the commands about collectivities."""


@collectivity.command(name="add", help="Ajoute une collectivité : un nom d'hôte, une base, un dossier.")
@click.argument("slug")
@click.option("--host", "hosts", multiple=True, required=True, help="Nom d'hôte (répétable).")
@click.option("--name", required=True)
@click.option("--database", default="", help="Adresse PostgreSQL ; sinon un fichier SQLite.")
@click.option("--admin", default="Administration")
@click.pass_obj
@in_words
def collectivity_add(folder: Path, slug: str, hosts: tuple[str, ...], name: str, database: str, admin: str) -> None:
    """Add a collectivity and print its first administrator's link."""
    added = Collectivity(slug=slug, name=name, hosts=hosts, database=database)
    instance = add_collectivity(folder, added)
    click.echo(
        f"{slug} est prête ; elle répondra après un rechargement (kill -HUP du processus principal, ou portal run)."
    )
    click.echo(f"Premier administrateur, 30 minutes :\n  {first_administrator(Site(instance, added), admin)}")


@collectivity.command(name="list", help="Liste les collectivités.")
@click.pass_obj
@in_words
def collectivity_list(folder: Path) -> None:
    """List the collectivities."""
    for item in read_instance(folder).collectivities:
        click.echo(f"{item.slug:<20} {', '.join(item.hosts):<40} {item.name}")


@collectivity.command(name="remove", help="Retire une collectivité ; son dossier est mis de côté, rien n'est effacé.")
@click.argument("slug")
@click.confirmation_option(prompt="Elle ne répondra plus. Continuer ?")
@click.pass_obj
@in_words
def collectivity_remove(folder: Path, slug: str) -> None:
    """Take a collectivity off the list."""
    click.echo(f"{slug} est retirée. Son dossier : {remove_collectivity(folder, slug)}")
