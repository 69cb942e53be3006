"""No flow leaves an end event."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.rules.survey import Drawn
from engine.values import Finding

NAME = "flow-from-end"


def find(drawn: Drawn) -> Iterator[Finding]:
    """The flows out of end events."""
    for element, _ in drawn.of("endEvent"):
        for flow in element.outgoing:
            yield drawn.error(flow, NAME, f"No flow may leave the end event {drawn.label(element)}. Remove the flow.")
