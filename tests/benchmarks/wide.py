"""What is measured of many people at one task: one of them completes theirs, while the others' stay open."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sqlalchemy import select

import engine
from engine import THE_SYSTEM, Actor
from tests import factories
from tests.benchmarks.ours import ANSWERS, PROJECT, Rounds
from tests.engine.bpmn import diagrams as d

MANY, FEW = 1000, 50
_ASK = d.user("ask", d.each("people", "who", "answers", "answer"), name="Ask", form="greeting", record="letter")
WIDE = d.diagram(
    d.process("wide", [d.start(), _ASK, d.end()], "begin -> ask -> done", {"Project Manager": ["begin", "ask", "done"]})
)


class Wide:
    """Completions of a multi-instance over so many people, of which at least half are open all the time."""

    def __init__(self, rounds: Rounds, width: int) -> None:
        self._rounds, self._width = rounds, width
        self._tasks = self._all()

    def __call__(self) -> Callable[[], None]:
        """The next person's completion."""
        task, person = next(self._tasks)
        return lambda: self._complete(task, Actor(person, person, self._rounds.actor.roles))

    def _complete(self, task: str, by: Actor) -> None:
        with self._rounds.work() as unit:
            engine.complete(unit, task, ANSWERS, by)

    def _all(self) -> Iterator[tuple[str, str]]:
        while True:
            yield from self._begun()[: self._width // 2]

    def _begun(self) -> list[tuple[str, str]]:
        people = {f"p{number}": "Project Manager" for number in range(self._width)}
        with self._rounds.work() as unit:
            made = engine.start(unit, "wide", PROJECT, {"people": people}, self._rounds.actor)
        with self._rounds.engine.connect() as connection:
            task = engine.Base.metadata.tables["task"]
            return connection.execute(select(task.c.id, task.c.assignee).where(task.c.instance_id == made)).all()


def wide(rounds: Rounds) -> dict[str, Wide]:
    """The two widths that are held against each other."""
    files = {"wide.bpmn": WIDE, "greeting.form": factories.FORM.encode()}
    with rounds.work() as unit:
        engine.deploy(unit, engine.Bundle("wide", "Wide", "1.0", files), THE_SYSTEM)
    return {"many": Wide(rounds, MANY), "few": Wide(rounds, FEW)}
