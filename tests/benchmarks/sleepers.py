"""What is measured of timers: one that is due is found and fired, while all the other instances go on waiting."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

from sqlalchemy import insert, select

import engine
from engine import THE_SYSTEM
from tests.benchmarks.ours import PROJECT, Rounds
from tests.engine.bpmn import diagrams as d

MANY, FEW = 10_000, 100
_NAP = d.diagram(
    d.process(
        "nap",
        [
            d.start(), d.xor("again"), d.catch("sleep", d.timer("Duration", "span")), d.xor("up", default="up_again"),
            d.end(),
        ],
        "begin -> again -> sleep -> up -> again; up -[span == '']-> done",
        {"Project Manager": ["begin", "again", "sleep", "up", "done"]},
    )
)  # fmt: skip


class Sleepers:
    """A database with so many open instances that wait for a timer, one of which is due every minute."""

    def __init__(self, folder: Path, count: int) -> None:
        folder.mkdir()
        self._rounds = Rounds(folder)
        with self._rounds.work() as unit:
            engine.deploy(unit, engine.Bundle("nap", "Nap", "1.0", {"nap.bpmn": _NAP}), THE_SYSTEM)
        with self._rounds.work() as unit:
            engine.start(unit, "nap", PROJECT, {"span": "PT1M"}, self._rounds.actor)
            sleeping = engine.start(unit, "nap", PROJECT, {"span": "P3650D"}, self._rounds.actor)
        self._copy(sleeping, count - 2)

    def __call__(self) -> Callable[[], None]:
        """A minute later: what finds the one timer that is due, and fires it."""
        self._rounds.clock.turn(minutes=1)
        return self._fire

    def _fire(self) -> None:
        with self._rounds.work() as unit:
            (due,) = engine.due(unit, self._rounds.clock())
        with self._rounds.work() as unit:
            assert engine.fire(unit, due)

    def _copy(self, instance: str, times: int) -> None:
        """Put so many more instances beside one that sleeps, with a timer each."""
        tables = engine.Base.metadata.tables
        ids = [uuid4().hex for _ in range(times)]
        with self._rounds.engine.begin() as connection:
            for name, column in (("instance", "id"), ("timer", "instance_id")):
                table = tables[name]
                row = connection.execute(select(table).where(table.c[column] == instance)).mappings().one()
                more = [{**row, "id": uuid4().hex, column: one} for one in ids]
                connection.execute(insert(table), more)


def sleepers(folder: Path) -> dict[str, Sleepers]:
    """The two databases that are held against each other."""
    return {"many": Sleepers(folder / "many", MANY), "few": Sleepers(folder / "few", FEW)}
