"""The `portal` command. Each sentence it prints is for the person at the keyboard, in French."""

from __future__ import annotations

from pathlib import Path

import click

from portal.cli import (
    backup,
    collectivities,
    doctor,
    instances,
    mail,
    people,
    plugins,
    privacy,
    purging,
    reading,
    rescue,
)
from portal.cli.extending import Portal
from portal.errors import ConfigError
from portal.hosting.config import Log, instance_folder, read_instance
from portal.hosting.logs import start_logs


@click.group(
    cls=Portal,
    help="Capot ouvert : un portail intranet fait d'extensions.",
    epilog="Une extension allumée peut ajouter ses commandes : portal <extension> --help",
)
@click.option("--instance", type=click.Path(path_type=Path), help="Dossier de l'instance (défaut : instance/).")
@click.pass_context
def main(context: click.Context, instance: Path | None) -> None:
    """Hold the commands."""
    context.obj = instance or instance_folder()
    try:
        start_logs(read_instance(context.obj).log)
    except ConfigError:  # the command says it, unless it can do without
        start_logs(Log())


for command in (
    instances.init,
    instances.run,
    instances.upgrade_command,
    instances.work,
    instances.demo,
    collectivities.collectivity,
    plugins.plugins,
    people.user,
    mail.mail,
    privacy.privacy,
    backup.backup,
    backup.restore_command,
    doctor.doctor,
    rescue.rescue,
    reading.routes,
    reading.hooks,
):
    main.add_command(command)
plugins.plugins.add_command(purging.purge)
