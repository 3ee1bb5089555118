"""The way back in when nobody can administer any more: on the machine only, and written in the audit."""

from __future__ import annotations

from dataclasses import replace

import click

from portal.content.audit import record
from portal.content.clock import now, real_now
from portal.hosting.commands import on_site
from portal.hosting.operating import at_work
from portal.hosting.site import Site
from portal.people.persons import subject_of
from portal.people.staff import PersonFacts, add_person, change_person, people_facts
from portal.people.users import issue_link, one_user
from portal.values import Role
from portal.web.answers import absolute_url


@click.command(help="Quand plus personne ne peut administrer : un lien à usage unique, inscrit au journal.")
@click.option("--who", help="Matricule, adresse ou n°NUMÉRO d'une personne, qui administrera dès lors.")
@click.option("--new", "name", help="Nom d'une personne à ajouter, qui administrera.")
@on_site
def rescue(site: Site, who: str | None, name: str | None) -> None:
    """Print a one-time link for somebody who administers, made an administrator if need be."""
    with at_work(site):
        if not (who or name):
            _explain()
            return
        if who:
            found = one_user(who)
            number = found.id
            click.echo(f"{found.name} (n°{number}) administre.")
            change_person(number, replace(people_facts([number])[number], role=Role.ADMIN), actor=None, at=now())
        else:
            number = add_person(PersonFacts(name or "", role=Role.ADMIN), actor=None, at=now())
        record("portal.rescued", subject_of(number), actor=None, at=real_now())
        click.echo(f"Lien à usage unique, 30 minutes :\n  {absolute_url('core.link', token=issue_link(number))}")


def _explain() -> None:
    found = {number: facts.name for number, facts in people_facts().items() if facts.role is Role.ADMIN}
    for number, name in found.items():
        click.echo(f"{name} (n°{number}) administre déjà : portal rescue --who n°{number}")
    if not found:
        click.echo("Plus personne n'administre.")
    click.echo("Quelqu'un d'autre : portal rescue --who MATRICULE ; une personne nouvelle : portal rescue --new NOM")
