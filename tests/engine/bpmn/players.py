"""Those who play the same process side by side: our engine kept in memory, and our engine loaded anew at each step."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson

import engine.bpmn.running as ours
from engine.bpmn import Environment, Failure, OpenTask, Prepared, Run, Wait, begin, load, prepare
from engine.bpmn import state as states
from engine.bpmn.evaluation import evaluator
from forms import compile_expression, compile_script, feel
from tests.engine.bpmn.driven import Clock
from tests.engine.bpmn.random_drawing import DATA, Drawing


class Picked:
    """What the function `picked` of the conditions gives: for each place some of the ways 1 to 3, as the dice fell."""

    def __init__(self) -> None:
        self.roll = 0

    def __call__(self, place: str) -> list[int]:
        number = int("".join(filter(str.isdigit, place)))
        return [way for way in (1, 2, 3) if self.roll >> (number + way) % 8 & 1]


    def holds(self, condition: str) -> bool:
        """Whether a condition that asks nothing else holds."""
        found = re.fullmatch(r"(\d) in picked\('(\w+)'\)", condition)
        assert found is not None
        return int(found.group(1)) in self(found.group(2))


@dataclass(frozen=True)
class Act:
    """What is done to every player: complete a task, send a message, let time pass, or retry."""

    kind: str
    place: int = 0
    """Which of all the tasks, waits or failures, in the order in which they are seen."""
    element: str = ""
    key: str | None = None
    message: str = ""
    said: Any = None

    def __str__(self) -> str:
        return " ".join(str(one) for one in (self.kind, self.element, self.key or "", self.said or "") if one)


class World:
    """What the players share: the clock and the dice of the conditions."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.steps = 0
        self.picked = Picked()
        self.environment = Environment(clock=self.clock, functions={"picked": self.picked})

    def tick(self, due: str) -> None:
        """Let it be the instant at which something is due, if that is still to come."""
        self.clock.now = max(self.clock.now, datetime.fromisoformat(due))

    def step(self, roll: int) -> None:
        """Throw the dice, and let a minute pass, so that nothing happens at the same instant."""
        self.steps += 1
        self.picked.roll = roll
        self.clock.now += timedelta(minutes=1)


def do(run: Run, act: Act, now: datetime) -> None:
    """Do to an instance of our engine what a player does."""
    if act.kind == "complete":
        task = tasks(run)[act.place]
        assert (task.element, task.key) == (act.element, act.key)
        run.complete(task.id, dict(act.said))
    elif act.kind == "send":
        wait = waits(run)[act.place]
        assert wait.element == act.element
        assert run.deliver(wait.message, dict(act.said), wait.task)
    elif act.kind == "retry":
        run.retry(failures(run)[act.place].task)
    else:
        run.fire(now)


def tasks(run: Run) -> list[OpenTask]:
    """The open tasks in an order that storing cannot change: by what can be seen of them, then by age."""

    def order(one: OpenTask) -> tuple[str, ...]:
        return one.element, one.key or "", json.dumps(dict(one.data), sort_keys=True), one.id

    return sorted(run._open(), key=order)


def waits(run: Run) -> list[Wait]:
    """The events that wait for a message, likewise."""
    return sorted(run._waits(), key=lambda one: (one.element, _data(run, one.task), one.task))


def failures(run: Run) -> list[Failure]:
    """The elements that have failed, likewise."""
    return sorted(run._failures(), key=lambda one: (one.element, _data(run, one.task), one.task))


def _data(run: Run, task: str) -> str:
    return json.dumps(run.data(task), sort_keys=True)


def seen(run: Run, since: int) -> dict[str, Any]:
    """All that a run shows of itself, and what it has been through since a point of its trail, in no order."""
    top = run._top
    return {
        "tasks": [
            (one.element, one.key, one.name, one.role, one.item, one.assignee, one.due, dict(one.data))
            for one in tasks(run)
        ],
        "timers": sorted((one.element, one.due) for one in run._timers()),
        "waits": [(one.element, one.message, one.correlation) for one in waits(run)],
        "failures": [(one.element, one.cause) for one in failures(run)],
        "trail": sorted((one.element, one.kind, one.state, one.flows) for one in top.trail[since:]),
        "completed": top.completed,
        "data": top.data if top.completed else {},
    }


class Kept:
    """An instance that stays in memory from beginning to end, with everything in it."""

    def __init__(self, drawing: Drawing, world: World) -> None:
        self.world = world
        self.run = begin(prepare(drawing.files)["p"], world.environment, dict(DATA))
        self.past = 0

    def do(self, act: Act) -> None:
        """Do it, and forget nothing."""
        self.past = len(self.run._top.trail)
        do(self.run, act, self.world.clock.now)
        self.run._evaluator.clock = self.world.clock

    def seen(self) -> dict[str, Any]:
        """What it shows."""
        return seen(self.run, self.past)


def content(state: bytes) -> Any:
    """What a state says: rows may stand in any order, each names the one above by its place."""
    said = orjson.loads(state)
    trees = [said.pop("tree"), *(part.pop(2) for part in said["parts"])]
    rows = [{row[0]: [tree[row[1]][0] if row[1] >= 0 else None, *row[2:]] for row in tree} for tree in trees]
    return said, rows


class Reloaded:
    """An instance that is stored and loaded at each step, by a program that has forgotten all it knew."""

    def __init__(self, drawing: Drawing, world: World) -> None:
        self.drawing, self.world = drawing, world
        self.fresh = self._anew()
        self._settle(begin(self.fresh, world.environment, dict(DATA)))

    def do(self, act: Act) -> None:
        """Load, do, store."""
        run = load(self.fresh, self.world.environment, self.moved.state)
        do(run, act, self.world.clock.now)
        self._settle(run)

    def seen(self) -> dict[str, Any]:
        """What it shows."""
        return self._shown

    def _settle(self, run: Run) -> None:
        """Store it, forget all, and find the same when it is loaded again."""
        self.moved = run.settle()
        self._shown = seen(run, 0)
        self.fresh = self._anew()
        top = states.load(self.fresh, evaluator(self.world.environment), self.moved.state)
        self.run = ours.Run(top)
        assert top.completed or content(states.dump(top)) == content(self.moved.state)
        assert seen(self.run, 0) | {"trail": self._shown["trail"]} == self._shown

    def _anew(self) -> Prepared:
        """The process, parsed anew, with no expression compiled before."""
        for known in (compile_expression, compile_script, feel):
            known.cache_clear()
        return prepare(self.drawing.files)["p"]
