"""For a walk: what only the world around a diagram could give is passed over, or takes its name from its element."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING

from lxml import etree

from engine.bpmn.elements import NODES, condition_of
from engine.bpmn.evaluation import compiled
from engine.bpmn.shaping import containers, flows_by, has_nodes, is_apart, label, owner
from engine.bpmn.source import BPMN, SPIFF, is_bpmn, local
from engine.bpmn.timers import says
from forms import ExpressionRefused, compile_script

if TYPE_CHECKING:
    from lxml.etree import _Element

    from engine.bpmn.shaping import Note

PASSED_OVER = "passed-over"
"""The rule of notes on what a walk leaves out."""
_TIMES = ("timeDate", "timeDuration", "timeCycle")


def all_run(root: _Element) -> Iterator[Note]:
    """Where no process is marked as executable, all are walked."""
    drawn = [one for one in root.iterchildren(f"{{{BPMN}}}process") if has_nodes(one)]
    if not any(one.get("isExecutable", "true") == "true" for one in drawn):
        for process in drawn:
            process.set("isExecutable", "true")
    yield from ()


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
                for gone in (start, *outgoing.get(start.get("id", ""), ())):
                    process.remove(gone)
                yield start.get("id"), PASSED_OVER, f"Another start is taken than {label(start)}."
                continue
            triggers = _definitions(start)
            for definition in triggers:
                message = local(definition) == "messageEventDefinition" and len(triggers) == 1
                if not message or local(process) != "process":
                    start.remove(definition)


def calls(root: _Element) -> Iterator[Note]:
    """Steps do nothing, scripts what can be read of them; messages without a name are called like their element."""
    known = {one.get("id") for one in root.iterchildren(f"{{{BPMN}}}message")}
    for node in list(root.iter(f"{{{BPMN}}}*")):
        kind = local(node)
        if kind == "serviceTask" and node.find(f".//{{{SPIFF}}}serviceTaskOperator") is None:
            place = node.find(f"{{{BPMN}}}extensionElements")
            place = etree.SubElement(node, f"{{{BPMN}}}extensionElements") if place is None else place
            etree.SubElement(place, f"{{{SPIFF}}}serviceTaskOperator", id="")
            yield node.get("id"), PASSED_OVER, f"There is no step behind {label(node)}: it gives nothing."
        elif kind == "scriptTask":
            yield from _script(node)
        elif kind in ("sendTask", "receiveTask", "messageEventDefinition"):
            _name_message(root, node, known)
        elif kind == "signalEventDefinition":
            _name_signal(root, node)


def _script(node: _Element) -> Iterator[Note]:
    for script in node.iterchildren(f"{{{BPMN}}}script"):
        text = "".join(script.itertext())
        if not _runs(text):
            for child in list(script):
                script.remove(child)
            script.text = "\n".join(_readable_lines(text))
            yield node.get("id"), PASSED_OVER, f"What cannot be read of the script {label(node)} does nothing."


def _runs(script: str) -> bool:
    try:
        compile_script(script)
    except ExpressionRefused:
        return False
    return True


def _readable_lines(script: str) -> Iterator[str]:
    """Those statements of a script that can be run; of another language, none."""
    try:
        tree = ast.parse(textwrap.dedent(script))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for statement in tree.body:
        said = ast.unparse(statement) if isinstance(statement, ast.Assign | ast.AugAssign) else ""
        if said and _runs(said):
            yield said


def unknown(root: _Element, among: Collection[str]) -> Iterator[Note]:
    """Processes and decisions that are not among those that there are give nothing."""
    for node in list(root.iter(f"{{{BPMN}}}callActivity", f"{{{BPMN}}}businessRuleTask")):
        if local(node) == "callActivity":
            asked = node.get("calledElement", "")
        else:
            asked = "".join(one.text or "" for one in node.iter(f"{{{SPIFF}}}calledDecisionId")).strip()
        if asked not in among:
            node.tag = f"{{{BPMN}}}task"
            said = f"{label(node)} calls {asked!r}, which is not here: it gives nothing."
            yield node.get("id"), PASSED_OVER, said


def conditions(root: _Element) -> Iterator[Note]:
    """A condition that is missing, or that another language says, decides nothing."""
    for container in containers(root):
        outgoing = flows_by(container, "sourceRef")
        for node in container.iterchildren(f"{{{BPMN}}}exclusiveGateway", f"{{{BPMN}}}inclusiveGateway"):
            flows = outgoing.get(node.get("id", ""), ())
            if node.get("default") not in {flow.get("id") for flow in flows}:
                node.attrib.pop("default", None)
            # Where all ways may be taken, one without a condition always is.
            open_way = "True" if local(node) == "inclusiveGateway" else "None"
            for flow in flows if len(flows) > 1 else ():
                said = flow.find(f"{{{BPMN}}}conditionExpression")
                if condition_of(flow) is None and flow.get("id") != node.get("default"):
                    said = etree.SubElement(flow, f"{{{BPMN}}}conditionExpression") if said is None else said
                    said.text = open_way
                elif said is not None and not _readable(condition_of(flow) or ""):
                    said.text = "None"
                    yield flow.get("id"), PASSED_OVER, "The condition cannot be read: it decides nothing."
    for flow in root.iter(f"{{{BPMN}}}sequenceFlow"):
        said = flow.find(f"{{{BPMN}}}conditionExpression")
        if said is not None and not _readable(said.text or ""):
            said.text = "None"


def repetitions(root: _Element) -> Iterator[Note]:
    """What is marked as done several times, with nothing said of how often, is done once."""
    for loop in root.iter(f"{{{BPMN}}}multiInstanceLoopCharacteristics"):
        for child in loop.iterchildren(f"{{{BPMN}}}loopCardinality", f"{{{BPMN}}}completionCondition"):
            if child.text is None or not _readable(child.text):
                loop.remove(child)
        if not {"loopDataInputRef", "loopCardinality"} & {local(child) for child in loop}:
            etree.SubElement(loop, f"{{{BPMN}}}loopCardinality").text = "1"
    for loop in root.iter(f"{{{BPMN}}}standardLoopCharacteristics"):
        condition = loop.find(f"{{{BPMN}}}loopCondition")
        if condition is not None and not ((condition.text or "").strip() and _readable(condition.text or "")):
            loop.remove(condition)
            condition = None
        most = loop.get("loopMaximum", "")
        if condition is None and not (most.isdigit() and int(most)):
            loop.set("loopMaximum", "1")
    yield from ()


def events(root: _Element) -> Iterator[Note]:
    """Of several events the first is awaited, a timer before all else; a time that is not said is null."""
    for node in list(root.iter(*(f"{{{BPMN}}}{kind}" for kind in ("intermediateCatchEvent", "boundaryEvent")))):
        found = _definitions(node)
        if not found and local(node) == "boundaryEvent":
            yield node.get("id"), PASSED_OVER, f"{label(node)} waits for nothing: it never comes."
            outgoing = flows_by(node.getparent(), "sourceRef").get(node.get("id", ""), ())
            for gone in (*outgoing, node):
                gone.getparent().remove(gone)
        elif not found:
            node.tag = f"{{{BPMN}}}intermediateThrowEvent"
        elif len(found) > 1:
            kept = next((one for one in found if local(one) == "timerEventDefinition"), found[0])
            for definition in found:
                if definition is not kept:
                    node.remove(definition)
            yield node.get("id"), PASSED_OVER, f"Of the events of {label(node)} one is awaited: {local(kept)}."
    for timer in root.iter(f"{{{BPMN}}}timerEventDefinition"):
        times = [child for child in timer if local(child) in _TIMES]
        time = times[0] if times else etree.SubElement(timer, f"{{{BPMN}}}timeDuration")
        if not says(local(time), time.text or ""):
            time.tag, time.text = f"{{{BPMN}}}timeDuration", "not_said"
            said = f"The time of {label(timer.getparent())} cannot be read: it comes when nothing else does."
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


def unreached(root: _Element) -> Iterator[Note]:
    """What nothing leads to is left out, with the flows out of it."""
    for container in list(containers(root)):
        nodes = {node.get("id"): node for node in container if is_bpmn(node, *NODES) and node.get("id")}
        if not any(local(node) == "startEvent" for node in nodes.values()):
            continue
        outgoing = flows_by(container, "sourceRef")
        seen = _reached(nodes, outgoing)
        for name, node in nodes.items():
            if name not in seen:
                for gone in (node, *outgoing.get(name, ())):
                    container.remove(gone)
                yield name, PASSED_OVER, f"Nothing leads to {label(node)}."


def _reached(nodes: Mapping[str, _Element], outgoing: Mapping[str, list[_Element]]) -> set[str]:
    borders: dict[str, list[str]] = {}
    for name, node in nodes.items():
        if node.get("attachedToRef"):
            borders.setdefault(node.get("attachedToRef", ""), []).append(name)
    seen: set[str] = set()
    waiting = [name for name, node in nodes.items() if local(node) == "startEvent" or is_apart(node)]
    while waiting:
        name = waiting.pop()
        if name in nodes and name not in seen:
            seen.add(name)
            waiting += [flow.get("targetRef", "") for flow in outgoing.get(name, ())] + borders.get(name, [])
    return seen


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


def _name_signal(root: _Element, node: _Element) -> None:
    known = {one.get("id") for one in root.iterchildren(f"{{{BPMN}}}signal")}
    if node.get("signalRef") not in known:
        name = node.get("signalRef") or owner(node) or "signal"
        node.set("signalRef", f"~signal.{name}")
        if f"~signal.{name}" not in known:
            root.insert(0, etree.Element(f"{{{BPMN}}}signal", id=f"~signal.{name}", name=name))


PARTS = (all_run, starts, calls, conditions, repetitions, events, untriggered)
LATER = (unreached,)
"""What comes after links have become flows and starts have been found."""
