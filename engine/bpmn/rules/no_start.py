"""A process or sub-process begins somewhere."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.rules.survey import Drawn
from engine.values import Finding

NAME = "no-start"


def find(drawn: Drawn) -> Iterator[Finding]:
    """The process and the sub-processes without a start event."""
    started = {element.parent for element, _ in drawn.of("startEvent")}
    for place in (drawn.chart.process, *(element.id for element, _ in drawn.of("subProcess"))):
        if place not in started:
            what = "sub-process" if place in drawn.elements else "process"
            sentence = f"The {what} has no start event. Draw one, and a flow from it."
            yield drawn.error(place, NAME, sentence)
