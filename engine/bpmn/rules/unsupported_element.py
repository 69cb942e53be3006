"""Elements that cannot be run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from engine.bpmn.elements import ACTIVITIES, NODES
from engine.bpmn.rules.survey import Drawn
from engine.bpmn.source import BPMN, local
from engine.values import Finding

if TYPE_CHECKING:
    from lxml.etree import _Element

NAME = "unsupported-element"
_KINDS = {
    "complexGateway": "A complex gateway with a condition of its own cannot be run. Use an inclusive gateway.",
}
_QUANTITIES = {"startQuantity": "begins with one token", "completionQuantity": "gives one token"}


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
        for name, does in _QUANTITIES.items():
            if drawn.chart.nodes[element.id].get(name, "1").strip() not in ("", "1"):
                said = f"{drawn.label(element)} says {name}: here every activity {does}."
                yield drawn.error(element.id, NAME, f"{said} Set it to 1, or draw what is meant.")
    for node in drawn.node.iter(f"{{{BPMN}}}*"):
        if is_unknown(node):
            yield drawn.error(node.get("id"), NAME, f"A {local(node)} cannot be run. Use another kind of element.")


def is_unknown(node: _Element) -> bool:
    """Whether a node is of a kind that nobody knows, or that belongs in other diagrams."""
    name = local(node)
    if name in NODES:
        return False
    flows = name != "process" and any(local(one) in ("incoming", "outgoing") for one in node)
    return name.endswith(("Task", "Gateway", "Activity")) or name == "event" or flows
