"""Commands about personal data: register, export, erasure, retention."""

from __future__ import annotations

import shutil
from pathlib import Path

import click

from portal.content.audit import record
from portal.content.clock import now
from portal.content.privacy.erasing import what_is_erased
from portal.content.privacy.register import register
from portal.content.privacy.retention import due, run_retention
from portal.db import db, is_postgresql, transaction
from portal.errors import Conflict
from portal.hosting.commands import on_site
from portal.hosting.erasures import overwrite, rewrite, settle_erasure
from portal.hosting.factory import create_app
from portal.hosting.operating import at_work
from portal.hosting.purging import sweep_exports
from portal.hosting.site import Site
from portal.loader.inventory.sheets import read_inventory
from portal.people.erasing import any_user, erase_person
from portal.people.persons import subject_of
from portal.people.users import one_user, printed_number
from portal.web.exports import export
from portal.web.pages.privacy import REGISTER_COLUMNS, register_rows
from portal.web.takeout import takeout

ACTS = {"clear": "vidé", "delete": "ligne supprimée", "pseudonym": "reste, sous un pseudonyme"}


@click.group(help="Les données personnelles : registre, export, effacement, durées.")
def privacy() -> None:
    """Hold the commands about personal data."""


@privacy.command(name="register", help="Imprime le registre des traitements (RGPD, article 30) en CSV.")
@click.option("--to", type=click.Path(path_type=Path, dir_okay=False), help="Fichier (défaut : la sortie).")
@on_site
def register_command(site: Site, to: Path | None) -> None:
    """Write the register."""
    with create_app(site).app_context():
        rows = register_rows(register(read_inventory(db.session)))
        text = export("csv", "registre", columns=REGISTER_COLUMNS, rows=rows).get_data(as_text=True)
    if to is None:
        click.echo(text, nl=False)
        return
    to.write_text(text, encoding="utf-8")
    click.echo(f"{len(rows)} lignes dans {to}")


def _person(who: str) -> int:
    """Find a person by matricule, address or number, and say whom; one who left has only a number."""
    number = printed_number(who)
    user = one_user(who) if number is None else any_user(number)
    click.echo(f"{user.name} (n°{user.id}{f', matricule {user.matricule}' if user.matricule else ''})")
    return user.id


@privacy.command(name="export", help="Met dans une archive tout ce que le portail sait d'une personne.")
@click.argument("who", metavar="MATRICULE|ADRESSE|n°NUMÉRO")
@click.option("--to", required=True, type=click.Path(path_type=Path, dir_okay=False), help="Fichier .zip à écrire.")
@on_site
def export_command(site: Site, who: str, to: Path) -> None:
    """Export a person."""
    with at_work(site):
        number = _person(who)
        record("portal.data_handed_over", subject_of(number), actor=None, at=now())
        to.touch(mode=0o600)
        with takeout(number) as archive, to.open("wb") as file:
            shutil.copyfileobj(archive, file)
    click.echo(f"{to} : {to.stat().st_size} octets. À remettre à cette personne, et à elle seule.")


@privacy.command(name="erase", help="Efface ce qui est gardé d'une personne ; si elle est là, elle quitte le portail.")
@click.argument("who", metavar="MATRICULE|ADRESSE|n°NUMÉRO")
@click.option("--dry-run", is_flag=True, help="Dit ce qui partirait et ce qui resterait, sans rien écrire.")
@click.option("--yes", is_flag=True, help="Ne demande pas de confirmation.")
@on_site
def erase_command(site: Site, who: str, dry_run: bool, yes: bool) -> None:
    """Erase a person."""
    with create_app(site).app_context():
        number = _person(who)
        acts = what_is_erased(read_inventory(db.session))
    for act in sorted(acts, key=lambda item: list(ACTS).index(item.act)):
        click.echo(f"{ACTS[act.act]:<26} {act.table:<24} {', '.join(act.reasons)}")
    if dry_run:
        return
    if not yes:
        click.confirm("L'effacer ? C'est sans retour.", abort=True)
    with at_work(site):
        erase_person(number, actor=None, at=now())
    settle_erasure(site)
    click.echo(f"La personne n°{number} est effacée. Les sauvegardes l'oublieront à leur restauration.")
    if is_postgresql(site.engine):
        click.echo("PostgreSQL en garde les octets dans ses fichiers : portal privacy rewrite, à une heure creuse.")


@privacy.command(
    name="rewrite",
    help="Récrit les tables de PostgreSQL : rien d'effacé n'y reste. Qui vient attend.",
)
@on_site
def rewrite_command(site: Site) -> None:
    """Leave no byte of what was erased in the files of the database."""
    if not is_postgresql(site.engine):
        if not overwrite(site.engine):
            raise Conflict("Quelqu'un lit la base : ce qui a été effacé est encore dans son journal. Recommencez.")
        click.echo("Rien à faire : SQLite écrase dans son fichier ce qui est effacé, au moment où il l'efface.")
        return
    done = list(rewrite(site.engine))
    held = [(table, why) for table, why in done if why]
    for table, why in held:
        click.echo(f"{table:<32} {why}", err=True)
    click.echo(f"{len(done) - len(held)} tables récrites sur {len(done)}.")
    if held:
        raise click.exceptions.Exit(1)


@privacy.command(name="retention", help="Efface ce qui a été gardé assez longtemps (portal work le fait chaque jour).")
@click.option("--dry-run", is_flag=True, help="Dit table par table ce qui partirait, sans rien écrire.")
@on_site
def retention_command(site: Site, dry_run: bool) -> None:
    """Run the retention, or say what it would do."""
    with create_app(site).app_context():
        for item in due(read_inventory(db.session)):
            rule = item.rule
            columns = ", ".join(column.name for column in rule.columns)
            click.echo(
                f"{item.rows:>7}  {rule.sheet.name:<24} {columns} : {ACTS[rule.at_end]} après {rule.keep_days} jours, "
                f"soit avant le {item.before:%d/%m/%Y} ({', '.join(dict.fromkeys(c.reason for c in rule.columns))})"
            )
        if dry_run:
            return
        batches = 0
        while _one_batch():
            batches += 1
    sweep_exports(site)
    click.echo(f"Fait, en {batches} lots." if batches else "Rien n'était à effacer.")


def _one_batch() -> bool:
    with transaction():
        return run_retention(now())
