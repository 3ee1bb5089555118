"""The `portal` command. Each sentence it prints is for the person at the keyboard, in French."""

from __future__ import annotations

import logging
from pathlib import Path

import click

from portal.cli import backup, collectivities, instances, people, plugins, reading
from portal.cli.extending import Portal
from portal.hosting.config import instance_folder


@click.group(
    cls=Portal,
    help="Capot ouvert : un portail intranet fait d'extensions.",
    epilog="Une extension allumée peut ajouter ses commandes : portal <extension> --help",
)
@click.option("--instance", type=click.Path(path_type=Path), help="Dossier de l'instance (défaut : instance/).")
@click.pass_context
def main(context: click.Context, instance: Path | None) -> None:
    """Hold the commands."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)
    context.obj = instance or instance_folder()


for command in (
    instances.init,
    instances.run,
    instances.upgrade_command,
    instances.work,
    instances.demo,
    collectivities.collectivity,
    plugins.plugins,
    people.user,
    backup.backup,
    backup.restore_command,
    reading.routes,
    reading.hooks,
):
    main.add_command(command)
