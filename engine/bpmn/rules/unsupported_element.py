"""Elements that cannot be run."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.elements import ACTIVITIES, NODES
from engine.bpmn.rules.survey import Drawn
from engine.bpmn.source import BPMN, local
from engine.values import Finding

NAME = "unsupported-element"
_KINDS = {
    "complexGateway": "A complex gateway with a condition of its own cannot be run. Use an inclusive gateway.",
}


def find(drawn: Drawn) -> Iterator[Finding]:
    """The elements of kinds that cannot be run, or that nobody knows."""
    for element in drawn.elements.values():
        if element.kind in _KINDS:
            yield drawn.error(element.id, NAME, _KINDS[element.kind])
        if element.kind not in ACTIVITIES and any(
            local(part).endswith("LoopCharacteristics") for part in drawn.chart.nodes[element.id]
        ):
            said = f"{drawn.label(element)} cannot be repeated: only activities can. Take the mark away."
            yield drawn.error(element.id, NAME, said)
    for node in drawn.node.iter(f"{{{BPMN}}}*"):
        name = local(node)
        if (name.endswith(("Task", "Gateway", "Activity")) and name not in NODES) or name == "event":
            yield drawn.error(node.get("id"), NAME, f"A {name} cannot be run. Use another kind of element.")
