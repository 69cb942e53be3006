"""Events beside the flow in random order, each step saved and loaded, against a game of tokens."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from engine.bpmn import Prepared
from tests.engine.bpmn.diagrams import (
    both,
    boundary,
    diagram,
    end,
    message,
    part,
    process,
    start,
    throw,
    timer,
    user,
    xor,
)  # fmt: skip
from tests.engine.bpmn.driven import NOW, Driven, one
from tests.engine.bpmn.test_event_subprocesses import ANY_ERROR, DAY, DECLARED, ERROR, ESCALATION, beside, condition

STEPS = 25
ODD = '<bpmn:errorEventDefinition errorRef="err.odd"/>'


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


def _watched() -> Prepared:
    inner = part(
        "s",
        [start("in"), xor("again"), user("a"), xor("x", "x_again"), end("out"), end("bad", ERROR), end("odd", ODD),
         beside(ERROR, interrupting=True, id="f")],
        "in -> again -> a -> x; x -> again; x -[way == 'bad']-> bad; x -[way == 'odd']-> odd; x -[way == 'end']-> out",
    )  # fmt: skip
    nodes = [
        start(), both("g"), inner, boundary("on", "s", ANY_ERROR), user("h"), end("e4"), user("z"), end("e1"),
        boundary("high", "s", condition("n > 2"), interrupting=False), user("r"), end("e5"),
        xor("y"), user("w"), xor("xw", "xw_y"), end("e2"), beside(condition("n > 5"), interrupting=False, id="q"),
    ]  # fmt: skip
    arrows = (
        "begin -> g; g -> s -> z -> e1; on -> h -> e4; high -> r -> e5; g -> y -> w -> xw; xw -> y;"
        " xw -[way == 'end']-> e2"
    )
    return one(diagram(process("p", nodes, arrows), extra=DECLARED))


class Watch:
    """Who has a task, while conditions look at what was last said of `n`."""

    def __init__(self) -> None:
        self.tasks = Counter({"a": 1, "w": 1})
        self.n, self.work = 0, True

    def complete(self, task: str, n: int, way: str) -> None:
        """Somebody is done, and says something new of `n`."""
        self.tasks[task] -= 1
        if task == "w" and way != "end":
            self.tasks["w"] += 1
        before, self.n = self.n, n
        # The condition hears of it before the work that it stands beside comes to an end.
        if self.work and n > 2 >= before:
            self.tasks["r"] += 1
        if n > 5 >= before:
            self.tasks["q_task"] += 1
        if task == "a":
            self.tasks[{"bad": "f_task", "odd": "h", "end": "z"}.get(way, "a")] += 1
            self.work = way not in ("odd", "end")
        elif task == "f_task":
            self.tasks["z"] += 1
            self.work = False
        self.tasks += Counter()

    @property
    def open(self) -> list[str]:
        """The tasks, sorted."""
        return sorted(self.tasks.elements())


@pytest.fixture(scope="module")
def watched() -> Prepared:
    return _watched()


@pytest.mark.parametrize("seed", range(25))
def test_conditions_and_errors_leave_the_tasks_that_the_game_says(watched: Prepared, seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 - a repeatable choice, no secret
    run, game = Driven(watched, {"n": 0}), Watch()
    for _ in range(STEPS):
        assert (run.elements(), run.moved.failures) == (game.open, ())
        assert run.moved.completed == (not game.open)
        if not game.open:
            break
        chosen, way = dice.choice(run.moved.tasks), dice.choice(["on", "on", "on", "bad", "odd", "end"])
        n = dice.randrange(9)
        run.do(lambda step, task=chosen, said={"n": n, "way": way}: step.complete(task.id, said))
        game.complete(chosen.element, n, way)
