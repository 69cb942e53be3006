"""`check`, `walk` and `deploy`: what is wrong with diagrams, where they lead, and making them the next version."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import click

import engine
from engine import Bundle
from web.commands.checking import Answers, Verdict, read_answers, verdicts, walks
from web.commands.opening import data_option, opened, settings
from web.people import administrator_for_commands
from web.work import work

PATH = click.Path(exists=True, path_type=Path)
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON array and nothing else.")


@click.command(short_help="Say what is wrong with diagrams, forms and bundles.")
@click.argument("paths", nargs=-1, required=True, type=PATH)
@_json
def check(paths: tuple[Path, ...], as_json: bool) -> int:
    """Say for each file whether it can be deployed, and all that is wrong with it, without deploying it.

    PATH is a file (*.bpmn, *.dmn, *.form; any other is tried as BPMN) or a folder. A folder with sop.toml is a bundle
    and is checked as a whole; in any other folder, diagrams can call each other, and forms and steps are not asked for.
    Exits 1 when something keeps a file from being deployed.
    """
    found = [verdict for path in paths for verdict in verdicts(path)]
    if as_json:
        _print_json([asdict(verdict) for verdict in found])
    else:
        for verdict in found:
            _print_verdict(verdict)
    return int(any(verdict.verdict == "refused" for verdict in found))


@click.command(short_help="Run diagrams from start to end with nobody there.")
@click.argument("paths", nargs=-1, required=True, type=PATH)
@click.option("--answers", type=click.Path(exists=True, dir_okay=False, path_type=Path), default=None,
              help="JSON: {element: {variable: value}}, or {process: {element: {...}}}.")  # fmt: skip
@_json
def walk(paths: tuple[Path, ...], answers: Path | None, as_json: bool) -> int:
    """Run each process of each file to its end, and say which way it went and where it stopped.

    PATH is a file or a folder, as for `check`; a call finds its process in the same folder. User tasks are completed
    without data, or with --answers; unknown variables are null, and a multi-instance task over null is passed; a
    gateway whose conditions decide nothing takes its default flow, else the first in the document, and another one
    after two rounds; tasks come before timers, and the clock moves on to the next one. Steps, scripts and conditions of
    other languages, and processes and tables that are not there, give nothing: each is named under `passed_over`. A
    message or signal comes if an element of the same file sends it; else it is waited for. Of several starts the first
    plain one is taken, and what a lone start waits for has come. After 1,000 steps a walk is an incident. Exits 1 when
    a process is refused or comes to an incident, else 0.
    """
    given: Answers = read_answers(answers) if answers else {}
    found = [one for path in paths for one in walks(path, given)]
    if as_json:
        _print_json([asdict(one) for one in found])
    else:
        for one in found:
            reasons = "; ".join(one.causes or one.waiting_for)
            click.echo(f"{one.file}: {one.process or '-'}: {one.outcome}{': ' + reasons if reasons else ''}")
            if one.path:
                click.echo(f"  {' > '.join(one.path)}")
            for said in one.passed_over:
                click.echo(f"  passed over: {said}")
    return int(any(one.outcome in ("refused", "incident") for one in found))


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
        said = f"{finding.severity}: {finding.rule}: {finding.sentence}"
        click.echo(f"{finding.file}: {finding.element or '-'}: {said}", err=True)
    click.echo(f"Deployed version {made.version}: {', '.join(sorted(made.definitions))}.")


def _print_verdict(verdict: Verdict) -> None:
    click.echo(f"{verdict.file}: {verdict.verdict}{'' if verdict.findings else ', no findings'}")
    for one in verdict.findings:
        click.echo(f"  {one['element'] or '-'}: {one['severity']}: {one['rule']}: {one['sentence']}")


def _print_json(found: list[dict[str, Any]]) -> None:
    click.echo(json.dumps(found, ensure_ascii=True, indent=1))
