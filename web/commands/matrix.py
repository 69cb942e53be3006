"""`matrix`: from clause to evidence, for the bundle that comes with the program and for the projects of a database."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import click

import processes
from processes import Matrix, Standing
from web.commands.opening import data_option, has_database, opened, settings
from web.database import db, only_reading
from web.work import unit

SIGNS = {"done": "+", "due": "o", "missed": "!", "not yet": "-"}


@click.command(short_help="Show which element carries each clause, and how projects stand.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
@data_option
def matrix(as_json: bool, data: Path | None) -> int:
    """Show, for each clause of the SOP, the elements that carry it, the records they leave, and the test that shows it.

    With a database: of the newest versions deployed there, and for each project what is done, due, missed or not yet.
    Without one: of the procedure that comes with Milepost. Exits 1 when a clause is carried by no element.
    """
    config = settings(data)
    standing: dict[str, Sequence[Standing]] = {}
    if has_database(config):
        with opened(config), only_reading():
            reading = unit()
            found = processes.matrix(reading)
            standing = {one.id: processes.standings(reading, one.id) for one in processes.projects(reading)}
            db.session.rollback()
    else:
        found = processes.matrix_of(processes.bundle())
    if all(not one.steps for one in found.obligations):
        found = processes.matrix_of(processes.bundle())
    if as_json:
        click.echo(json.dumps(processes.matrix_as_data(found, standing), indent=2, ensure_ascii=False))
    else:
        _show(found, standing)
    return 1 if found.without_step else 0


def _show(found: Matrix, standing: Mapping[str, Sequence[Standing]]) -> None:
    for one in found.obligations:
        marks = "".join(SIGNS[row.state] for rows in standing.values() for row in rows if row.clause == one.clause)
        click.echo(f"{one.clause:7} {marks}{' ' if marks else ''}{one.text}")
        for step in one.steps:
            click.echo(f"        {step.process}: {step.name}")
        if one.records:
            click.echo(f"        leaves {', '.join(one.records)}")
    if standing:
        click.echo(f"Projects, in this order: {', '.join(standing)}. + done, o due, ! missed, - not yet.")
    for clause in found.without_step:
        click.echo(f"No element carries {clause}.")
    for step in found.without_clause:
        click.echo(f"{step.process}: {step.name} serves no clause.")
