"""`metrics`: the figures of any milestone history, without a database."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import click

from processes import HistoryRefused
from processes.metrics import Summary, from_csv, never_there, out_of_order, summary

DAY = click.DateTime(["%Y-%m-%d"])
LARGEST = 50 * 1024 * 1024
SHOWN = 10
"""Milestones that a line names."""


@click.command(short_help="Measure a milestone history from a CSV file.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--start", type=DAY, default=None, metavar="YYYY-MM-DD", help="When the project began.")
@click.option("--as-of", "as_of", type=DAY, default=None, metavar="YYYY-MM-DD", help="Only what was recorded by then.")
@click.option("--tolerance", type=click.IntRange(0, 3650), default=0, show_default=True, help="Calendar days of grace.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON, not rounded.")
def metrics(file: Path, start: datetime | None, as_of: datetime | None, tolerance: int, as_json: bool) -> None:
    """Measure the milestone history in FILE: slip, on-time ratio, re-forecasts, stale forecasts, earned schedule.

    FILE is a CSV with the columns milestone, recorded_on, date and state (expected, actual, removed), in the order of
    recording; what was recorded on the first day is the baseline. Without --start the project begins on the earliest
    day that was past then; without --as-of everything counts. Days are calendar days.

    In JSON, `stale` lists what is stale on the day; when nothing is open any more, what stood so while the project ran.
    `stood_stale` always lists that, for each milestone the longest time.
    """
    history = from_csv(_text(file), start.date() if start else None)
    if moved := out_of_order(history):
        click.echo(
            f"Note: rows of {_first(moved, ', ')} were recorded on an earlier day than a row above them."
            " They count in the order of the file.",
            err=True,
        )
    if mistaken := never_there(history):
        click.echo(
            f"Note: {_first(mistaken, ', ')} is said to be removed, but no other row names it. It counts nowhere.",
            err=True,
        )
    last = max(fact.recorded_on for fact in history.facts)
    found = summary(history, as_of.date() if as_of else last, tolerance)
    if as_json:
        click.echo(json.dumps(found.plain(), indent=2, ensure_ascii=False))
    else:
        _show(found)


def _text(file: Path) -> str:
    if file.stat().st_size > LARGEST:
        raise HistoryRefused(f"{file} is larger than {LARGEST // 1024 // 1024} MB. Split it, or leave out old rows.")
    content = file.read_bytes()
    try:
        return content.decode("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError:
        raise HistoryRefused(f"{file} is not text in UTF-8. Save it as CSV in UTF-8.") from None


def _show(found: Summary) -> None:
    value, late = found.earned, found.slips
    due, done = found.on_time_due, found.on_time_completed
    lines = {
        "milestones": f"{found.completed} of {found.baseline} reached; dropped {_names(found.dropped)},"
        f" added {_names(found.added)}",
        "on time": f"{due.on_time} of {due.of} due; {done.on_time} of {done.of} reached"
        f" (tolerance {found.tolerance} days)",
        "slip": "nothing to measure"
        if late.mean is None
        else f"mean {late.mean:.1f}, median {late.median:g}, largest {late.largest:+d} days (n = {late.n})",
        "re-forecasts": str(found.reforecasts),
        "stale": _first([f"{one.milestone} for {_days(one.days)}" for one in found.stale]),
        "stood stale": _first([f"{one.milestone} {_days(one.days)}" for one in found.stood_stale]),
        "earned schedule": f"PV {value.pv:g}, EV {value.ev:g}, SPI {_index(value.spi)}; ES {value.es:.1f}"
        f" of {value.at} days, SPI(t) {_index(value.spi_t)}, SV(t) {value.sv_t:+.1f} days",
    }
    click.echo(f"As of {found.as_of}, from {found.start}, in calendar days:")
    for name, text in lines.items():
        click.echo(f"  {name:16} {text}")


def _names(names: tuple[str, ...]) -> str:
    return f"{len(names)} ({_first(names, ', ')})" if names else "0"


def _first(told: Sequence[str], between: str = "; ") -> str:
    """The first of many; JSON has them all."""
    more = f" and {len(told) - SHOWN} more" if len(told) > SHOWN else ""
    return between.join(told[:SHOWN]) + more or "none"


def _days(count: int) -> str:
    return f"{count} day{'' if count == 1 else 's'}"


def _index(value: float | None) -> str:
    return "undefined" if value is None else f"{value:.4f}"
