"""`verify` and `bench`: does everything still fit together, and how quick is it?"""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path

import click
from flask import Flask
from sqlalchemy.orm import Session

import engine
import processes
from engine import Verdict
from web.commands.opening import data_option, opened, settings
from web.database import db, only_reading
from web.errors import DataUnusable
from web.work import unit


@click.command(short_help="Recompute every hash.")
@click.option("--json", "as_json", is_flag=True, help="Print the verdict as JSON.")
@data_option
def verify(as_json: bool, data: Path | None) -> int:
    """Recompute every hash: events, records, signatures, answers, attachments, bundles; hold plans against records, and
    every row of the procedure against what the log tells of it.

    Names what does not fit, counts what was looked at, and says what cannot be seen without a checkpoint kept
    elsewhere. Exits 0 when everything fits, 1 when something does not.
    """
    with opened(settings(data)) as app:
        verdict = verdict_of(app)
    if as_json:
        click.echo(json.dumps({**asdict(verdict), "ok": verdict.ok}, indent=2, ensure_ascii=False))
    else:
        show(verdict)
    return 0 if verdict.ok else 1


def verdict_of(_app: Flask) -> Verdict:
    """The verdict on the database of the current app: the ledger's, and the procedure's on its plans and rows."""
    with only_reading():
        session: Session = db.session()
        found = engine.verify(session)
        kept = () if found.findings else processes.verify_rows(unit()) or processes.verify_plans(unit())
        session.rollback()
    return replace(found, findings=(*found.findings, *kept))


def show(verdict: Verdict) -> None:
    """Print a verdict for people."""
    for one in verdict.findings:
        click.echo(f"{one.table} {one.key}: {one.what}")
    click.echo("Looked at " + ", ".join(f"{what} {count}" for what, count in verdict.counted.items()) + ".")
    for notice in verdict.notices:
        click.echo(notice)
    if verdict.root:
        click.echo(f"Root over all events: {verdict.root}")
    click.echo("What cannot be seen from here:")
    for sentence in verdict.blind:
        click.echo(f"  - {sentence}")
    count = len(verdict.findings)
    click.echo(
        "Everything fits together." if verdict.ok else f"{count} thing{'s do' if count > 1 else ' does'} not fit."
    )


@click.command(short_help="Measure how quick it is.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON, with machine, database and versions.")
def bench(as_json: bool) -> int:
    """Measure this machine and this version, in a few minutes, on a database of its own.

    Every figure is a ratio of medians taken in turn within one run: a step against a bare transaction, an old
    instance against a young one, SpiffWorkflow as documented against ours, a form through the whole stack against
    its step. Exits 1 when a goal is missed. Runs only in a checkout, because the measurements lie beside the tests.
    """
    try:
        from tests.benchmarks import main  # noqa: PLC0415
    except ImportError as missing:
        raise DataUnusable(f"The measurements are not here ({missing}): run this in a checkout.") from None
    return main(as_json)
