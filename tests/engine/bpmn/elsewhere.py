"""Other programs that go on with an instance: each answer comes from a process that has known nothing before.

`python -m tests.engine.bpmn.elsewhere` reads a question per line: the files, the stored state, the instant, how the
dice fell, and what is to be done. It leaves each to a process that it forks before it has read anything of it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import traceback
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from engine.bpmn import load, prepare
from tests.engine.bpmn.players import Act, Reloaded, World, content, do, seen
from tests.engine.bpmn.random_drawing import Drawing


def answer(question: str) -> str:
    """What a program sees that loads the instance, and what it sees when it has gone on, with the state."""
    asked = json.loads(question)
    world = World()
    world.clock.now, world.picked.roll = datetime.fromisoformat(asked["now"]), asked["roll"]
    files = {name: text.encode() for name, text in asked["files"].items()}
    run = load(prepare(files)["p"], world.environment, asked["state"].encode())
    first = seen(run, 0)
    do(run, Act(**asked["act"]), world.clock.now)
    moved = run.settle()
    return json.dumps([first, seen(run, 0), moved.state.decode()])


class Elsewhere:
    """The program that leaves each question to a new process."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.engine.bpmn.elsewhere"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True, cwd=Path(__file__).parents[3],
        )  # fmt: skip
        self.answered: list[int] = []
        """The processes that have answered."""

    def ask(self, question: dict[str, Any]) -> list[Any]:
        """Have one more process answer."""
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        number, *said = json.loads(self._process.stdout.readline())
        self.answered.append(number)
        return said

    def close(self) -> None:
        """End it."""
        self._process.communicate()

    def player(self) -> Callable[[Drawing, World], Stranger]:
        """One that plays along in a case, by way of other programs."""
        return lambda drawing, world: Stranger(self, drawing, world)


class Stranger:
    """At each step a program that has never seen the instance loads it, and goes on."""

    def __init__(self, elsewhere: Elsewhere, drawing: Drawing, world: World) -> None:
        self.elsewhere, self.drawing, self.world = elsewhere, drawing, world
        self.said: list[Any] = []

    def compare(self, player: Reloaded) -> None:
        """It has seen what everybody saw, and has come to the same."""
        shown = _plain(player.seen())
        if self.said:
            first, then, state = self.said
            assert first == self.before
            assert then == shown
            assert player.moved.completed or content(state.encode()) == content(player.moved.state)
        self.state = player.moved.state
        self.before = shown | {"trail": []}

    def do(self, act: Act) -> None:
        """Have another program do it."""
        files = {name: text.decode() for name, text in self.drawing.files.items()}
        world = {"now": self.world.clock.now.isoformat(), "roll": self.world.picked.roll}
        self.said = self.elsewhere.ask({"files": files, "state": self.state.decode(), "act": asdict(act), **world})


def _plain(shown: dict[str, Any]) -> Any:
    return json.loads(json.dumps(shown))


def _answer(question: str, writing: int) -> None:
    try:
        with os.fdopen(writing, "w") as said:
            said.write(answer(question))
    finally:
        if sys.exc_info()[0] is not None:
            traceback.print_exc()
        os._exit(0)


def main() -> None:
    """Answer until there are no more questions."""
    for question in sys.stdin:
        reading, writing = os.pipe()
        number = os.fork()
        if not number:
            _answer(question, writing)
        os.close(writing)
        with os.fdopen(reading) as said:
            print(f"[{number}, {said.read()[1:-1]}]", flush=True)
        os.waitpid(number, 0)


if __name__ == "__main__":
    main()
