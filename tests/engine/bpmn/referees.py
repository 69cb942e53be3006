"""Those who say what our engine should do: the token game, and the stock engine where it is right."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine, TaskDataEnvironment

from tests.engine.bpmn.players import Act, Reloaded, World
from tests.engine.bpmn.random_drawing import DATA, PEOPLE, Drawing
from tests.engine.bpmn.stock import Stock
from tests.engine.bpmn.token_game import AmbiguousError, TokenGame


class ByTheStandard:
    """The token game beside our engine; it retires when it cannot say which of several equal tokens moves."""

    def __init__(self, drawing: Drawing, world: World) -> None:
        people = {"people": tuple(PEOPLE), "nobody": ()}
        self.game = TokenGame(drawing.files["a.bpmn"], "p", world.picked.holds, world.clock, people)
        self.retired = False

    def do(self, act: Act) -> None:
        """Play the same."""
        if self.retired:
            return
        try:
            if act.kind == "complete":
                self.game.complete(act.element, act.key)
            elif act.kind == "send":
                self.game.send(act.element)
            elif act.kind == "tick":
                self.game.tick()
        except AmbiguousError:
            self.retired = True

    def compare(self, player: Reloaded) -> None:
        """Nothing is open, awaited or due but what the standard says, and nothing of that is missing."""
        if self.retired:
            return
        moved = player.moved
        failing = {one.element for one in moved.failures}
        assert failing or not self.game.halted
        # Where nothing can move, each token waits for the others: a gateway for one that must pass it first.
        assert self.game.halted or failing <= self.game.stuck()
        assert sorted(((one.element, one.key) for one in moved.tasks), key=str) == self.game.open()
        assert sorted(one.element for one in moved.waits) == self.game.waits()
        expected = [(name, due.isoformat(timespec="microseconds")) for name, due in self.game.timers()]
        assert sorted((one.element, one.due) for one in moved.timers) == expected
        assert moved.completed == self.game.over


CONFLICTS = frozenset({"n", "flag", "answer"})
"""What every task sets: where tokens meet, the stock engine lets what one has only carried along win."""


class ByTheStockEngine:
    """The stock engine beside ours, with the same dice."""

    def __init__(self, drawing: Drawing, world: World) -> None:
        meet = any(b"parallelGateway" in text or b"inclusiveGateway" in text for text in drawing.files.values())
        self.left_out = CONFLICTS if meet else frozenset()
        engine = PythonScriptEngine(environment=TaskDataEnvironment({"picked": world.picked}))
        self.stock = Stock(drawing.files, "p", engine, dict(DATA))

    def do(self, act: Act) -> None:
        """Do the same."""
        if act.kind == "complete":
            self.stock.complete((act.element, str(act.key)), dict(act.said))
        else:
            self.stock.send(act.message, dict(act.said))

    def compare(self, player: Reloaded) -> None:
        """The same is open, with the same data, and the end has the same result."""
        moved = player.moved
        assert not moved.failures
        mine = {(one.element, str(one.key)): self._compared(one.data) for one in moved.tasks}
        assert mine == {place: self._compared(task.data) for place, task in self.stock.open().items()}
        assert {one.message for one in moved.waits} == self.stock.waits()
        assert moved.completed == self.stock.completed
        if moved.completed:
            assert self._compared(moved.data) == self._compared(self.stock.data)

    def _compared(self, data: Mapping[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in data.items() if name not in self.left_out}
