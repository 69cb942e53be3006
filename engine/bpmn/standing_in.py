"""For a walk: what only the world around a diagram could give is passed over, or takes its name from its element."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING

from lxml import etree

from engine.bpmn.elements import NODES, condition_of
from engine.bpmn.evaluation import BUILT_IN, EVERYWHERE, compiled
from engine.bpmn.shaping import containers, flows_by, has_nodes, is_apart, label, owner
from engine.bpmn.source import BPMN, SPIFF, is_bpmn, local
from forms import ExpressionRefused, compile_script

if TYPE_CHECKING:
    from lxml.etree import _Element

    from engine.bpmn.shaping import Note

_CHOOSING = tuple(f"{{{BPMN}}}{kind}Gateway" for kind in ("exclusive", "inclusive", "complex"))
NOT_TAKEN = f"{{{SPIFF}}}notTaken"
"""On a process: where the starts lead that are not taken."""
PASSED_OVER = "passed-over"
"""The rule of notes on what a walk leaves out."""


def all_run(root: _Element) -> Iterator[Note]:
    """Where no process is marked as executable, all are walked."""
    drawn = [one for one in root.iterchildren(f"{{{BPMN}}}process") if has_nodes(one)]
    if not any(one.get("isExecutable") == "true" for one in drawn):  # saying nothing is no mark either
        for process in drawn:
            process.set("isExecutable", "true")
    yield from ()


def hidden_scripts(root: _Element) -> Iterator[Note]:
    """Scripts before and after an activity do nothing."""
    for script in list(root.iter(f"{{{SPIFF}}}preScript", f"{{{SPIFF}}}postScript")):
        if (script.text or "").strip():
            yield owner(script), PASSED_OVER, "The script that is hidden in it does nothing."
        script.getparent().remove(script)


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


def readable(expression: str) -> bool:
    """Whether an expression can be read."""
    try:
        compiled(expression)
    except ExpressionRefused:
        return False
    return True


def unknown(root: _Element, among: Collection[tuple[str, str]]) -> Iterator[Note]:
    """Processes and decisions that are not among those that there are, each with its kind, give nothing."""
    for node in list(root.iter(f"{{{BPMN}}}callActivity", f"{{{BPMN}}}businessRuleTask")):
        if local(node) == "callActivity":
            kind, asked = "process", node.get("calledElement", "")
        else:
            asked = "".join(one.text or "" for one in node.iter(f"{{{SPIFF}}}calledDecisionId")).strip()
            kind = "decision"
        if (kind, asked) not in among:
            node.tag = f"{{{BPMN}}}task"
            said = f"{label(node)} calls {asked!r}, which is not here: it gives nothing."
            said = said if asked else f"{label(node)} names nothing that it calls: it gives nothing."
            yield node.get("id"), PASSED_OVER, said


def conditions(root: _Element) -> Iterator[Note]:
    """A condition that is missing, or that another language says, decides nothing."""
    for container in containers(root):
        outgoing = flows_by(container, "sourceRef")
        for node in container.iterchildren(*_CHOOSING):
            flows = outgoing.get(node.get("id", ""), ())
            if node.get("default") not in {flow.get("id") for flow in flows}:
                node.attrib.pop("default", None)
            # Where all ways may be taken, one without a condition always is.
            open_way = "None" if local(node) == "exclusiveGateway" else "True"
            for flow in flows if len(flows) > 1 else ():
                said = flow.find(f"{{{BPMN}}}conditionExpression")
                if condition_of(flow) is None and flow.get("id") != node.get("default"):
                    said = etree.SubElement(flow, f"{{{BPMN}}}conditionExpression") if said is None else said
                    said.text = open_way
                elif condition_of(flow) is not None and not readable(condition_of(flow) or ""):
                    said.text = "None"
                    yield flow.get("id"), PASSED_OVER, "The condition cannot be read: it decides nothing."
    for flow in root.iter(f"{{{BPMN}}}sequenceFlow"):
        said = flow.find(f"{{{BPMN}}}conditionExpression")
        if said is not None and not readable(said.text or ""):
            said.text = "None"


def functions(root: _Element) -> Iterator[Note]:
    """A function that is not here gives nothing."""
    for node in root.iter(*(f"{{{BPMN}}}{kind}" for kind in ("conditionExpression", "condition", "script"))):
        for name in sorted(_functions("".join(node.itertext()), script=local(node) == "script")):
            yield owner(node), PASSED_OVER, f"There is no function called {name} here: it gives nothing."


def _functions(said: str, *, script: bool) -> Collection[str]:
    try:
        code = compile_script(said) if script else compiled(said)
    except ExpressionRefused:
        return ()
    return () if said.lstrip().startswith("=") else code.functions - EVERYWHERE - {*BUILT_IN}


def quantities(root: _Element) -> Iterator[Note]:
    """Whatever an activity says of tokens, one begins it, and it gives one."""
    for node in root.iter(f"{{{BPMN}}}*"):
        for name in ("startQuantity", "completionQuantity"):
            if node.get(name, "1").strip() not in ("", "1"):
                yield owner(node), PASSED_OVER, f"{label(node)} says {name}={node.get(name)!r}: one token does."
                node.attrib.pop(name)
    yield from ()


def repetitions(root: _Element) -> Iterator[Note]:
    """What is marked as done several times, with nothing said of how often, is done once."""
    for loop in root.iter(f"{{{BPMN}}}multiInstanceLoopCharacteristics"):
        for child in loop.iterchildren(f"{{{BPMN}}}loopCardinality", f"{{{BPMN}}}completionCondition"):
            if child.text is None or not readable(child.text):
                loop.remove(child)
        if not {"loopDataInputRef", "loopCardinality"} & {local(child) for child in loop}:
            etree.SubElement(loop, f"{{{BPMN}}}loopCardinality").text = "1"
    for loop in root.iter(f"{{{BPMN}}}standardLoopCharacteristics"):
        condition = loop.find(f"{{{BPMN}}}loopCondition")
        if condition is not None and not ((condition.text or "").strip() and readable(condition.text or "")):
            loop.remove(condition)
            condition = None
        most = loop.get("loopMaximum", "")
        if condition is None and not (most.isdigit() and int(most)):
            loop.set("loopMaximum", "1")
    yield from ()


def unreached(root: _Element) -> Iterator[Note]:
    """What nothing leads to is left out, with the flows out of it; what is after another start still sends."""
    for container in list(containers(root)):
        nodes = {node.get("id"): node for node in container if is_bpmn(node, *NODES) and node.get("id")}
        if not any(local(node) == "startEvent" for node in nodes.values()):
            continue
        outgoing = flows_by(container, "sourceRef")
        seen = _reached(nodes, outgoing, [name for name, node in nodes.items() if local(node) == "startEvent"])
        others = _reached(nodes, outgoing, container.attrib.pop(NOT_TAKEN, "").split())
        ends = {name for name, node in nodes.items() if local(node) == "endEvent"}
        seen |= ends if not ends & seen else set()  # one that nothing leads to says that only something else ends this
        for name, node in nodes.items():
            if name not in seen:
                for gone in (node, *outgoing.get(name, ())):
                    container.remove(gone)
                if name in others:
                    _put_aside(root, container, node)
                    yield name, PASSED_OVER, f"{label(node)} comes after a start that is not taken."
                else:
                    yield name, PASSED_OVER, f"No way leads to {label(node)} from where it starts."


def _put_aside(root: _Element, container: _Element, node: _Element) -> None:
    """Into a process that is not run: what another instance sends is sent by the same file."""
    name = f"~others.{container.get('id')}"
    aside = next((one for one in root.iterchildren(f"{{{BPMN}}}process") if one.get("id") == name), None)
    if aside is None:
        aside = etree.SubElement(root, f"{{{BPMN}}}process", id=name, isExecutable="false")
    aside.append(node)


def _reached(nodes: Mapping[str, _Element], outgoing: Mapping[str, list[_Element]], begins: list[str]) -> set[str]:
    borders: dict[str, list[str]] = {}
    for name, node in nodes.items():
        if node.get("attachedToRef"):
            borders.setdefault(node.get("attachedToRef", ""), []).append(name)
    seen: set[str] = set()
    # A flow into a sub-process, which may not be, leads to it all the same.
    within = {one.get("id"): name for name, node in nodes.items() for one in node.iter(f"{{{BPMN}}}*") if one.get("id")}
    waiting = [*begins, *(name for name, node in nodes.items() if is_apart(node))]
    while waiting:
        name = waiting.pop()
        name = within.get(name, name)
        if name in nodes and name not in seen:
            seen.add(name)
            waiting += [flow.get("targetRef", "") for flow in outgoing.get(name, ())] + borders.get(name, [])
    return seen


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


PARTS = (all_run, hidden_scripts, calls, conditions, functions, quantities, repetitions)
LATER = (unreached,)
"""What comes after links have become flows and starts have been found."""
