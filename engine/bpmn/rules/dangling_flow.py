"""A flow joins two elements of the process."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.rules.survey import Drawn
from engine.values import Finding

NAME = "dangling-flow"


def find(drawn: Drawn) -> Iterator[Finding]:
    """The flows with an end that is nowhere."""
    for flow in drawn.flows.values():
        if flow.source not in drawn.elements or flow.target not in drawn.elements:
            yield drawn.error(flow.id, NAME, f"The flow {flow.id!r} does not join two elements. Draw it again.")
