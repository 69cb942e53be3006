"""Flows and nodes that BPMN means without drawing them: each function adds one kind, and says so in a note.

What is added has an id that begins with `~`, which no XML id can; it is never shown to anybody.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from lxml import etree

from engine.bpmn.adhoc import AD_HOC
from engine.bpmn.elements import ACTIVITIES, GATEWAYS, NODES
from engine.bpmn.graphs import circles
from engine.bpmn.handlers import TRANSACTION
from engine.bpmn.source import BPMN, is_bpmn, local, name_on_one_line

if TYPE_CHECKING:
    from lxml.etree import _Element

RESERVED = ("Start", "End", "StartEventSplit", "StartEventJoin")
"""Ids of what the engine adds to every process."""
Note = tuple[str | None, str, str]
_DECIDING = frozenset({"exclusiveGateway", "inclusiveGateway", "eventBasedGateway"})
_KNOWN_BY_ID = frozenset(
    "intermediateCatchEvent boundaryEvent receiveTask eventBasedGateway subProcess transaction adHocSubProcess".split()
)
_MOST_MERGES = 50
_FEW_MEETINGS = 8
_LOOP_ENTRIES = ACTIVITIES | {"intermediateThrowEvent", "intermediateCatchEvent"}


def has_nodes(container: _Element) -> bool:
    """Whether a process has anything in it."""
    return any(local(node) in NODES for node in container)


def owner(node: _Element) -> str | None:
    """The id of the nearest element around a node that has one."""
    while node is not None and not (node.get("id") and local(node) in {*NODES, "sequenceFlow", "process"}):
        node = node.getparent()
    return None if node is None else node.get("id")


def label(node: _Element) -> str:
    """What a reader calls a node."""
    return f"“{name_on_one_line(node) or node.get('id') or local(node)}”"


def containers(root: _Element) -> Iterator[_Element]:
    """The processes and sub-processes that have anything in them."""
    for node in root.iter(f"{{{BPMN}}}process", f"{{{BPMN}}}subProcess"):
        if has_nodes(node):
            yield node


def nodes_in(container: _Element) -> list[_Element]:
    """The nodes of a process or sub-process itself, not of those inside it; of several with one id the first."""
    found: dict[object, _Element] = {}
    for node in container:
        if local(node) in NODES and is_bpmn(node):
            found.setdefault(node.get("id") or node, node)
    return list(found.values())


def flows_by(container: _Element, end: str) -> Mapping[str, list[_Element]]:
    """The flows of a container by one of their ends: `sourceRef` or `targetRef`."""
    found: dict[str, list[_Element]] = {}
    for flow in container.iterchildren(f"{{{BPMN}}}sequenceFlow"):
        found.setdefault(flow.get(end, ""), []).append(flow)
    return found


def add(container: _Element, kind: str, id: str, **attributes: str) -> _Element:
    """Add a node or flow to a process or sub-process."""
    return etree.SubElement(container, f"{{{BPMN}}}{kind}", id=id, **attributes)


def add_flow(container: _Element, source: str, target: str) -> _Element:
    """Add a flow."""
    return add(container, "sequenceFlow", f"~{source}.{target}", sourceRef=source, targetRef=target)


def _definitions(node: _Element) -> list[str]:
    return [local(child) for child in node if local(child).endswith("EventDefinition")]


def is_apart(node: _Element) -> bool:
    """Whether it is no part of the ordinary flow: an event sub-process, or what compensates."""
    return (
        node.get("triggeredByEvent") == "true"
        or node.get("isForCompensation") == "true"
        or "compensateEventDefinition" in _definitions(node)
    )


def names(root: _Element) -> Iterator[Note]:
    """Give a flow without id one that stays the same as long as its ends do."""
    taken = {node.get("id") for node in root.iter()}
    for flow in root.iter(f"{{{BPMN}}}sequenceFlow"):
        if not flow.get("id"):
            base = f"flow.{flow.get('sourceRef')}.{flow.get('targetRef')}"
            name, number = base, 1
            while name in taken:
                number += 1
                name = f"{base}.{number}"
            taken.add(name)
            flow.set("id", name)
            yield name, "flow-named", f"The flow from {flow.get('sourceRef')!r} to {flow.get('targetRef')!r} has no id."


def reserved(root: _Element) -> Iterator[Note]:
    """Elements that are known by their ids nowhere else may bear the names that the engine keeps for its own."""
    found = [node for node in root.iter() if is_bpmn(node, *NODES) and local(node) not in _KNOWN_BY_ID]
    names = {node.get("id") for node in found} & {*RESERVED}
    for node in found if names else ():
        if node.get("id") in names:
            node.set("id", f"{node.get('id')}~")
    for node in root.iter(f"{{{BPMN}}}*") if names else ():
        for end in ("sourceRef", "targetRef", "attachedToRef", "activityRef"):
            if node.get(end) in names:
                node.set(end, f"{node.get(end)}~")
        if local(node) == "flowNodeRef" and (node.text or "").strip() in names:
            node.text = f"{(node.text or '').strip()}~"
    yield from ()


def transactions(root: _Element) -> Iterator[Note]:
    """A transaction is a sub-process, which may be cancelled."""
    wanted = ("cancelEventDefinition", "compensateEventDefinition")
    for node in list(root.iter(f"{{{BPMN}}}transaction")):
        borders = [one for one in node.getparent() if one.get("attachedToRef") == node.get("id")]
        node.tag = f"{{{BPMN}}}subProcess"
        node.set(TRANSACTION, "true")
        if not any(local(one) in wanted for place in (node, *borders) for one in place.iter()):
            yield node.get("id"), "plain-transaction", f"Nothing cancels {label(node)}: it is run as a sub-process."


def interrupting(root: _Element) -> Iterator[Note]:
    """What an error or a cancelling breaks off is over, whatever is said of the event that catches it."""
    always = {f"{{{BPMN}}}errorEventDefinition", f"{{{BPMN}}}cancelEventDefinition"}
    for node in root.iter(f"{{{BPMN}}}boundaryEvent", f"{{{BPMN}}}startEvent"):
        name = "cancelActivity" if local(node) == "boundaryEvent" else "isInterrupting"
        definitions = {one.tag for one in node if local(one).endswith("EventDefinition")}
        if node.get(name) == "false" and definitions and definitions <= always:
            node.set(name, "true")
            yield node.get("id"), "always-interrupts", f"{label(node)} interrupts: what an error breaks off is over."


def gateways(root: _Element) -> Iterator[Note]:
    """A complex gateway that says nothing of when it fires, or waits for nothing, is an inclusive one."""
    for container in containers(root):
        incoming = flows_by(container, "targetRef")
        for node in list(container.iterchildren(f"{{{BPMN}}}complexGateway")):
            said = node.find(f"{{{BPMN}}}activationCondition")
            silent = said is None or not "".join(said.itertext()).strip()
            if silent or len(incoming.get(node.get("id", ""), ())) < 2:
                node.tag = f"{{{BPMN}}}inclusiveGateway"
                yield node.get("id"), "plain-gateway", f"{label(node)} is run as an inclusive gateway."


def empty_parts(root: _Element) -> Iterator[Note]:
    """A sub-process with nothing in it is over as soon as it is reached."""
    for node in root.iter(f"{{{BPMN}}}subProcess"):
        if node.get("id") and not has_nodes(node) and not is_apart(node):
            begin, end = f"~in.{node.get('id')}", f"~out.{node.get('id')}"
            add(node, "startEvent", begin)
            add(node, "endEvent", end)
            add_flow(node, begin, end)
            yield node.get("id"), "nothing-inside", f"Nothing is drawn in {label(node)}: it is passed by."


def implicit_starts(root: _Element) -> Iterator[Note]:
    """Without a start event, a process starts where nothing leads to (BPMN 2.0, 13.2)."""
    for container in containers(root):
        nodes, incoming = nodes_in(container), flows_by(container, "targetRef")
        if any(local(node) == "startEvent" for node in nodes):
            continue
        first = [
            node for node in nodes
            if node.get("id") and node.get("id") not in incoming and not is_apart(node)
            and local(node) in ACTIVITIES | GATEWAYS | {"intermediateThrowEvent", "intermediateCatchEvent"}
        ]  # fmt: skip
        if first and container.get("id"):
            begin = f"~start.{container.get('id')}"
            add(container, "startEvent", begin)
            for node in first:
                add_flow(container, begin, node.get("id", ""))
            if container.get(AD_HOC):
                continue
            yield container.get("id"), "implicit-start", f"It starts at {', '.join(label(node) for node in first)}."


def implicit_ends(root: _Element) -> Iterator[Note]:
    """Where nothing follows, a branch ends (BPMN 2.0, 13.2)."""
    for container in containers(root):
        nodes = nodes_in(container)
        outgoing = flows_by(container, "sourceRef")
        for node in nodes:
            name = node.get("id")
            if not name or name in outgoing or local(node) in ("endEvent", "eventBasedGateway"):
                continue
            if not is_apart(node) and not _never_ends(node):
                add(container, "endEvent", f"~end.{name}")
                add_flow(container, name, f"~end.{name}")
                if container.get(AD_HOC):
                    continue
                yield name, "implicit-end", f"Nothing follows {label(node)}: the branch ends here."


def _never_ends(node: _Element) -> bool:
    """Whether it is a sub-process that only an event on its border can end: nothing in it leads to an end event."""
    ends = [one.get("id", "") for one in node.iterchildren(f"{{{BPMN}}}endEvent")]
    incoming = flows_by(node, "targetRef")
    return bool(ends) and not any(name in incoming for name in ends)


def merges(root: _Element) -> Iterator[Note]:
    """A loop back to a node comes together before it, in a gateway that is not drawn: each token goes on by itself."""
    for container in containers(root):
        incoming = flows_by(container, "targetRef")
        meetings = [node for node in nodes_in(container) if _is_meeting(node, incoming)]
        # Each way to a node foresees all that follows it: many of them in a row would never be done with that.
        for node in meetings if len(meetings) > _FEW_MEETINGS else ():
            _merge(container, node, incoming)
        for _ in range(_MOST_MERGES if meetings else 0):
            node = _loop_entry(container)
            if node is None:
                break
            _merge(container, node, flows_by(container, "targetRef"))
            yield node.get("id"), "implicit-merge", f"The ways that lead to {label(node)} come together before it."


def _is_meeting(node: _Element, incoming: Mapping[str, list[_Element]]) -> bool:
    return len(incoming.get(node.get("id", ""), ())) > 1 and local(node) in _LOOP_ENTRIES


def _merge(container: _Element, node: _Element, incoming: Mapping[str, list[_Element]]) -> None:
    name = f"~merge.{node.get('id')}"
    for flow in incoming[node.get("id", "")]:
        flow.set("targetRef", name)
    add(container, "exclusiveGateway", name, name=node.get("name") or node.get("id", ""))
    add_flow(container, name, node.get("id", ""))


def _loop_entry(container: _Element) -> _Element | None:
    """A node at which a loop without a deciding gateway is entered, None without one."""
    nodes = {node.get("id", ""): node for node in nodes_in(container) if local(node) not in _DECIDING}
    incoming = flows_by(container, "targetRef")
    after: dict[str, list[str]] = {name: [] for name in nodes}
    for flow in container.iterchildren(f"{{{BPMN}}}sequenceFlow"):
        if flow.get("sourceRef") in after and flow.get("targetRef") in after:
            after[flow.get("sourceRef", "")].append(flow.get("targetRef", ""))
    for name, node in nodes.items():
        if node.get("attachedToRef") in after:
            after[node.get("attachedToRef", "")].append(name)
    for circle in circles(after):
        for name in sorted(circle):
            if _is_meeting(nodes[name], incoming):
                return nodes[name]
    return None
