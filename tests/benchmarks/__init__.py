"""`./milepost bench`: what a step costs, as ratios within one run."""

from __future__ import annotations

import json
import os
import platform
import sqlite3
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

from tests.benchmarks import portfolio
from tests.benchmarks import sleepers as asleep
from tests.benchmarks.checking import checked
from tests.benchmarks.measuring import RUNS, Row, Thing, in_turn, ratio
from tests.benchmarks.memory import resident
from tests.benchmarks.ours import ROUND, Rounds
from tests.benchmarks.served import CLIENTS, PROCESSES, throughput
from tests.benchmarks.stock import Floor, Stock, deep_enough
from tests.benchmarks.wide import FEW, MANY, wide
from tests.benchmarks.year import year
from web.database import open_engine

OLD, YOUNG = 1000, 10
"""Completed tasks of an instance that counts as old, and of one that counts as young."""


def measure(folder: Path, say: Callable[[str], None], runs: int = RUNS, old: int = OLD) -> list[Row]:
    """All figures but memory, on databases in this folder, from so many runs each."""
    say(f"preparing instances of {YOUNG} and {old:,} completed tasks")
    rounds = Rounds(folder)
    aged = [rounds.instance(old), rounds.instance(old)]
    say(f"timing {runs} completions of each age, and bare transactions")
    floor = Floor(rounds.engine)
    ages = {"young": _young(rounds, runs), "old": _next(rounds, aged[0])}
    taken = in_turn({"floor": lambda: floor.step, **ages}, runs)
    say("timing SpiffWorkflow as documented")
    with deep_enough():
        stock = Stock(open_engine(f"sqlite:///{folder / 'stock.sqlite'}"), ROUND, "round")
        stock.age(old)
        against = in_turn({"stock": lambda: stock.step, "ours": _next(rounds, aged[1])}, runs)
    say("timing forms through the whole stack")
    fresh = [rounds.instance(), rounds.instance()]
    posts = rounds.posts(fresh[0])
    through = in_turn({"post": lambda: posts(rounds.open_task(fresh[0])), "engine": _next(rounds, fresh[1])}, runs)
    say(f"timing one of {FEW} and one of {MANY:,} people at one task")
    side_by_side = in_turn(wide(rounds), runs)
    say(f"timing a timer that is due among {asleep.FEW} and among {asleep.MANY:,} open instances")
    waiting = in_turn(asleep.sleepers(folder), runs)
    say("opening a large project and many projects")
    looked = portfolio.pages(folder / "portfolio", runs, share=min(1, runs / RUNS))
    say("living through a year of one project")
    lived = year(folder / "year", share=min(1, runs / RUNS))
    say("checking a large diagram")
    check = checked(runs)
    statements, commits = rounds.statements(rounds.instance(YOUNG))
    return [
        ratio("durable completion of a task", taken, "young", "floor", "floors", 5),
        ratio(f"completion after {old:,} tasks, against after {YOUNG}", taken, "old", "young", "times", 1.15),
        ratio(f"stock SpiffWorkflow after {old:,}, against ours", against, "stock", "ours", "times", 20, most=False),
        Row("SQL statements of a completion", statements, "statements", 12),
        Row("commits of a completion", commits, "commits", 1),
        ratio(f"one completion among {MANY:,} people at one task, against among {FEW}", side_by_side, "many", "few",
              "times", 6),
        ratio(f"a timer due among {asleep.MANY:,} open instances, against among {asleep.FEW}", waiting, "many", "few",
              "times", 1.2),
        ratio("POST of a task form, whole stack", through, "post", "engine", "completions", 3),
        check,
        *looked,
        portfolio.imported(runs),
        lived,
    ]  # fmt: skip


def weigh(folder: Path, say: Callable[[str], None]) -> Row:
    """What the demo's server holds in memory when it idles, in a folder of its own."""
    say("preparing a demo, to weigh its server")
    first, later = resident(folder / "demo"), resident(folder / "demo")
    detail = f"{first:.0f} MB after preparing it, {later:.0f} MB when started again"
    return Row("memory of the demo's server, idle", max(first, later), "MB", 150, detail=detail)


def _next(rounds: Rounds, instance: str) -> Thing:
    """Complete the open task of an instance, which grows older by it."""
    return lambda: rounds.completion(rounds.open_task(instance))


def _young(rounds: Rounds, runs: int) -> Thing:
    """Complete the open task of an instance that is young, and takes turns with others so that it stays so."""
    instances = [rounds.instance(YOUNG) for _ in range(max(1, runs // 5))]
    turn = iter(range(sys.maxsize))
    return lambda: rounds.completion(rounds.open_task(instances[next(turn) % len(instances)]))


def machine() -> dict[str, str]:
    """What was measured on."""
    return {
        "machine": f"{platform.machine()}, {os.cpu_count()} processors, {platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "database": f"SQLite {sqlite3.sqlite_version}, WAL, synchronous=FULL",
        "SpiffWorkflow": version("SpiffWorkflow"),
        "SQLAlchemy": version("SQLAlchemy"),
        "Flask": version("Flask"),
    }


def main(as_json: bool = False) -> int:
    """Measure, print, and give 0 when every goal is met, else 1."""

    def say(text: str) -> None:
        print(f"{text} …", file=sys.stderr, flush=True)

    with tempfile.TemporaryDirectory() as folder:
        rows = measure(Path(folder), say)
        say(f"serving {CLIENTS} clients from {PROCESSES} processes on PostgreSQL")
        rows += [*throughput(Path(folder) / "served"), weigh(Path(folder), say)]
    print(as_text(rows) if not as_json else as_text_for_programs(rows))
    missed = [row.what for row in rows if not row.met]
    if missed:
        print(f"Goals missed: {'; '.join(missed)}.", file=sys.stderr)
    return 1 if missed else 0


def as_text_for_programs(rows: list[Row]) -> str:
    """The result as JSON."""
    figures = [{**asdict(row), "met": row.met} for row in rows]
    return json.dumps({"on": {**machine(), "runs": RUNS}, "figures": figures}, indent=2)


def as_text(rows: list[Row]) -> str:
    """The result for people."""
    on = {**machine(), "runs": f"{RUNS} of each, in turn; figures are ratios of medians"}
    lines = [f"{name:14} {value}" for name, value in on.items()]
    for row in rows:
        goal = f"{'at most' if row.most else 'at least'} {row.goal:g}"
        mark = "met   " if row.met else "MISSED"
        lines.append(f"{mark} {row.what:48} {row.figure:8.2f} {row.unit:12} {goal:14} {row.detail}")
    return "\n".join(lines)
