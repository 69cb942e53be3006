"""Every flow out of a gateway that chooses has a condition, but the default."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.rules.survey import CHOOSING, Drawn
from engine.values import Finding

NAME = "no-condition"


def find(drawn: Drawn) -> Iterator[Finding]:
    """The flows out of gateways that choose, with nothing to choose them by."""
    for element, node in drawn.of(*CHOOSING):
        if len(element.outgoing) < 2:
            continue
        for name in element.outgoing:
            if name != node.get("default") and drawn.flows[name].condition is None:
                flow = f"The flow “{drawn.flows[name].name}”" if drawn.flows[name].name else "A flow"
                said = f"{flow} after {drawn.label(element)} has no condition."
                yield drawn.error(name, NAME, f"{said} Give it one, or make it the default flow.")
