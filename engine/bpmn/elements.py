"""The elements and flows of a process, read from its XML: what the other rooms ask a definition about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from engine.bpmn.model import Element, Flow, StartMessage, StartTimer
from engine.bpmn.source import BPMN, SPIFF, is_bpmn, local, name_on_one_line

if TYPE_CHECKING:
    from lxml.etree import _Element

ACTIVITIES = frozenset(
    "task userTask manualTask serviceTask scriptTask businessRuleTask sendTask receiveTask callActivity subProcess"
    " transaction adHocSubProcess".split()
)
EVENTS = frozenset("startEvent endEvent intermediateCatchEvent intermediateThrowEvent boundaryEvent".split())
GATEWAYS = frozenset("exclusiveGateway parallelGateway inclusiveGateway eventBasedGateway complexGateway".split())
NODES = ACTIVITIES | EVENTS | GATEWAYS
_TIMES = ("timeDate", "timeDuration", "timeCycle")
CONTAINERS = frozenset("process subProcess transaction adHocSubProcess".split())


@dataclass(frozen=True)
class Chart:
    """One process as drawn: its nodes, sub-processes included, and its flows."""

    process: str
    name: str
    documentation: str
    elements: Mapping[str, Element]
    flows: Mapping[str, Flow]
    nodes: Mapping[str, _Element]
    starts: tuple[StartMessage, ...]
    clocks: tuple[StartTimer, ...] = ()

    @property
    def begins_plainly(self) -> bool:
        """Whether it has a start event that waits for nothing."""
        return any(
            element.kind == "startEvent" and element.parent == self.process
            and not any(local(one).endswith("EventDefinition") for one in self.nodes[name])
            for name, element in self.elements.items()
        )  # fmt: skip


def processes(root: _Element) -> Iterator[_Element]:
    """The processes of a document that are meant to be run."""
    for process in root.iterchildren(f"{{{BPMN}}}process"):
        if process.get("isExecutable", "true") == "true":
            yield process


def nodes_of(container: _Element) -> Iterator[_Element]:
    """The flow nodes of a process or sub-process, those of its sub-processes included."""
    return (node for node in container.iter(f"{{{BPMN}}}*") if node is not container and local(node) in NODES)


def properties_of(node: _Element) -> dict[str, str]:
    """The properties that the diagram gives to a node."""
    found: dict[str, str] = {}
    for holder in node.iterchildren(f"{{{BPMN}}}extensionElements"):  # an XPath would take ten times as long
        for listed in holder.iterchildren(f"{{{SPIFF}}}properties"):
            for item in listed.iterchildren(f"{{{SPIFF}}}property"):
                found[item.get("name", "")] = item.get("value", "")
    return found


def documentation_of(node: _Element) -> str:
    """The documentation of a node as text."""
    return "\n".join("".join(text.itertext()).strip() for text in node.iterchildren(f"{{{BPMN}}}documentation"))


def message_names(root: _Element) -> dict[str, str]:
    """The names of the messages of a document by their ids."""
    return {
        node.get("id", ""): (node.get("name") or node.get("id") or "").strip()
        for node in root.iterchildren(f"{{{BPMN}}}message")
    }


def signal_names(root: _Element) -> dict[str, str]:
    """The names under which signals are thrown and caught, by their ids; no message is called so."""
    return {
        node.get("id", ""): f"signal {(node.get('name') or node.get('id') or '').strip()}"
        for node in root.iterchildren(f"{{{BPMN}}}signal")
    }


def lanes_of(root: _Element) -> dict[str, str]:
    """The name of the innermost lane of each node that is drawn in one."""
    found: dict[str, str] = {}
    for lane in root.iter(f"{{{BPMN}}}lane"):
        for reference in lane.iterchildren(f"{{{BPMN}}}flowNodeRef"):
            # Inner lanes come after the lane around them, so they have the last word.
            found[(reference.text or "").strip()] = name_on_one_line(lane)
    return {node: name for node, name in found.items() if name}


def raised_code(definition: _Element, kind: str) -> str | None:
    """The code of an error or escalation event, None for any; where its reference leads to none, that is the code.

    What catches an error that is declared with an empty code catches any, as in Activiti and Flowable.
    """
    reference = definition.get(f"{kind}Ref")
    for node in definition.getroottree().getroot().iterchildren(f"{{{BPMN}}}{kind}") if reference else ():
        if node.get("id") == reference:
            catches = local(definition.getparent()) in ("boundaryEvent", "startEvent")
            return None if catches and node.get(f"{kind}Code") == "" else node.get(f"{kind}Code") or reference
    return reference or None


def condition_of(flow: _Element) -> str | None:
    """The condition on a flow, None without one."""
    text = "".join("".join(node.itertext()) for node in flow.iterchildren(f"{{{BPMN}}}conditionExpression")).strip()
    return text or None


def flows_of(container: _Element) -> dict[str, Flow]:
    """The sequence flows of a process, those of its sub-processes included."""
    return {
        node.get("id"): Flow(
            node.get("id"), name_on_one_line(node), node.get("sourceRef", ""), node.get("targetRef", ""),
            condition_of(node),
        )
        for node in container.iter(f"{{{BPMN}}}sequenceFlow")
    }  # fmt: skip


def chart(process: _Element) -> Chart:
    """The chart of one process in a normalised document."""
    root = process.getroottree().getroot()
    flows, lanes, messages = flows_of(process), lanes_of(root), message_names(root)
    incoming: dict[str, list[str]] = {}
    outgoing: dict[str, list[str]] = {}
    for flow in flows.values():
        outgoing.setdefault(flow.source, []).append(flow.id)
        incoming.setdefault(flow.target, []).append(flow.id)
    nodes: dict[str, _Element] = {}
    for node in nodes_of(process):
        # Whoever has an id first keeps it, the process before all: else something could lie within itself.
        if node.get("id", "") != process.get("id"):
            nodes.setdefault(node.get("id", ""), node)
    elements = {
        name: Element(
            name, name_on_one_line(node), local(node), _role(node, lanes),
            MappingProxyType(properties_of(node)), documentation_of(node),
            tuple(incoming.get(name, ())), tuple(outgoing.get(name, ())), node.getparent().get("id", ""),
        )
        for name, node in nodes.items()
    }  # fmt: skip
    return Chart(
        process.get("id", ""), name_on_one_line(process) or process.get("id", "").strip(), documentation_of(process),
        MappingProxyType(elements), MappingProxyType(flows), nodes, tuple(_starts(process, messages)),
        tuple(_clocks(process)),
    )  # fmt: skip


def origin(name: str) -> str:
    """The id as drawn: what is added for an element is called `~what.id`, an id that the engine keeps, `id~`."""
    while name.startswith("~"):
        name = name.partition(".")[2]
    return name.removesuffix("~")


def as_drawn(chart: Chart) -> tuple[Mapping[str, Element], Mapping[str, Flow]]:
    """The elements and flows of a process without what was added to run it."""
    flows = {
        flow.id: replace(flow, source=origin(flow.source), target=origin(flow.target))
        for flow in chart.flows.values()
        if not flow.id.startswith("~")
    }
    into: dict[str, list[str]] = {}
    out: dict[str, list[str]] = {}
    for flow in flows.values():
        into.setdefault(flow.target, []).append(flow.id)
        out.setdefault(flow.source, []).append(flow.id)
    elements = {
        origin(name): replace(element, id=origin(name), incoming=tuple(into.get(origin(name), ())),
            outgoing=tuple(out.get(origin(name), ())))
        for name, element in chart.elements.items()
        if not name.startswith("~")
    }
    return MappingProxyType(elements), MappingProxyType(flows)


def _role(node: _Element, lanes: Mapping[str, str]) -> str | None:
    """The lane of the node, else that of the sub-process around it, or of the activity on whose border it sits."""
    while node is not None and is_bpmn(node, *NODES):
        name = lanes.get(node.get("id", "")) or lanes.get(node.get("attachedToRef", ""))
        if name:
            return name
        node = node.getparent()
    return None


def _starts(process: _Element, messages: Mapping[str, str]) -> Iterator[StartMessage]:
    signals = signal_names(process.getroottree().getroot())
    for start in process.iterchildren(f"{{{BPMN}}}startEvent"):
        for event in start.iterchildren(f"{{{BPMN}}}messageEventDefinition"):
            name = messages.get(event.get("messageRef", ""))
            if name:
                key = properties_of(start).get("key", "").strip() or None
                yield StartMessage(name, key, origin(start.get("id", "")))
        for event in start.iterchildren(f"{{{BPMN}}}signalEventDefinition"):
            name = signals.get(event.get("signalRef", ""))
            if name:
                key = properties_of(start).get("key", "").strip() or None
                yield StartMessage(name, key, origin(start.get("id", "")), is_signal=True)


def _clocks(process: _Element) -> Iterator[StartTimer]:
    for start in process.iterchildren(f"{{{BPMN}}}startEvent"):
        for event in start.iterchildren(f"{{{BPMN}}}timerEventDefinition"):
            said = properties_of(start)
            for time in event.iterchildren(*(f"{{{BPMN}}}{kind}" for kind in _TIMES)):
                if said.get("subject", "").strip():
                    yield StartTimer(
                        origin(start.get("id", "")), local(time), "".join(time.itertext()).strip(),
                        said["subject"].strip(), said.get("key", "").strip() or None,
                    )  # fmt: skip
