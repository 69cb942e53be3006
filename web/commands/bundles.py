"""`check` and `deploy`: what is wrong with a bundle, and making it the next version."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click
from sqlalchemy.orm import Session

import engine
import processes
from engine import Bundle, Finding, Unit
from web.commands.opening import data_option, opened, settings
from web.people import administrator_for_commands
from web.work import wall_clock, work

PATH = click.Path(exists=True, path_type=Path)
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command(short_help="Say what is wrong with a bundle.")
@click.argument("paths", nargs=-1, required=True, type=PATH)
def check(paths: tuple[Path, ...]) -> int:
    """Say what is wrong with bundles, without deploying them.

    PATH is a bundle's folder (sop.toml, *.bpmn, *.dmn, *.form), or one file in it. Exits 1 when something keeps a
    bundle from being deployed.
    """
    refused = False
    for path in paths:
        found = findings_at(path)
        for finding in found:
            click.echo(f"{finding.file or path}: {finding.element or '-'}: {finding.severity}: {finding.sentence}")
        refused = refused or any(one.refuses for one in found)
        if not found:
            click.echo(f"{path}: no findings")
    return int(refused)


@click.command(short_help="Make a bundle the next version.")
@click.argument("path", type=FOLDER)
@click.option("--reason", required=True, help="Why this version is made; stands in the log.")
@click.option("--by", "login", default=None, metavar="LOGIN", help="Whose act this is. Default: the program's own.")
@data_option
def deploy(path: Path, reason: str, login: str | None, data: Path | None) -> None:
    """Make the bundle in the folder PATH the newest version of its processes. Running instances stay on theirs."""
    bundle = replace(Bundle.read(path), reason=reason)
    with opened(settings(data), new=True), work() as unit:
        made = engine.deploy(unit, bundle, administrator_for_commands(unit, login))
    for finding in made.findings:
        click.echo(f"{finding.file}: {finding.element or '-'}: {finding.severity}: {finding.sentence}", err=True)
    click.echo(f"Deployed version {made.version}: {', '.join(sorted(made.definitions))}.")


def findings_at(path: Path) -> list[Finding]:
    """What is wrong with a bundle's folder; for one file of it, only what is wrong there."""
    with Session() as session:
        unit = Unit(session=session, clock=wall_clock, procedure=processes.procedure())
        found = engine.check(unit, Bundle.read(path if path.is_dir() else path.parent))
    return [one for one in found if path.is_dir() or one.file == path.name]
