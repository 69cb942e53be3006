"""A receive task or gateway that something leads to does not start a process; a start event does."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.rules.survey import Drawn
from engine.values import Finding

NAME = "starting-task"


def find(drawn: Drawn) -> Iterator[Finding]:
    """The elements that are said to start an instance."""
    for node in drawn.chart.nodes.values():
        if node.get("instantiate") == "true":
            yield drawn.error(
                node.get("id"), NAME, "This cannot start a process. Use a start event with a message."
            )
