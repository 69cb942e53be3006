"""A gateway that chooses has a default flow, or the process stops there when no condition holds."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.rules.survey import CHOOSING, Drawn
from engine.values import Finding

NAME = "no-default"


def find(drawn: Drawn) -> Iterator[Finding]:
    """The gateways that choose, and have nothing to fall back on."""
    for element, node in drawn.of(*CHOOSING):
        always = any((drawn.flows[flow].condition or "").strip() == "True" for flow in element.outgoing)
        if len(element.outgoing) > 1 and not node.get("default") and not always:
            said = f"{drawn.label(element)} has no default flow: if no condition holds, the process stops here."
            yield drawn.warning(element.id, NAME, f"{said} Draw one.")
