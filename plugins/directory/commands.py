"""`portal directory import`: what the pages of imports do, for a script. It says French, like the core's commands."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import click
import sqlalchemy as sa

from portal.api import Invalid, export, now, session, transaction

from plugins.directory.models.imports import Change, Import, Kind, Line, State
from plugins.directory.services.imports.applying import apply_batch
from plugins.directory.services.imports.columns import KNOWN, TITLES
from plugins.directory.services.imports.drafts import Plan
from plugins.directory.services.imports.planning import make_plan
from plugins.directory.services.imports.problems import what_to_do, why
from plugins.directory.services.imports.reading import MAX_BYTES, read_table
from plugins.directory.services.imports.staging import stage, unkept
from plugins.directory.services.imports.steering import start_import
from plugins.directory.services.imports.telling import REPORT, report_row

TOLD = 20
BREATH_SECONDS = 0.15  # others who wait for the write lock of SQLite look again every tenth of a second
COUNTED = {
    "services_created": "services à ajouter",
    "services_changed": "services à changer",
    Change.CREATED: "personnes à ajouter",
    Change.CHANGED: "personnes à changer",
    Change.LEFT: "départs possibles",
    Change.UNCHANGED: "personnes inchangées",
    "services_unchanged": "services inchangés",
    Change.OUTSIDE: "personnes laissées de côté",
    Change.REFUSED: "lignes refusées",
    "services_refused": "lignes refusées",
}


def directory_commands() -> list[click.Command]:
    """Give the commands of the directory."""
    return [import_file]


@click.command(name="import", help="Compare un fichier CSV d'agents (ou de services) avec le portail, puis l'applique.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--services", "of_services", is_flag=True, help="Des services : code, nom, code parent.")
@click.option("--complete", is_flag=True, help="Le fichier est la liste complète : les absents peuvent partir.")
@click.option("--apply", "applies", is_flag=True, help="Applique. Sans cette option, rien ne change.")
@click.option("--leavers", type=int, help="Nombre de départs, pour les confirmer. Sans lui, personne ne part.")
@click.option("--column", "choices", multiple=True, metavar="TITRE=CHAMP", help="Ce qu'est une colonne (répétable).")
@click.option("--report", type=click.Path(dir_okay=False, path_type=Path), help="Où écrire le compte rendu.")
def import_file(
    file: Path,
    *,
    of_services: bool,
    complete: bool,
    applies: bool,
    leavers: int | None,
    choices: tuple[str, ...],
    report: Path | None,
) -> None:
    """Compare a file with the portal; with `--apply`, apply it."""
    kind = Kind.SERVICES if of_services else Kind.PEOPLE
    with file.open("rb") as opened:
        content = opened.read(MAX_BYTES + 1)
    plan = make_plan(
        content, kind, is_complete=complete, choice=_choice(content, kind, choices), actor_id=None, at=now()
    )
    if plan.sentence:
        fields = ", ".join(f"{field} ({TITLES[field]})" for field in KNOWN[kind])
        raise Invalid(f'{plan.sentence} Sinon, dites-le : --column "Titre=champ". Champs : {fields}.')
    _tell(plan)
    row = _apply(plan, leavers) if applies else None
    if not applies:
        click.echo("Rien n'a changé. Pour appliquer : --apply")
    if report is not None:
        lines = unkept(plan) if row is None else _lines(row)
        report.write_bytes(_written(lines))
        click.echo(f"Compte rendu : {report}")


def _choice(content: bytes, kind: Kind, choices: Iterable[str]) -> list[tuple[str, int]] | None:
    """Read the columns that are said by hand; then only these are read."""
    header, found = read_table(content).header, []
    for text in choices:
        title, _equals, field = text.rpartition("=")
        if title not in header or field not in KNOWN[kind]:
            raise Invalid(f"« {text} » : il faut un titre du fichier ({', '.join(header)}), puis un champ.")
        found.append((field, header.index(title)))
    return found or None


def _tell(plan: Plan) -> None:
    click.echo(f"Lu en {plan.table.encoding}, colonnes séparées par « {plan.table.delimiter} ».")
    read = ", ".join(f"{plan.columns.title(field)} = {TITLES[field]}" for field in plan.columns.fields)
    click.echo(f"Colonnes lues : {read}")
    if plan.columns.aside:
        click.echo(f"Colonnes laissées de côté : {', '.join(plan.columns.aside)}")
    for name, words in COUNTED.items():
        if plan.counts.get(name):
            click.echo(f"  {words} : {plan.counts[name]}")
    told = [draft for draft in plan.drafts if draft.problem and draft.number]
    for draft in told[:TOLD]:
        value = f" « {draft.value} »" if draft.value else ""
        click.echo(f"  ligne {draft.number}{value} : {why(draft.problem, draft.detail)} {what_to_do(draft.problem)}")
    if len(told) > TOLD:
        click.echo(f"  … et {len(told) - TOLD} autres lignes : voir --report.")


def _apply(plan: Plan, leavers: int | None) -> Import:
    leaving = plan.counts.get(Change.LEFT, 0)
    if leavers is not None and leavers != leaving:
        raise Invalid(f"Départs possibles : {leaving}, et non {leavers}. Rien n'a changé.")
    with transaction():
        row = stage(plan, None, actor=None, at=now())
        start_import(row, lets_leave=bool(leavers), typed=leavers, actor=None, at=now())
        number = row.id
    try:
        _work(number)
    except KeyboardInterrupt:
        click.echo(f"\nInterrompu. Ce qui est fait est fait ; « portal work » continue l'import n° {number}.", err=True)
        sys.exit(130)
    session.expire_all()
    row = session.get_one(Import, number)
    done = ", ".join(f"{words} : {row.results[name]}" for name, words in DONE.items() if row.results.get(name))
    click.echo(f"Import n° {number} : {done or 'rien à changer'}.")
    return row


DONE = {
    "services_created": "services ajoutés",
    "services_changed": "services changés",
    Change.CREATED: "personnes ajoutées",
    Change.CHANGED: "personnes changées",
    Change.LEFT: "personnes parties",
    "refused": "lignes qui n'ont pas pu être faites",
}


def _work(number: int) -> None:
    """Apply batch after batch, unless somebody pauses the import on its page."""
    while True:
        with transaction():
            more = apply_batch(now())
            row = session.get_one(Import, number)
            done, total, state = row.done, row.total, row.state
        click.echo(f"\r{done} / {total}", err=True, nl=False)
        if state != State.APPLYING or not more:
            click.echo(err=True)
            return
        time.sleep(BREATH_SECONDS)


def _lines(row: Import) -> Iterator[Line]:
    lines = sa.select(Line).where(Line.import_id == row.id).order_by(Line.number, Line.id)
    return iter(session.scalars(lines))


def _written(lines: Iterable[Line]) -> bytes:
    return export("csv", "import", columns=list(REPORT), rows=map(report_row, lines)).get_data()
