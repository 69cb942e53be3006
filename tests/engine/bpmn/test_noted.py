"""What BPMN means without drawing it is noted, and refuses nothing."""

from __future__ import annotations

import pytest

from engine.bpmn import check
from tests.engine.bpmn.diagrams import (
    both,
    catch,
    diagram,
    end,
    flows,
    node,
    process,
    start,
    timer,
    user,
)  # fmt: skip


def _p(nodes: list[str], arrows: str) -> bytes:
    return diagram(process("p", nodes, arrows))


def _line(*nodes: str, arrows: str) -> bytes:
    return _p([start(), *nodes, end()], arrows)


_LINE = "begin -> a -> done"
READ_INTO: dict[str, tuple[str, str, bytes]] = {
    "cycle in the way": (
        "first-of-cycle", "c", _line(catch("c", timer("Cycle", "R3/P1D")), arrows="begin -> c -> done"),
    ),
    "no start": ("implicit-start", "p", _p([user("a"), end()], "a -> done")),
    "no end": ("implicit-end", "a", _p([start(), user("a")], "begin -> a")),
    "dead end": (
        "implicit-end", "b", _line(both("g"), user("a"), user("b"), arrows="begin -> g; g -> a -> done; g -> b"),
    ),
    "transaction": (
        "plain-transaction", "g",
        _line(node("transaction", "g", start("in") + end("out") + flows("in -> out")),
            arrows="begin -> g -> done"),
    ),
    "complex gateway": (
        "plain-gateway", "g", _line(both("f"), user("a"), user("b"), node("complexGateway", "g"),
            arrows="begin -> f; f -> a -> g; f -> b -> g; g -> done"),
    ),
    "condition after a task": ("implicit-split", "a", _line(user("a"), arrows="begin -> a -[x > 1]-> done")),
    "two ways out of a task": (
        "implicit-split", "a", _line(user("a"), user("b"), arrows="begin -> a -> done; a -> b -> done"),
    ),
    "loop of tasks": (
        "implicit-merge", "a", _line(user("a"), both("g"), arrows="begin -> a -> g -> a; g -> done"),
    ),
    "as often as": (
        "results-named", "a",
        _line(user("a", "<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>3</bpmn:loopCardinality>"
                        "</bpmn:multiInstanceLoopCharacteristics>"), arrows=_LINE),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", READ_INTO)
def test_what_bpmn_means_without_drawing_it_is_noted_and_refuses_nothing(name: str) -> None:
    rule, element, content = READ_INTO[name]
    found = check({"a.bpmn": content})
    assert (rule, element) in [(item.rule, item.element) for item in found if item.severity == "note"]
    assert not any(item.refuses for item in found)
    assert all("~" not in f"{item.element} {item.sentence}" for item in found)
