"""No id twice among what is run or referred to in a file: the second would hide the first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from engine.bpmn.elements import NODES
from engine.bpmn.rules.survey import Page
from engine.bpmn.source import BPMN
from engine.values import Finding

NAME = "duplicate-id"
_NAMED = tuple(
    f"{{{BPMN}}}{name}" for name in (*NODES, "process", "sequenceFlow", "message", "signal", "error", "escalation")
)


def find(page: Page) -> Iterator[Finding]:
    """The ids that are used more than once."""
    counted = Counter(node.get("id") for node in page.root.iter(*_NAMED) if node.get("id"))
    for name, times in counted.items():
        if times > 1:
            sentence = f"The id {name!r} is used {times} times. Give each element an id of its own."
            yield page.error(name, NAME, sentence)
