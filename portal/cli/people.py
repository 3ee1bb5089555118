"""Commands about people."""

from __future__ import annotations

import click

from portal.content.clock import now
from portal.hosting.commands import on_site
from portal.hosting.operating import at_work
from portal.hosting.site import Site
from portal.people.leaving import leave
from portal.people.passwords import check_pin, hash_secret
from portal.people.users import add_user, issue_link, one_user
from portal.values import Role
from portal.web.answers import absolute_url

ROLES = [role.value for role in (Role.AGENT, Role.PLUGIN_ADMIN, Role.ADMIN)]


@click.group(help="Les personnes.")
def user() -> None:
    """Hold the commands about people."""


@user.command(name="add", help="Ajoute une personne et imprime son lien d'entrée.")
@click.argument("name")
@click.option("--matricule")
@click.option("--email")
@click.option("--role", type=click.Choice(ROLES), default=ROLES[0])
@click.option("--pin", help="Code à six chiffres des écrans partagés.")
@on_site
def user_add(site: Site, name: str, matricule: str | None, email: str | None, role: str, pin: str | None) -> None:
    """Add a person."""
    if pin:
        check_pin(pin)
    pin_hash = hash_secret(pin) if pin else None
    with at_work(site):
        number = add_user(name, matricule=matricule, email=email, role=Role(role), pin_hash=pin_hash)
        address = absolute_url("core.link", token=issue_link(number))
    click.echo(f"{name} (n°{number}). Lien à usage unique, 30 minutes :\n  {address}")


@user.command(help="Imprime un nouveau lien d'entrée à usage unique.")
@click.argument("who", metavar="MATRICULE|ADRESSE|n°NUMÉRO")
@on_site
def link(site: Site, who: str) -> None:
    """Make a one-time link."""
    with at_work(site):
        found = one_user(who)
        click.echo(f"{found.name}, 30 minutes :\n  {absolute_url('core.link', token=issue_link(found.id))}")


@user.command(name="disable", help="Une personne part : plus rien ne s'ouvre ; ce qu'elle a fait reste, sans son nom.")
@click.argument("who", metavar="MATRICULE|ADRESSE|n°NUMÉRO")
@on_site
def user_disable(site: Site, who: str) -> None:
    """Let a person leave."""
    with at_work(site):
        found = one_user(who)
        name = found.name
        leave(found.id, actor=None, at=now())
    click.echo(f"{name} n'entre plus.")
