"""`migrate`: let the running instances of a process follow to another version, or say what would become of each."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

import engine
from engine import Instance, Refused
from web.commands.opening import data_option, opened, settings
from web.people import administrator_for_commands
from web.work import reading, work

MOST = 100_000


@click.command(short_help="Let running instances follow to another version.")
@click.argument("process")
@click.option("--to", "version", type=int, required=True, metavar="VERSION", help="The version to follow to.")
@click.option("--reason", default="", help="Why; stands in the log and in each instance's story. Not for --dry-run.")
@click.option("--map", "mapped", multiple=True, metavar="OLD=NEW", help="Element NEW takes the place of OLD.")
@click.option("--instance", "only", multiple=True, metavar="ID", help="Only this one; can be given again.")
@click.option("--dry-run", is_flag=True, help="Only say what would happen.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array and nothing else.")
@click.option("--by", "login", default=None, metavar="LOGIN", help="Whose act this is. Default: the program's own.")
@data_option
def migrate(
    *, process: str, version: int, reason: str, mapped: tuple[str, ...], only: tuple[str, ...], dry_run: bool,
    as_json: bool, login: str | None, data: Path | None,
) -> int:  # fmt: skip
    """Let the running instances of PROCESS follow to another version, one transaction each.

    Those that cannot follow stay, and it is said what is in the way. Exits 1 when any stays.
    """
    mapping = dict(_pair(one) for one in mapped)
    with opened(settings(data)):
        target = next((one for one in engine.definitions(reading(), process) if one.version == version), None)
        if target is None:
            raise Refused(f"There is no version {version} of a process called {process}.")
        found = engine.instances(reading(), process=process, status="running", limit=MOST)
        lines = [one for one in found if one.definition != target.id and (not only or one.id in only)]
        done = (
            [_planned(one, target.id, mapping) for one in lines]
            if dry_run
            else _followed(process, target.id, lines, mapping, reason, login)
        )
    if as_json:
        click.echo(json.dumps(done, ensure_ascii=True, indent=1))
    else:
        _tell(done, version)
    return int(any(one["outcome"] not in ("possible", "migrated") for one in done))


def _pair(text: str) -> tuple[str, str]:
    old, sign, new = text.partition("=")
    if not (old and sign and new):
        raise click.BadParameter("write OLD=NEW, with the ids of two elements", param_hint="--map")
    return old, new


def _planned(one: Instance, target: str, mapping: dict[str, str]) -> dict[str, Any]:
    plan = engine.plan(reading(), one.id, target, mapping)
    return {**_head(one), "outcome": "possible" if plan.possible else "blocked", **plan.report()}


def _followed(
    process: str, target: str, lines: list[Instance], mapping: dict[str, str], reason: str, login: str | None
) -> list[dict[str, Any]]:
    """Ask for it, and carry it out: each instance in a transaction of its own."""
    if not lines:
        return []
    with work() as unit:
        stands = {one.id: engine.plan(unit, one.id, target, mapping).stand for one in lines}
        by = administrator_for_commands(unit, login)
        asked = engine.ask_migration(unit, process, target, stands, by, reason, mapping)
    done = []
    for one in lines:
        with work() as unit:
            came = engine.follow(unit, asked, one.id)
        done.append({**_head(one), "outcome": came.outcome, "kept": list(came.kept), "blockers": list(came.blockers),
                     "notes": list(came.notes)})  # fmt: skip
    return done


def _head(one: Instance) -> dict[str, Any]:
    return {"instance": one.id, "title": one.title, "subject": one.subject, "version": one.version}


def _tell(done: list[dict[str, Any]], version: int) -> None:
    if not done:
        click.echo(f"No running instance has to follow to version {version}.")
    for one in done:
        click.echo(f"{one['instance']}: {one['title']} ({one['subject']}), version {one['version']}: {one['outcome']}")
        for said in (*(blocker["sentence"] for blocker in one["blockers"]), *one["notes"]):
            click.echo(f"  {said}")
