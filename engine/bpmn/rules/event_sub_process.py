"""Event sub-processes cannot be run."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.rules.survey import Drawn
from engine.values import Finding

NAME = "event-sub-process"


def find(drawn: Drawn) -> Iterator[Finding]:
    """The sub-processes that an event starts."""
    for node in drawn.chart.nodes.values():
        if node.get("triggeredByEvent") == "true":
            sentence = (
                "Event sub-processes cannot be run. Put the event on the border of a sub-process around this part."
            )
            yield drawn.error(node.get("id"), NAME, sentence)
