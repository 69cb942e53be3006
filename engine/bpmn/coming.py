"""For a walk: which of several starts and events come, and when."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lxml import etree

from engine.bpmn.shaping import containers, flows_by, label, nodes_in, owner
from engine.bpmn.source import BPMN, local
from engine.bpmn.standing_in import NOT_TAKEN, PASSED_OVER, readable
from engine.bpmn.timers import says

if TYPE_CHECKING:
    from lxml.etree import _Element

    from engine.bpmn.shaping import Note

_TIMES = ("timeDate", "timeDuration", "timeCycle")
_WAITING = ("intermediateCatchEvent", "boundaryEvent", "startEvent")
_ENDS = ("sourceRef", "targetRef")


def _definitions(node: _Element) -> list[_Element]:
    return [child for child in node if local(child).endswith("EventDefinition")]


def starts(root: _Element) -> Iterator[Note]:
    """One start is taken: the first plain one, else the first; time, signals and conditions are taken to have come."""
    for process in containers(root):
        found = list(process.iterchildren(f"{{{BPMN}}}startEvent"))
        if process.get("triggeredByEvent") == "true" or not found:
            continue
        plain = [one for one in found if not _definitions(one)]
        outgoing = flows_by(process, "sourceRef")
        for start in found:
            if start is not (plain or found)[0]:
                same = [one for one in found if one.get("id") == start.get("id")]
                for gone in (start, *outgoing.get(start.get("id", ""), ())) if len(same) == 1 else ():
                    process.set(NOT_TAKEN, f"{process.get(NOT_TAKEN, '')} {gone.get('targetRef', '')}")
                    process.remove(gone)
                yield start.get("id"), PASSED_OVER, f"Another start is taken than {label(start)}."
                continue
            triggers = _definitions(start)
            for definition in triggers:
                message = local(definition) == "messageEventDefinition" and len(triggers) == 1
                if not message or local(process) != "process":
                    start.remove(definition)


def racing_starts(root: _Element) -> Iterator[Note]:
    """Of the events by which a gateway starts a process, the first has come; all have, where it wants them all."""
    for container in root.iterchildren(f"{{{BPMN}}}process"):
        outgoing = flows_by(container, "sourceRef")
        nodes = {node.get("id"): node for node in nodes_in(container)}
        for gateway in list(container.iterchildren(f"{{{BPMN}}}eventBasedGateway")):
            targets = [nodes.get(flow.get("targetRef")) for flow in outgoing.get(gateway.get("id", ""), ())]
            found = [event for event in targets if event is not None and local(event) == "intermediateCatchEvent"]
            if gateway.get("instantiate") != "true" or not found or targets[0] is not found[0]:
                continue
            everything = gateway.get("eventGatewayType") == "Parallel"
            gateway.tag = f"{{{BPMN}}}{'parallel' if everything else 'exclusive'}Gateway"
            del gateway.attrib["instantiate"]
            come = found if everything else found[:1]
            for event in come:
                event.tag = f"{{{BPMN}}}intermediateThrowEvent"
                for definition in _definitions(event):
                    event.remove(definition)
            said = ", ".join(label(event) for event in come)
            yield gateway.get("id"), PASSED_OVER, f"Of what starts it, this has come: {said}."


def beside(root: _Element) -> Iterator[Note]:
    """An event sub-process that no event begins never comes; of several beginnings the first counts."""
    for inner in list(root.iter(f"{{{BPMN}}}subProcess")):
        container, name = inner.getparent(), inner.get("id", "")
        if inner.get("triggeredByEvent") != "true" or any(name in flows_by(container, end) for end in _ENDS):
            continue
        starts = list(inner.iterchildren(f"{{{BPMN}}}startEvent"))
        begun = [start for start in starts if _definitions(start)]
        if not begun:
            yield name, PASSED_OVER, f"No event begins {label(inner)}: it never comes."
            _take_out(container, [inner, *_border(container, name)])
        for event in _border(container, name) if begun else ():
            yield event.get("id"), PASSED_OVER, f"{label(event)} sits on an event sub-process: it never comes."
            _take_out(container, [event])
        for start in [one for one in starts if begun and one is not begun[0]]:
            yield start.get("id"), PASSED_OVER, f"Another start is taken than {label(start)}."
            _take_out(inner, [start])
        for mark in [child for child in inner if local(child).endswith("LoopCharacteristics")]:
            inner.remove(mark)


def _border(container: _Element, host: str) -> list[_Element]:
    return [event for event in container.iterchildren(f"{{{BPMN}}}boundaryEvent") if event.get("attachedToRef") == host]


def _take_out(container: _Element, nodes: list[_Element]) -> None:
    """Remove nodes, with the flows out of them."""
    outgoing = flows_by(container, "sourceRef")
    for node in nodes:
        for gone in (*outgoing.get(node.get("id", ""), ()), node):
            container.remove(gone)


def races(root: _Element) -> Iterator[Note]:
    """What an event-based gateway waits for has nothing on its border; one that wants it all is parallel (10.6.6)."""
    for container in containers(root):
        outgoing = flows_by(container, "sourceRef")
        for gateway in list(container.iterchildren(f"{{{BPMN}}}eventBasedGateway")):
            if gateway.get("eventGatewayType") == "Parallel" and gateway.get("instantiate") != "true":
                gateway.tag = f"{{{BPMN}}}parallelGateway"
                yield gateway.get("id"), PASSED_OVER, f"All that {label(gateway)} leads to is awaited."
            for flow in outgoing.get(gateway.get("id", ""), ()):
                for event in _border(container, flow.get("targetRef", "")):
                    said = f"{label(event)} sits on what a gateway waits for: it never comes."
                    yield event.get("id"), PASSED_OVER, said
                    _take_out(container, [event])
            if local(gateway) == "eventBasedGateway":
                yield from _won(container, gateway, outgoing.get(gateway.get("id", ""), []))


def _won(container: _Element, gateway: _Element, flows: list[_Element]) -> Iterator[Note]:
    """Events that wait for nothing come before all others that a gateway waits for; of several nothing decides."""
    idle = {node.get("id"): node for node in container.iterchildren(f"{{{BPMN}}}intermediateCatchEvent")
            if not _definitions(node)}  # fmt: skip
    empty = [flow for flow in flows if flow.get("targetRef") in idle]
    for flow in flows if empty else ():
        if flow not in empty:
            container.remove(flow)
    for flow in empty:
        gateway.tag = f"{{{BPMN}}}exclusiveGateway"
        event = idle[flow.get("targetRef")]
        yield event.get("id"), PASSED_OVER, f"{label(event)} waits for nothing: it comes at once."


def events(root: _Element) -> Iterator[Note]:
    """Of several events the first is awaited, a timer before all else."""
    for node in list(root.iter(*(f"{{{BPMN}}}{kind}" for kind in _WAITING))):
        found = _definitions(node)
        if local(node) == "startEvent" and (len(found) < 2 or node.getparent().get("triggeredByEvent") != "true"):
            continue
        if not found and local(node) == "boundaryEvent":
            yield node.get("id"), PASSED_OVER, f"{label(node)} waits for nothing: it never comes."
            _take_out(node.getparent(), [node])
        elif not found:
            node.tag = f"{{{BPMN}}}intermediateThrowEvent"
        elif len(found) > 1:
            kept = next((one for one in found if local(one) == "timerEventDefinition"), found[0])
            for definition in found:
                if definition is not kept:
                    node.remove(definition)
            yield node.get("id"), PASSED_OVER, f"Of the events of {label(node)} one is awaited: {local(kept)}."


def conditions(root: _Element) -> Iterator[Note]:
    """A condition that cannot be read never comes to hold."""
    for definition in root.iter(f"{{{BPMN}}}conditionalEventDefinition"):
        said = definition.find(f"{{{BPMN}}}condition")
        said = etree.SubElement(definition, f"{{{BPMN}}}condition") if said is None else said
        if not (said.text or "").strip() or not readable(said.text or ""):
            said.text = "None"
    yield from ()


def times(root: _Element) -> Iterator[Note]:
    """A time that is not said, or cannot be read, is null."""
    for timer in root.iter(f"{{{BPMN}}}timerEventDefinition"):
        times = [child for child in timer if local(child) in _TIMES]
        time = times[0] if times else etree.SubElement(timer, f"{{{BPMN}}}timeDuration")
        if not says(local(time), time.text or ""):
            time.tag, time.text = f"{{{BPMN}}}timeDuration", "not_said"
            said = f"The time of {label(timer.getparent())} cannot be read: it is taken for one second."
            yield owner(timer), PASSED_OVER, said


def untriggered(root: _Element) -> Iterator[Note]:
    """What waits for a compensation that nothing in the file throws never comes to work."""
    thrown = {
        local(item)
        for kind in ("endEvent", "intermediateThrowEvent")
        for event in root.iter(f"{{{BPMN}}}{kind}")
        for item in event
    }
    silent = {"compensateEventDefinition"} - thrown
    if "cancelEventDefinition" in thrown:
        silent.discard("compensateEventDefinition")
    for container in list(containers(root)):
        for node in list(container):
            heard = {local(item) for item in node if local(node) == "boundaryEvent"}
            if node.get("triggeredByEvent") == "true":
                heard = {local(item) for start in node.iterchildren(f"{{{BPMN}}}startEvent") for item in start}
            wanted = {name for name in heard if name.endswith("EventDefinition")}
            helps = node.get("isForCompensation") == "true" and "compensateEventDefinition" in silent
            plain = local(node) == "boundaryEvent" and wanted != {"compensateEventDefinition"}
            if helps or (wanted and wanted <= silent and not plain):
                container.remove(node)
    yield from ()


PARTS = (starts, racing_starts, beside, races, events, conditions, times, untriggered)
