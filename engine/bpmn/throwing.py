"""An event that throws several things throws them one after the other; a task that starts a process is its start."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lxml import etree

from engine.bpmn.shaping import add, add_flow, containers, flows_by, label, nodes_in
from engine.bpmn.source import BPMN, local

if TYPE_CHECKING:
    from lxml.etree import _Element

    from engine.bpmn.shaping import Note

_LAST = ("errorEventDefinition", "terminateEventDefinition", "cancelEventDefinition")


def several(root: _Element) -> Iterator[Note]:
    """All that a multiple event throws is thrown (BPMN 2.0, 10.5.4): what ends the branch comes last."""
    for container in containers(root):
        incoming = flows_by(container, "targetRef")
        for node in nodes_in(container):
            found = [child for child in node if local(child).endswith("EventDefinition")]
            if local(node) in ("intermediateThrowEvent", "endEvent") and len(found) > 1 and node.get("id"):
                found.sort(key=lambda one: local(one) in _LAST)
                _before(container, node, found[:-1], incoming.get(node.get("id", ""), []))
                yield node.get("id"), "thrown-in-turn", f"What {label(node)} throws is thrown one after the other."


def _before(container: _Element, node: _Element, thrown: list[_Element], flows: list[_Element]) -> None:
    names = [f"~throw{number}.{node.get('id')}" for number in range(1, len(thrown) + 1)]
    for name, definition in zip(names, thrown, strict=True):
        add(container, "intermediateThrowEvent", name, name=node.get("name") or node.get("id", "")).append(definition)
    for flow in flows:
        flow.set("targetRef", names[0])
    for name, after in zip(names, [*names[1:], node.get("id", "")], strict=True):
        add_flow(container, name, after)


def receiving_starts(root: _Element) -> Iterator[Note]:
    """A receive task that nothing leads to and that says so starts the process by its message (BPMN 2.0, 10.3.3)."""
    for container in root.iterchildren(f"{{{BPMN}}}process"):
        incoming = flows_by(container, "targetRef")
        for node in list(container.iterchildren(f"{{{BPMN}}}receiveTask")):
            repeats = any(local(child).endswith("LoopCharacteristics") for child in node)
            if node.get("instantiate") == "true" and node.get("id") not in incoming and not repeats:
                node.tag = f"{{{BPMN}}}startEvent"
                del node.attrib["instantiate"]
                definition = etree.SubElement(node, f"{{{BPMN}}}messageEventDefinition")
                if node.get("messageRef"):
                    definition.set("messageRef", node.attrib.pop("messageRef"))
                yield node.get("id"), "receiving-start", f"{label(node)} starts the process by its message."


PARTS = (several, receiving_starts)
