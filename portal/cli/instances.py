"""Commands about the instance: prepare it, run it, upgrade it, work for it, play the demonstration."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime
from pathlib import Path

import click

from portal.demo.playing import move_demo, play_demo, reset_demo
from portal.hosting.commands import in_words, with_port
from portal.hosting.config import instance_folder, read_instance
from portal.hosting.operating import first_administrator, init_instance, upgrade
from portal.hosting.running import stay_running
from portal.hosting.serving import check_port, serve
from portal.hosting.site import Site
from portal.hosting.wheel import turn
from portal.hosting.worker import Worker

PORT = click.IntRange(1, 65535)
HOUR = click.DateTime(["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"])


@click.command(help="Prépare une instance : dossier, clé, base, premier administrateur.")
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


@click.command(help="Répond aux navigateurs ; fait aussi le travail de fond.")
@click.option("--port", type=PORT, help="Autre port que celui de portal.toml.")
@click.pass_obj
@in_words
def run(folder: Path, port: int | None) -> None:
    """Serve the instance."""
    serve(with_port(read_instance(folder), port))


@click.command(
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


@click.command(help="Le travail de fond : envois, passages d'états, ménage.")
@click.option("--once", is_flag=True, help="Un seul tour.")
@click.pass_obj
@in_words
def work(folder: Path, once: bool) -> None:
    """Walk the collectivities."""
    instance = read_instance(folder)
    with stay_running(folder):
        if once:
            with closing(Worker(instance)) as worker:
                worker.round()
        else:
            turn(instance)


@click.command(help="Joue la soirée de démonstration et la sert.")
@click.option("--reset", is_flag=True, help="Repart de zéro.")
@click.option("--port", type=PORT, default=8000, show_default=True)
@click.option("--no-serve", is_flag=True, help="Prépare sans servir.")
@click.option("--at", type=HOUR, help="Y avance l'heure, même servie ailleurs (avec --no-serve).")
@in_words
def demo(reset: bool, port: int, no_serve: bool, at: datetime | None) -> None:
    """Prepare the demonstration, print one address per person, serve it."""
    if not no_serve:
        check_port("127.0.0.1", port)
    folder = instance_folder() / "demo"
    if reset:
        reset_demo(folder)
    for line in play_demo(folder, port=port):
        click.echo(line)
    if at:
        click.echo(move_demo(folder, at))
    if not no_serve:
        serve(with_port(read_instance(folder), port))
