"""`portal doctor`: what is wrong on this machine, and what to do about it."""

from __future__ import annotations

import json
from pathlib import Path

import click

from portal.hosting.doctor.checking import FAIL, OK, WARN
from portal.hosting.doctor.report import exit_code, findings

MARKS = {OK: "  bien      ", WARN: "  ATTENTION ", FAIL: "  À RÉPARER "}


@click.command(help="Regarde l'instance et la machine ; dit ce qui ne va pas et quoi faire. Sort avec 0, 1 ou 2.")
@click.option("--json", "as_json", is_flag=True, help="Pour une machine.")
@click.option("--full", is_flag=True, help="Lit aussi en entier base, journal et dernière sauvegarde.")
@click.pass_context
def doctor(context: click.Context, as_json: bool, full: bool) -> None:
    """Say what is wrong, and leave with the worst level."""
    folder: Path = context.obj
    found = []
    for item in findings(folder, is_full=full):
        found.append(item)
        if not as_json:
            where = f"{item.collectivity} : " if item.collectivity else ""
            click.echo(
                f"{MARKS[item.level]}{where}{item.sentence}" + (f"\n            → {item.remedy}" if item.remedy else "")
            )
    if as_json:
        click.echo(json.dumps([item.as_json() for item in found], ensure_ascii=False, indent=1))
    else:
        counts = {level: sum(item.level == level for item in found) for level in MARKS}
        click.echo(f"{len(found)} contrôles : {counts[FAIL]} à réparer, {counts[WARN]} à surveiller.")
    context.exit(exit_code(found))
