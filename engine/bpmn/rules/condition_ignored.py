"""Conditions stand only where they are asked: on flows that leave an exclusive or inclusive gateway."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.elements import GATEWAYS
from engine.bpmn.rules.survey import CHOOSING, Drawn
from engine.values import Finding

NAME = "condition-ignored"


def find(drawn: Drawn) -> Iterator[Finding]:
    """The flows with a condition that nobody asks."""
    for flow in drawn.flows.values():
        source = drawn.elements.get(flow.source)
        if source is not None and flow.condition is not None and source.kind in GATEWAYS.difference(CHOOSING):
            said = f"The condition on the flow after {drawn.label(source)} would be passed over: it does not choose."
            yield drawn.error(flow.id, NAME, f"{said} Put an exclusive one there.")
