"""`./milepost bench`: how much a step costs, as ratios within one run."""

from __future__ import annotations

import json
import os
import platform
import sqlite3
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

from tests.benchmarks.measuring import RUNS, Row, in_turn
from tests.benchmarks.memory import resident
from tests.benchmarks.ours import ROUND, Floor, Rounds
from tests.benchmarks.stock import Stock, deep_enough


def measure(folder: Path, say=lambda _text: None) -> list[Row]:
    """All figures, measured on databases in this folder."""
    say("preparing instances of 10 and 1,000 completed tasks")
    rounds = Rounds(folder)
    young, old, stocked = rounds.instance(), rounds.instance(), rounds.instance()
    rounds.age(young, 10)
    rounds.age(old, 1000)
    rounds.age(stocked, 1000)
    floor = Floor(rounds.engine)
    say(f"timing {RUNS} completions against the floor, and young against old")
    taken = in_turn(
        {
            "floor": floor.step,
            "fresh": _each(rounds, rounds.instance),
            "old": _completing(rounds, old),
        }
    )
    age = in_turn({"young": _each(rounds, _aged(rounds)), "old": _completing(rounds, old)})
    say("timing SpiffWorkflow as documented, 1,000 completed tasks old")
    with deep_enough():
        stock = Stock(rounds.engine, ROUND, "round")
        stock.age(1000)
        against = in_turn({"stock": stock.step, "ours": _completing(rounds, stocked)}, runs=RUNS // 4)
    say("timing forms through the whole stack")
    through = in_turn({"post": _posting(rounds, rounds.instance()), "engine": _completing(rounds, rounds.instance())})
    statements, commits = rounds.statements(rounds.open_task(young))
    say("starting a server to weigh it")
    weight = resident(folder)
    return [
        Row("durable completion of a task, in floors", taken["fresh"] / taken["floor"], "floors", 5,
            detail=f"{taken['fresh'] * 1000:.2f} ms against {taken['floor'] * 1000:.2f} ms"),
        Row("completion after 1,000 completed tasks, against after 10", age["old"] / age["young"], "times", 1.15,
            detail=f"{age['old'] * 1000:.2f} ms against {age['young'] * 1000:.2f} ms"),
        Row("stock SpiffWorkflow against ours, after 1,000", against["stock"] / against["ours"], "times", 20,
            most=False, detail=f"{against['stock'] * 1000:.1f} ms against {against['ours'] * 1000:.2f} ms"),
        Row("SQL statements of a completion", statements, "statements", 12),
        Row("commits of a completion", commits, "commits", 1),
        Row("POST of a task form through the whole stack, in completions", through["post"] / through["engine"],
            "completions", 3, detail=f"{through['post'] * 1000:.2f} ms against {through['engine'] * 1000:.2f} ms"),
        Row("memory of an idle server", weight, "MB", 150),
    ]  # fmt: skip


def _completing(rounds: Rounds, instance: str):
    """Complete this instance's open task. Finding it is part of every figure alike."""
    return lambda: rounds.complete(rounds.open_task(instance))


def _each(rounds: Rounds, make):
    """Complete tasks of an instance that is replaced before it has grown old."""
    state = {"instance": make(), "age": 0}

    def one() -> None:
        rounds.complete(rounds.open_task(state["instance"]))

    return one


def _aged(rounds: Rounds):
    def make() -> str:
        instance = rounds.instance()
        rounds.age(instance, 10)
        return instance

    return make


def _posting(rounds: Rounds, instance: str):
    visitor = rounds.browser()
    visitor.get(f"/inbox/{rounds.open_task(instance)}")
    with rounds.work() as unit:
        import engine  # noqa: PLC0415

        seen = engine.digest(unit, engine.instance(unit, instance).definition)
    return lambda: rounds.post(visitor, rounds.open_task(instance), seen)


def machine() -> dict[str, str]:
    """What was measured on."""
    return {
        "machine": f"{platform.machine()}, {os.cpu_count()} processors, {platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "database": f"SQLite {sqlite3.sqlite_version}, WAL, synchronous=FULL",
        "SpiffWorkflow": version("SpiffWorkflow"),
        "SQLAlchemy": version("SQLAlchemy"),
        "Flask": version("Flask"),
        "runs": str(RUNS),
    }


def main(as_json: bool = False) -> int:
    """Measure, print, and give 0 when every goal is met, else 1."""

    def say(text: str) -> None:
        print(f"{text} …", file=sys.stderr, flush=True)

    with tempfile.TemporaryDirectory() as folder:
        rows = measure(Path(folder), say)
    if as_json:
        figures = [{**vars(row), "met": row.met} for row in rows]
        print(json.dumps({"on": machine(), "figures": figures}, indent=2))
    else:
        for name, value in machine().items():
            print(f"{name:14} {value}")
        for row in rows:
            goal = f"{'at most' if row.most else 'at least'} {row.goal:g}"
            mark = "met   " if row.met else "MISSED"
            print(f"{mark} {row.what:58} {row.figure:8.2f} {row.unit:12} {goal:14} {row.detail}")
    return 0 if all(row.met for row in rows) else 1
