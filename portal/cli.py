"""The `portal` command. Each sentence it prints is for the person at the keyboard, in French."""

from __future__ import annotations

import logging
import signal
import sys
from pathlib import Path

import click

from portal.content.clock import now
from portal.demo.playing import play_demo, reset_demo
from portal.errors import PortalError
from portal.hosting.commands import in_words, on_site, with_port
from portal.hosting.config import Collectivity, instance_folder, read_instance
from portal.hosting.factory import create_app
from portal.hosting.install import prepare_plugin
from portal.hosting.operating import (
    add_collectivity,
    at_work,
    first_administrator,
    init_instance,
    remove_collectivity,
    upgrade,
)
from portal.hosting.serving import check_port, serve
from portal.hosting.site import Site
from portal.hosting.worker import Worker
from portal.loader.discovery import scan
from portal.loader.hooks import CORE_SPECS
from portal.loader.manifest import say
from portal.people.passwords import check_pin, hash_secret
from portal.people.users import add_user, disable_user, issue_link, one_user
from portal.values import ANONYMOUS, Role
from portal.web.answers import absolute_url
from portal.web.pages.plugins import change_switch, installed
from portal.web.policy import policy_of

PORT = click.IntRange(1, 65535)


@click.group(help="Capot ouvert : un portail intranet fait d'extensions.")
@click.option("--instance", type=click.Path(path_type=Path), help="Dossier de l'instance (défaut : instance/).")
@click.pass_context
def main(context: click.Context, instance: Path | None) -> None:
    """Hold the commands."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)
    context.obj = instance or instance_folder()


@main.command(help="Prépare une instance : dossier, clé, base, premier administrateur.")
@click.option("--name", help="Nom de la collectivité.")
@click.option("--admin", default="Administration", help="Nom du premier administrateur.")
@click.pass_obj
@in_words
def init(folder: Path, name: str | None, admin: str) -> None:
    """Prepare an instance and print the first administrator's link."""
    instance = init_instance(folder, name=name)
    click.echo(f"Instance prête dans {folder}/. Lancez-la : portal run")
    site = Site(instance, instance.collectivities[0])
    click.echo(
        f"Pour entrer la première fois (lien à usage unique, 30 minutes) :\n  {first_administrator(site, admin)}"
    )


@main.command(help="Répond aux navigateurs ; fait aussi le travail de fond.")
@click.option("--port", type=PORT, help="Autre port que celui de portal.toml.")
@click.pass_obj
@in_words
def run(folder: Path, port: int | None) -> None:
    """Serve the instance."""
    serve(with_port(read_instance(folder), port))


@main.command(
    name="upgrade", help="Met les bases à jour ; les pages répondent « mise à jour en cours » pendant ce temps."
)
@click.option("--only", help="Une seule extension.")
@click.pass_obj
@in_words
def upgrade_command(folder: Path, only: str | None) -> None:
    """Migrate every collectivity."""
    instance = read_instance(folder)
    faults = 0
    for item in instance.collectivities:
        result = upgrade(Site(instance, item), only=only)
        click.echo(f"{item.slug} : {', '.join(result.done) or 'déjà à jour'}")
        for fault in result.faults:
            click.echo(f"{item.slug}, non mise à jour, {fault}", err=True)
        faults += len(result.faults)
    if faults:
        raise click.ClickException("Des extensions n'ont pas pu être mises à jour ; le reste l'est.")


@main.command(help="Le travail de fond : envois, passages d'états, ménage.")
@click.option("--once", is_flag=True, help="Un seul tour.")
@click.pass_obj
@in_words
def work(folder: Path, once: bool) -> None:
    """Walk the collectivities."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    worker = Worker(read_instance(folder))
    if once:
        worker.round()
    else:
        worker.run()


@main.group(help="Les collectivités de l'instance.")
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


@main.group(help="Les extensions.")
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


@main.group(help="Les personnes.")
def user() -> None:
    """Hold the commands about people."""


@user.command(name="add", help="Ajoute une personne et imprime son lien d'entrée.")
@click.argument("name")
@click.option("--matricule")
@click.option("--email")
@click.option("--role", type=click.Choice([Role.AGENT, Role.PLUGIN_ADMIN, Role.ADMIN]), default=Role.AGENT)
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
    click.echo(f"{name} (n° {number}). Lien à usage unique, 30 minutes :\n  {address}")


@user.command(help="Imprime un nouveau lien d'entrée à usage unique.")
@click.argument("who")
@on_site
def link(site: Site, who: str) -> None:
    """Make a one-time link."""
    with at_work(site):
        found = one_user(who)
        click.echo(f"{found.name}, 30 minutes :\n  {absolute_url('core.link', token=issue_link(found.id))}")


@user.command(name="disable", help="Ferme la porte à une personne, tout de suite ; ce qu'elle a écrit reste.")
@click.argument("who")
@on_site
def user_disable(site: Site, who: str) -> None:
    """Disable a person."""
    with at_work(site):
        found = one_user(who)
        disable_user(found.id, at=now())
        click.echo(f"{found.name} n'entre plus.")


@main.command(help="Joue la soirée de démonstration et la sert.")
@click.option("--reset", is_flag=True, help="Repart de zéro.")
@click.option("--port", type=PORT, default=8000, show_default=True)
@click.option("--no-serve", is_flag=True, help="Prépare sans servir.")
@in_words
def demo(reset: bool, port: int, no_serve: bool) -> None:
    """Prepare the demonstration, print one address per person, serve it."""
    if not no_serve:
        check_port("127.0.0.1", port)
    folder = instance_folder() / "demo"
    if reset:
        reset_demo(folder)
    for line in play_demo(folder, port=port):
        click.echo(line)
    if not no_serve:
        serve(with_port(read_instance(folder), port))


@main.command(help="Liste les adresses et qui peut y entrer.")
@on_site
def routes(site: Site) -> None:
    """List the routes with their policies."""
    app = create_app(site)
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        policy = policy_of(app.view_functions[rule.endpoint])
        kind = f"{policy.kind} {policy.permission or policy.scope or ''}" if policy else "?"
        methods = ",".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
        click.echo(f"{methods:<10} {rule.rule:<50} {kind}")


@main.command(help="Imprime le manuel des points d'accroche.")
def hooks() -> None:
    """Print the hooks and their docstrings."""
    for module in CORE_SPECS:
        for name in sorted(name for name in vars(module) if name.startswith("portal_")):
            click.echo(f"{name}\n{getattr(module, name).__doc__}\n")


if __name__ == "__main__":
    main()
