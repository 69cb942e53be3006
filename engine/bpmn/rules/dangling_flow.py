"""A flow joins two elements of the process."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.elements import NODES
from engine.bpmn.rules.survey import Drawn
from engine.bpmn.rules.unsupported_element import is_unknown
from engine.bpmn.source import BPMN, local
from engine.values import Finding

NAME = "dangling-flow"


def find(drawn: Drawn) -> Iterator[Finding]:
    """The flows with an end that is nowhere, or in another pool."""
    lost = {flow.id: {flow.source, flow.target} - drawn.elements.keys() for flow in drawn.flows.values()}
    ends = {name for names in lost.values() for name in names}
    there = {node.get("id"): node for node in drawn.root.iter(f"{{{BPMN}}}*") if node.get("id") in ends} if ends else {}
    for flow, names in lost.items():
        found = [there[name] for name in names if name in there]
        if not names or any(is_unknown(node) for node in found):
            continue  # nothing is wrong, or the rule for unsupported elements says what
        if found and len(found) == len(names) and all(local(node) in NODES for node in found):
            said = f"The flow {flow!r} leads from one pool into another. Draw a message flow, or both in one pool."
        elif other := next((local(node) for node in found if local(node) not in NODES), None):
            said = f"The flow {flow!r} leads to or from a {other}, which is no step of the process. Draw it again."
        else:
            said = f"The flow {flow!r} does not join two elements. Draw it again."
        yield drawn.error(flow, NAME, said)
