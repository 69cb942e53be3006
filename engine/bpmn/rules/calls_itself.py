"""No process calls itself, directly or through others."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.rules.survey import Drawn
from engine.values import Finding

NAME = "calls-itself"


def find(drawn: Drawn) -> Iterator[Finding]:
    """The call activities that lead back to the process in which they stand."""
    circle = drawn.survey.calling_in_circles.get(drawn.chart.process, frozenset())
    for element, node in drawn.of("callActivity"):
        called = node.get("calledElement", "")
        if called in circle:
            said = f"{drawn.label(element)} calls {called!r}, which in the end calls this process again."
            yield drawn.error(element.id, NAME, f"{said} Break the circle.")
