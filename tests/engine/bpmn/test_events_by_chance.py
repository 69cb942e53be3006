"""Events beside the flow in random order, each step saved and loaded, against a game of tokens."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from engine.bpmn import Prepared
from tests.engine.bpmn.diagrams import boundary, diagram, end, message, part, process, start, throw, timer, user, xor
from tests.engine.bpmn.driven import NOW, Driven, one
from tests.engine.bpmn.test_event_subprocesses import DAY, DECLARED, ESCALATION, beside

STEPS = 25


def _drawn() -> Prepared:
    inner = part(
        "s",
        [start("in"), xor("again"), user("a"), throw("up", ESCALATION), xor("x", "x_again"), end("out"),
         beside(message("more"), interrupting=False, id="m"), beside(message("stop"), interrupting=True, id="k")],
        "in -> again -> a -> up -> x; x -> again; x -[over]-> out",
    )  # fmt: skip
    nodes = [
        start(), inner, boundary("rise", "s", ESCALATION, interrupting=False), user("r"), end("e2"),
        boundary("call", "s", message("call"), interrupting=False), user("c"), end("e3"),
        boundary("halt", "s", message("halt")), user("h"), end("e4"), user("b"), end(),
        beside(timer("Cycle", "R/P1D"), interrupting=False, id="d"),
        beside(message("void"), interrupting=True, id="v"),
    ]  # fmt: skip
    arrows = "begin -> s -> b -> done; rise -> r -> e2; call -> c -> e3; halt -> h -> e4"
    return one(diagram(process("p", nodes, arrows), extra=DECLARED))


class Game:
    """Who has a task. `s` is at work while it has tokens; what stands beside it goes with it or outlives it."""

    def __init__(self) -> None:
        self.inside, self.around, self.voided = Counter({"a": 1}), Counter(), False
        self.stoppable = True

    @property
    def open(self) -> list[str]:
        """The tasks, sorted."""
        return sorted((self.inside + self.around).elements())

    @property
    def waits(self) -> set[str]:
        """The messages that are waited for."""
        found = {"call", "halt"} if self.inside else set()
        found |= {"more", "stop"} if self.inside and self.stoppable else set()
        return found | ({"void"} if self.open and not self.voided else set())

    def complete(self, task: str, over: bool) -> None:
        """Somebody is done."""
        if task == "a":
            self.around["r"] += 1  # the escalation, on its way
            self.inside["a"] -= over
            self.inside += Counter()
        elif task in ("m_task", "k_task"):
            self.inside[task] -= 1
            self.inside += Counter()
        else:
            self.around[task] -= 1
            self.around += Counter()
            return
        if not self.inside:
            self.around["b"] += 1

    def hear(self, name: str) -> None:
        """A message comes."""
        if name == "more":
            self.inside["m_task"] += 1
        elif name == "stop":
            self.inside, self.stoppable = Counter({"k_task": 1}), False
        elif name == "call":
            self.around["c"] += 1
        elif name == "halt":
            self.inside = Counter()
            self.around["h"] += 1
        else:
            self.inside, self.around, self.voided = Counter(), Counter({"v_task": 1}), True

    def day(self) -> None:
        """A day passes."""
        if not self.voided:
            self.around["d_task"] += 1


@pytest.fixture(scope="module")
def drawn() -> Prepared:
    return _drawn()


@pytest.mark.parametrize("seed", range(25))
def test_events_in_any_order_leave_the_tasks_that_the_game_says(drawn: Prepared, seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 - a repeatable choice, no secret
    run, game, days, sizes = Driven(drawn, {}), Game(), 0, []
    for _ in range(STEPS):
        assert (run.elements(), run.waits()) == (game.open, game.waits)
        assert not run.moved.failures
        assert run.moved.completed == (not game.open)
        if not game.open:
            break
        rare = {"stop", "halt", "void"}
        heard = [name for name in sorted(game.waits) if name not in rare or dice.random() < 0.15]
        chosen = dice.choice([*run.moved.tasks, *heard, "a day"])
        if chosen == "a day":
            days += 1
            run.at(NOW + days * DAY)
            game.day()
        elif isinstance(chosen, str):
            assert run.send(chosen, {"x": 1})
            game.hear(chosen)
        else:
            over = dice.random() < 0.3
            run.do(lambda step, task=chosen, over=over: step.complete(task.id, {"over": over}))
            game.complete(chosen.element, over)
        sizes.append(len(run.moved.state) - 400 * len(run.moved.tasks))
    assert max(sizes) < 2500
