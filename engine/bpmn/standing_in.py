"""For a walk: what only the world around a diagram could give is passed over, or takes its name from its element."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lxml import etree

from engine.bpmn.evaluation import compiled
from engine.bpmn.shaping import containers, flows_by, owner
from engine.bpmn.source import BPMN, SPIFF, local
from forms import ExpressionRefused

if TYPE_CHECKING:
    from lxml.etree import _Element

    from engine.bpmn.shaping import Note

_OUR_SCRIPTS = ("", "python", "text/x-python")


def all_run(root: _Element) -> Iterator[Note]:
    """Where no process is marked as executable, all are walked."""
    drawn = list(root.iterchildren(f"{{{BPMN}}}process"))
    if not any(one.get("isExecutable", "true") == "true" for one in drawn):
        for process in drawn:
            process.set("isExecutable", "true")
    yield from ()


def starts(root: _Element) -> Iterator[Note]:
    """One start is taken: the first plain one, else the first; time, signals and conditions are taken to have come."""
    for process in root.iterchildren(f"{{{BPMN}}}process"):
        found = list(process.iterchildren(f"{{{BPMN}}}startEvent"))
        plain = [one for one in found if not any(local(child).endswith("EventDefinition") for child in one)]
        outgoing = flows_by(process, "sourceRef")
        for start in found:
            if start is not (plain or found)[0]:
                for gone in (start, *outgoing.get(start.get("id", ""), ())):
                    process.remove(gone)
                continue
            for child in list(start):
                if local(child).endswith("EventDefinition") and local(child) != "messageEventDefinition":
                    start.remove(child)
    yield from ()


def calls(root: _Element) -> Iterator[Note]:
    """Steps and scripts of other languages do nothing; messages without a name are called like their element."""
    known = {one.get("id") for one in root.iterchildren(f"{{{BPMN}}}message")}
    for node in list(root.iter(f"{{{BPMN}}}*")):
        kind = local(node)
        if kind == "serviceTask" and node.find(f".//{{{SPIFF}}}serviceTaskOperator") is None:
            place = node.find(f"{{{BPMN}}}extensionElements")
            place = etree.SubElement(node, f"{{{BPMN}}}extensionElements") if place is None else place
            etree.SubElement(place, f"{{{SPIFF}}}serviceTaskOperator", id="")
        elif kind == "scriptTask" and node.get("scriptFormat", "").lower() not in _OUR_SCRIPTS:
            for script in node.iterchildren(f"{{{BPMN}}}script"):
                script.text = ""
        elif kind == "businessRuleTask" and node.find(f".//{{{SPIFF}}}calledDecisionId") is None:
            node.tag = f"{{{BPMN}}}task"
        elif kind in ("sendTask", "receiveTask", "messageEventDefinition"):
            _name_message(root, node, known)
        elif kind == "signalEventDefinition" and not any(
            one.get("id") == node.get("signalRef") for one in root.iterchildren(f"{{{BPMN}}}signal")
        ):
            node.set("signalRef", f"~signal.{owner(node)}")
            root.insert(0, etree.Element(f"{{{BPMN}}}signal", id=node.get("signalRef", ""), name=owner(node) or ""))
    yield from ()


def conditions(root: _Element) -> Iterator[Note]:
    """A condition that is missing, or that another language says, decides nothing."""
    for container in containers(root):
        outgoing = flows_by(container, "sourceRef")
        for node in container.iterchildren(f"{{{BPMN}}}exclusiveGateway", f"{{{BPMN}}}inclusiveGateway"):
            flows = outgoing.get(node.get("id", ""), ())
            for flow in flows if len(flows) > 1 else ():
                said = flow.find(f"{{{BPMN}}}conditionExpression")
                if said is None and flow.get("id") != node.get("default"):
                    etree.SubElement(flow, f"{{{BPMN}}}conditionExpression").text = "None"
                elif said is not None and not _readable(said.text or ""):
                    said.text = "None"
    yield from ()


def repetitions(root: _Element) -> Iterator[Note]:
    """What is marked as done several times, with nothing said of how often, is done once."""
    for loop in root.iter(f"{{{BPMN}}}multiInstanceLoopCharacteristics"):
        if not {"loopDataInputRef", "loopCardinality"} & {local(child) for child in loop}:
            etree.SubElement(loop, f"{{{BPMN}}}loopCardinality").text = "1"
    yield from ()


def untriggered(root: _Element) -> Iterator[Note]:
    """What waits for an error, an escalation or a compensation that nothing in the file throws never comes to work."""
    thrown = {
        local(item)
        for kind in ("endEvent", "intermediateThrowEvent")
        for event in root.iter(f"{{{BPMN}}}{kind}")
        for item in event
    }
    silent = {"errorEventDefinition", "escalationEventDefinition", "compensateEventDefinition"} - thrown
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


def _readable(expression: str) -> bool:
    try:
        compiled(expression)
    except ExpressionRefused:
        return False
    return True


def _name_message(root: _Element, node: _Element, known: set[str | None]) -> None:
    inner = node.find(f"{{{BPMN}}}messageEventDefinition") if local(node).endswith("Task") else None
    if inner is not None or node.get("messageRef") in known:
        return
    name = node.get("messageRef") or owner(node) or "message"
    reference = f"~message.{name}"
    if reference not in known:
        known.add(reference)
        root.insert(0, etree.Element(f"{{{BPMN}}}message", id=reference, name=name))
    node.set("messageRef", reference)


PARTS = (all_run, starts, calls, conditions, repetitions, untriggered)
