"""Commands that keep the instance: back it up, judge an archive, restore one."""

from __future__ import annotations

import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from portal.errors import PortalError
from portal.hosting.archives import Told, damaged, read_manifest
from portal.hosting.backup import archives_in, back_up, backup_folder, rotate
from portal.hosting.commands import in_words
from portal.hosting.config import read_instance
from portal.hosting.restore import restore
from portal.hosting.site import Site

ARCHIVE = click.Path(path_type=Path, exists=True, dir_okay=False)


def progress() -> Told:
    """Show on a terminal what is done, of how much, and the time left; say nothing elsewhere."""
    started, shown = time.monotonic(), 0.0

    def told(what: str, done: int, total: int) -> None:
        nonlocal started, shown
        at = time.monotonic()
        if done <= 0 or total <= 0 or (at - shown < 0.2 and done < total) or not sys.stderr.isatty():
            return
        left = (at - started) * (total - done) / done
        click.echo(f"\r{what} : {done >> 20} / {total >> 20} Mio, encore {left:.0f} s   ", nl=done >= total, err=True)
        shown = at
        if done >= total:
            started = time.monotonic()

    return told


def instant(text: str) -> str:
    """Say an instant as the clock of this machine does."""
    return f"{datetime.fromisoformat(text).astimezone():%d/%m/%Y à %H:%M:%S}"


@click.group(invoke_without_command=True, help="Sauvegarde l'instance pendant qu'on y travaille, en une archive.")
@click.option("--collectivity", help="Une seule.")
@click.option("--to", type=click.Path(path_type=Path), help="Dossier, ou fichier en .tar (défaut : [backup] folder).")
@click.option("--keep", type=click.IntRange(1), help="Ne garde que les N plus récentes du dossier.")
@click.option("--with-key", is_flag=True, help="Y met la clé aussi : l'archive ouvre alors tout, gardez-la sous clé.")
@click.option(
    "--with-files", is_flag=True, help="Y copie aussi les fichiers d'un magasin S3 (ceux d'un dossier y sont)."
)
@click.pass_context
def backup(context: click.Context, /, to: Path | None, **options: Any) -> None:
    """Back the instance up, unless a sub-command was said."""
    if context.invoked_subcommand is None:
        _back_up(context.obj, to, **options)


@in_words
def _back_up(
    folder: Path, to: Path | None, *, collectivity: str | None, keep: int | None, with_key: bool, with_files: bool
) -> None:
    if not folder.is_dir():
        raise PortalError(f"Il n'y a pas d'instance dans {folder} : dites la sienne avec --instance.")
    instance = read_instance(folder)
    sites = [Site(instance, item) for item in instance.collectivities if collectivity in {None, item.slug}]
    if not sites:
        raise PortalError(f"Aucune collectivité ne s'appelle « {collectivity} ».")
    place = to or backup_folder(instance)
    try:
        path = back_up(sites, to=place, with_key=with_key, with_files=with_files, told=progress())
    finally:
        for site in sites:
            site.engine.dispose()
    held = read_manifest(path)["collectivities"]
    for name, part in held.items():
        click.echo(
            f"{name} : {sum(part['rows'].values())} lignes, {part['files']} fichiers, état du {instant(part['at'])}"
        )
        if part["files_apart"]:
            click.echo(f"  ses fichiers sont dans {part['files_apart']} : à sauvegarder à part, ou --with-files")
    click.echo(f"{path} ({path.stat().st_size >> 20} Mio)")
    if not with_key:
        click.echo("La clé (secret.key) n'y est pas : gardez-en une copie ailleurs, elle ne change jamais.")
    for gone in rotate(path.parent, keep=keep or instance.backup.keep):
        click.echo(f"Effacée, plus ancienne : {gone.name}")


@backup.command(help="Juge une archive, ou la plus récente : chaque membre est-il tel qu'il a été écrit ?")
@click.argument("archive", type=ARCHIVE, required=False)
@click.pass_obj
@in_words
def verify(folder: Path, archive: Path | None) -> None:
    """Judge an archive."""
    if archive is None:
        archive = next(iter(archives_in(backup_folder(read_instance(folder)))), None)
    if archive is None:
        raise PortalError("Il n'y a pas encore de sauvegarde à juger.")
    faults = damaged(archive, told=progress())
    if faults:
        raise PortalError(f"{archive} est abîmée : {', '.join(faults)}")
    click.echo(f"{archive} : intacte, {len(read_manifest(archive)['members'])} membres.")


@click.command(name="restore", help="Remet une sauvegarde en place, le portail arrêté.")
@click.argument("archive", type=ARCHIVE)
@click.option("--into", type=click.Path(path_type=Path), required=True, help="Dossier de l'instance.")
@click.option("--collectivity", help="Une seule.")
@click.option("--replace", is_flag=True, help="Met de côté ce qui s'y trouve.")
@click.option("--new-key", is_flag=True, help="Se passe de l'ancienne clé, perdue.")
@in_words
def restore_command(archive: Path, into: Path, collectivity: str | None, replace: bool, new_key: bool) -> None:
    """Restore an archive."""
    done = restore(archive, into, slug=collectivity, replace=replace, new_key=new_key, told=progress())
    for item in done:
        click.echo(f"{item.slug} : {item.rows} lignes, {item.files} fichiers, état du {instant(item.at)}")
        for line in item.upgraded:
            click.echo(f"  mise à jour : {line}")
        for place in item.aside:
            click.echo(f"  mis de côté : {place}")
    click.echo("Toutes les sessions sont closes : chacun entre à nouveau. Lancez : portal doctor, puis portal run")
