"""A flow stays inside the sub-process in which it begins."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.rules.survey import Drawn
from engine.values import Finding

NAME = "crossing-flow"


def find(drawn: Drawn) -> Iterator[Finding]:
    """The flows over the border of a sub-process."""
    for flow in drawn.flows.values():
        source, target = drawn.elements.get(flow.source), drawn.elements.get(flow.target)
        if source is not None and target is not None and source.parent != target.parent:
            said = f"A flow from {drawn.label(source)} to {drawn.label(target)} crosses the border of a sub-process."
            yield drawn.error(flow.id, NAME, f"{said} Use an event on its border.")
