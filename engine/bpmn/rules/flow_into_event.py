"""No flow leads into a start event or into an event on a border."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.rules.survey import Drawn
from engine.values import Finding

NAME = "flow-into-event"


def find(drawn: Drawn) -> Iterator[Finding]:
    """The flows into events that begin by themselves."""
    for element, _ in drawn.of("startEvent", "boundaryEvent"):
        for flow in element.incoming:
            yield drawn.error(flow, NAME, f"No flow may lead into {drawn.label(element)}. Remove the flow.")
