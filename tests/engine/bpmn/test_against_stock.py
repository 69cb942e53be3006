"""Our engine beside the stock one, step by step, ours saved and loaded at every step; and beside a token game."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from SpiffWorkflow.bpmn.util.task import BpmnTaskIterator
from SpiffWorkflow.util.task import TaskIterator

from engine.bpmn import prepare
from tests.engine.bpmn.driven import DATA, Driven
from tests.engine.bpmn.processes import COMPARED, LOOPS
from tests.engine.bpmn.stock import Stock
from tests.engine.bpmn.token_game import TokenGame, holds

SEEDS = range(12)
MOST_STEPS = 60


@pytest.fixture(autouse=True)
def _deep_iterators(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The stock engine hides what lies deeper than 1000."""
    monkeypatch.setattr(BpmnTaskIterator.__init__, "__defaults__", (None, 10**9, True, False, None))
    monkeypatch.setattr(TaskIterator.__init__, "__defaults__", (None, 10**9, True, None))
    return


CONFLICTS = frozenset({"flag", "n", "answer"})
"""What several tokens set differently: the stock engine lets what one has only carried along win."""
MEETING = frozenset({
    "parallel", "parallel in parallel", "implicit end of branches", "inclusive", "timer that has passed, beside",
})  # fmt: skip


def _compared(name: str, data: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if not (name in MEETING and key in CONFLICTS)}


def _dice(seed: str) -> random.Random:
    return random.Random(seed)  # noqa: S311 - a repeatable choice, no secret


def _answers(dice: random.Random) -> dict[str, Any]:
    return {"flag": dice.random() < 0.4, "n": dice.randrange(4), "answer": dice.choice(["yes", "yes", "no"])}


@pytest.mark.parametrize("name", COMPARED)
@pytest.mark.parametrize("seed", SEEDS)
def test_every_step_is_what_the_stock_engine_does(name: str, seed: int) -> None:
    dice = _dice(f"{name}{seed}")
    stock, ours = Stock(COMPARED[name], "p"), Driven(prepare(COMPARED[name])["p"])
    for step in range(MOST_STEPS):
        assert ours.open().keys() == stock.open().keys()
        assert ours.waits() == stock.waits()
        assert {place: _compared(name, task.data) for place, task in ours.open().items()} == {
            place: _compared(name, task.data) for place, task in stock.open().items()
        }
        assert not ours.moved.failures
        assert (ours.moved.completed, len(ours.moved.tasks) == 0 or None) == (
            stock.completed,
            len(stock.open()) == 0 or None,
        )
        if stock.completed:
            break
        choices = [*sorted(stock.open()), *sorted(stock.waits())]
        chosen, said = dice.choice(choices), _answers(dice)
        said[f"said_by_{chosen}"] = step
        if isinstance(chosen, str):
            ours.send(chosen, said)
            stock.send(chosen, said)
        else:
            ours.complete(chosen, said)
            stock.complete(chosen, said)
    assert stock.completed
    assert _compared(name, ours.moved.data) == _compared(name, stock.data)


@pytest.mark.parametrize("name", LOOPS)
@pytest.mark.parametrize("seed", SEEDS)
def test_joins_inside_loops_are_what_a_token_game_says(name: str, seed: int) -> None:
    dice = _dice(f"{name}{seed}")
    known: dict[str, Any] = dict(DATA)
    ours = Driven(prepare(LOOPS[name])["p"])
    game = TokenGame(LOOPS[name]["a.bpmn"], "p", lambda asked: holds(asked, known))
    sizes = []
    for _ in range(200):
        assert ours.elements() == [name for name, _ in game.open()]
        assert not ours.moved.failures
        assert ours.moved.completed == game.over
        if game.over:
            break
        (chosen, _), said = dice.choice(game.open()), _answers(dice)
        said["flag"] = dice.random() < (0.08 if chosen == "check" else 0.5)
        known |= said
        ours.complete(chosen, said)
        game.complete(chosen)
        sizes.append(len(ours.moved.state))
    assert max(sizes) < 2500
