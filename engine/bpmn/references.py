"""What one part of a document says of another: prefixes, calls of global tasks and of pools, messages along flows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from lxml import etree

from engine.bpmn.dialects import is_foreign
from engine.bpmn.elements import ACTIVITIES, CONTAINERS, EVENTS, NODES, message_names
from engine.bpmn.shaping import has_nodes, owner
from engine.bpmn.source import BPMN, is_bpmn, local

if TYPE_CHECKING:
    from lxml.etree import _Element

    from engine.bpmn.shaping import Note

_NAMES = frozenset(
    "sourceRef targetRef attachedToRef default messageRef signalRef errorRef escalationRef calledElement processRef"
    " activityRef operationRef".split()
)
_BOOLEANS = frozenset(
    "isExecutable isInterrupting cancelActivity parallelMultiple triggeredByEvent isForCompensation instantiate"
    " isSequential testBefore waitForCompletion cancelRemainingInstances".split()
)
_OF_ACTIVITIES = frozenset({"triggeredByEvent", "isForCompensation"})
_PLACES = ("flowNodeRef", "loopDataInputRef", "loopDataOutputRef", "eventDefinitionRef", "source", "target")
_PREFIX = re.compile(r"[A-Za-z_][\w.-]*|")
_WAYS = (
    ("loopDataInputRef", "dataInputAssociation", "targetRef", "sourceRef"),
    ("loopDataOutputRef", "dataOutputAssociation", "sourceRef", "targetRef"),
)
_DATA = tuple(f"{{{BPMN}}}{kind}" for kind in ("dataObject", "dataObjectReference", "dataInput", "dataOutput"))
_BY_THE_WAY = (
    "association", "textAnnotation", "group", "laneSet", "childLaneSet", "lane", "messageFlow", "documentation",
    "collaboration", "conditionExpression", "multiInstanceLoopCharacteristics", "standardLoopCharacteristics",
)  # fmt: skip
_OTHERS = ("sequenceFlow", "process")
_DECLARED = ("message", "signal", "error", "escalation")
_GLOBAL = {
    "globalTask": "task", "globalUserTask": "userTask", "globalManualTask": "manualTask",
    "globalScriptTask": "scriptTask", "globalBusinessRuleTask": "businessRuleTask",
}  # fmt: skip


def bare(name: str) -> str:
    """A reference without the prefix that a qualified name has."""
    prefix, colon, rest = name.strip().partition(":")
    return rest if colon and not is_foreign(name) and _PREFIX.fullmatch(prefix) else name.strip()


def prefixes(root: _Element) -> Iterator[Note]:
    """References are qualified names (XML Schema of BPMN 2.0); ids have no prefix."""
    for node in root.iter(f"{{{BPMN}}}*"):
        for name in _NAMES.intersection(node.keys()):
            node.set(name, bare(node.get(name, "")))
        if local(node) in _PLACES:
            node.text = bare(node.text or "")
    yield from ()


def collections(root: _Element) -> Iterator[Note]:
    """What is gone through may be an input or output of the activity: then the variable behind it is meant."""
    for loop in root.iter(f"{{{BPMN}}}multiInstanceLoopCharacteristics"):
        for part, way, near, far in _WAYS:
            for place in loop.iterchildren(f"{{{BPMN}}}{part}"):
                name = bare(place.text or "")
                for association in loop.getparent().iterchildren(f"{{{BPMN}}}{way}"):
                    if bare(association.findtext(f"{{{BPMN}}}{near}") or "") == name:
                        name = bare(association.findtext(f"{{{BPMN}}}{far}") or "")
                        break
                place.text = _variable(root, name)
    yield from ()


def _variable(root: _Element, name: str) -> str:
    """The variable that a data object or an input of that id is called by."""
    for node in root.iter(*_DATA):
        if node.get("id") == name:
            named = (node.get("name") or "").strip()
            return named if named.isidentifier() else name
    return name


def definitions(root: _Element) -> Iterator[Note]:
    """An event may refer to a definition that stands outside of the processes (BPMN 2.0, 10.5.1)."""
    known = {one.get("id"): one for one in root if local(one).endswith("EventDefinition") and one.get("id")}
    for place in list(root.iter(f"{{{BPMN}}}eventDefinitionRef")):
        definition = known.get(bare(place.text or ""))
        if definition is not None:
            place.getparent().replace(place, _copy(definition))
    for definition in known.values():
        root.remove(definition)
    yield from ()


def undeclared(root: _Element) -> Iterator[Note]:
    """A signal that is named and nowhere declared is called as it is named: jBPM has no declarations."""
    known = {one.get("id") for one in root.iterchildren(f"{{{BPMN}}}signal")}
    for node in list(root.iter(f"{{{BPMN}}}signalEventDefinition")):
        name = node.get("signalRef", "")
        if name and name not in known:
            node.set("signalRef", f"~signal.{name}")
            if f"~signal.{name}" not in known:
                known.add(f"~signal.{name}")
                root.insert(0, etree.Element(f"{{{BPMN}}}signal", id=f"~signal.{name}", name=name))
            yield owner(node), "signal-declared", f"The signal {name!r} is not declared; it is called so."


def runnable(root: _Element) -> Iterator[Note]:
    """The only process of a file is meant to be run, and one that another calls; one with nothing in it is not."""
    found = list(root.iterchildren(f"{{{BPMN}}}process"))
    drawn = [one for one in found if has_nodes(one)]
    for process in found if drawn else ():
        if process not in drawn and process.get("isExecutable", "true") == "true":
            process.set("isExecutable", "false")
            yield process.get("id"), "empty-process", "There is nothing in this process; the others are run."
    run = _run_of(drawn)
    for process in drawn:
        if process.get("isExecutable", "true") != "true" and run:
            said = "it is run all the same" if process.get("id") in run else "it is for readers"
            process.set("isExecutable", str(process.get("id") in run).lower())
            yield process.get("id"), "not-executable", f"The process is marked as not executable; {said}."


def _run_of(drawn: list[_Element]) -> set[str | None]:
    """The processes that are run: those marked so, else the one that no other calls, with all that these call."""
    calls = {
        one.get("id"): {node.get("calledElement") for node in one.iter(f"{{{BPMN}}}callActivity")} for one in drawn
    }
    found = {one.get("id") for one in drawn if one.get("isExecutable", "true") == "true"}
    if not found:
        first = calls.keys() - set[str | None]().union(*calls.values())
        found = first if len(first) == 1 else found
    waiting = list(found)
    while waiting:
        more = calls.get(waiting.pop(), set()) & calls.keys() - found
        found |= more
        waiting += more
    return found


def operations(root: _Element) -> Iterator[Note]:
    """What names an operation in place of a message means the message that goes into that (BPMN 2.0, 8.4.3)."""
    messages = {one.get("id"): bare(one.findtext(f"{{{BPMN}}}inMessageRef") or "")
                for one in root.iter(f"{{{BPMN}}}operation")}  # fmt: skip
    for node in root.iter(*(f"{{{BPMN}}}{name}" for name in ("sendTask", "receiveTask", "messageEventDefinition"))):
        message = messages.get(node.get("operationRef") or (node.findtext(f"{{{BPMN}}}operationRef") or "").strip())
        if message and not node.get("messageRef"):
            node.set("messageRef", message)
    yield from ()


def booleans(root: _Element) -> Iterator[Note]:
    """True and false may be written as 1 and 0 (XML Schema, part 2, 3.2.2); marks of activities mark nothing else."""
    for node in root.iter(f"{{{BPMN}}}*"):
        for name in _OF_ACTIVITIES.intersection(node.keys()) if local(node) not in ACTIVITIES else ():
            del node.attrib[name]
        for name in _BOOLEANS.intersection(node.keys()):
            node.set(name, {"1": "true", "0": "false"}.get(node.get(name, "").strip(), node.get(name, "").strip()))
    yield from ()


def misplaced(root: _Element) -> Iterator[Note]:
    """An event is made by the definitions in it, not by those in its parts; what has no id is declared for nobody."""
    for definition in [one for one in root.iter(f"{{{BPMN}}}*") if local(one).endswith("EventDefinition")]:
        if local(definition.getparent()) not in EVENTS and definition.getparent() is not root:
            definition.getparent().remove(definition)
    for one in list(root.iter(*(f"{{{BPMN}}}{kind}" for kind in _DECLARED))):
        if not one.get("id"):
            one.getparent().remove(one)
    yield from ()


def apart(root: _Element) -> Iterator[Note]:
    """What is declared, and an element that happens to have the same id, are told apart by what refers to them."""
    drawn = {node.get("id") for node in root.iter(*(f"{{{BPMN}}}{name}" for name in (*NODES, *_OTHERS)))}
    for node in root.iter(f"{{{BPMN}}}*"):
        by_the_way = local(node) in _BY_THE_WAY or local(node).endswith("EventDefinition")
        if by_the_way and node.get("id") and node.get("id") in drawn:
            del node.attrib["id"]
    renamed: dict[tuple[str, str], str] = {}
    for kind in _DECLARED:
        for one in root.iterchildren(f"{{{BPMN}}}{kind}"):
            name = one.get("id", "")
            if name in drawn:
                renamed[f"{kind}Ref", name] = f"~{kind}.{name}"
                one.set("id", f"~{kind}.{name}")
                for said in ("name", f"{kind}Code") if kind in ("error", "escalation") else ("name",):
                    one.set(said, one.get(said) or name)
    for node in root.iter(f"{{{BPMN}}}*") if renamed else ():
        for reference in {reference for reference, _ in renamed}.intersection(node.keys()):
            node.set(reference, renamed.get((reference, node.get(reference, "")), node.get(reference, "")))
    yield from ()


def flow_homes(root: _Element) -> Iterator[Note]:
    """Some tools list a flow elsewhere than in the process or sub-process of its ends, or there as well."""
    places = list(root.iter(*(f"{{{BPMN}}}{name}" for name in CONTAINERS)))
    inside = {place: {node.get("id") for node in place if is_bpmn(node, *NODES)} for place in places}
    homes = {name: place for place, names in inside.items() for name in names}
    for flow in list(root.iter(f"{{{BPMN}}}sequenceFlow")):
        ends = {flow.get("sourceRef"), flow.get("targetRef")}
        home = homes.get(flow.get("sourceRef"))
        if home is None or not ends <= inside[home] or ends & inside.get(flow.getparent(), set()):
            continue
        if _again(flow, home):
            flow.getparent().remove(flow)
        else:
            home.append(flow)
    yield from ()


def _again(flow: _Element, home: _Element) -> bool:
    """Whether the same flow stands in its home as well."""
    there = home.iterchildren(f"{{{BPMN}}}sequenceFlow")
    return any(all(one.get(name) == flow.get(name) for name in ("id", "sourceRef", "targetRef")) for one in there)


def global_tasks(root: _Element) -> Iterator[Note]:
    """A call of a global task is that task (BPMN 2.0, 10.3.6)."""
    known = {node.get("id"): node for node in root.iterchildren(*(f"{{{BPMN}}}{name}" for name in _GLOBAL))}
    for call in list(root.iter(f"{{{BPMN}}}callActivity")):
        called = known.get(call.attrib.get("calledElement"))
        if called is None:
            continue
        call.tag = f"{{{BPMN}}}{_GLOBAL[local(called)]}"
        del call.attrib["calledElement"]
        for name, value in called.attrib.items():
            if name not in ("id", "name") and name not in call.attrib:
                call.set(name, value)
        for child in called.iterchildren(f"{{{BPMN}}}extensionElements", f"{{{BPMN}}}script"):
            if call.find(child.tag) is None:
                call.insert(0 if local(child) == "extensionElements" else len(call), _copy(child))
        said = f"The global task “{called.get('name') or called.get('id')}”, which it calls, is carried out here."
        yield call.get("id"), "global-task", said
    for node in known.values():
        root.remove(node)


def message_flows(root: _Element) -> Iterator[Note]:
    """An event or task that names no message sends or awaits the one of the message flow that is drawn to it."""
    declared = {node.get("id"): node for node in root.iterchildren(f"{{{BPMN}}}message")}
    nodes = {node.get("id"): node for node in root.iter(f"{{{BPMN}}}*") if node.get("id")}
    for flow in list(root.iter(f"{{{BPMN}}}messageFlow")):
        ends = [nodes.get(flow.get(name)) for name in ("sourceRef", "targetRef")]
        places = [place for node in ends if node is not None for place in _exchanges(node)]
        named = [place.get("messageRef") for place in places if place.get("messageRef") in declared]
        silent = [place for place in places if not place.get("messageRef")]
        if not silent or not flow.get("id"):
            continue
        message = flow.get("messageRef") if flow.get("messageRef") in declared else next(iter(named), None)
        if message is None:
            message = f"~message.{flow.get('id')}"
            name = (flow.get("name") or "").strip() or flow.get("id", "")
            root.insert(0, etree.Element(f"{{{BPMN}}}message", id=message, name=name))
            declared[message] = root[0]
        for place in silent:
            place.set("messageRef", message)
            said = f"It names no message; the one of the message flow {flow.get('name') or flow.get('id')!r} is meant."
            yield owner(place), "message-of-flow", said


def carried(root: _Element) -> frozenset[str]:
    """The names of the messages that an element, or a pool with something in it, sends over a message flow."""
    nodes = {node.get("id"): node for node in root.iter(f"{{{BPMN}}}*") if local(node) in NODES}
    names = message_names(root)
    drawn = {one.get("id") for one in root.iterchildren(f"{{{BPMN}}}process") if has_nodes(one)}
    pools = {pool.get("id") for pool in root.iter(f"{{{BPMN}}}participant") if pool.get("processRef") in drawn}
    flows = [flow for flow in root.iter(f"{{{BPMN}}}messageFlow") if flow.get("sourceRef") in nodes.keys() | pools]
    targets = [nodes[flow.get("targetRef")] for flow in flows if flow.get("targetRef") in nodes]
    places = [place for node in targets for place in _exchanges(node)]
    return frozenset(names[place.get("messageRef", "")] for place in places if place.get("messageRef") in names)


def _exchanges(node: _Element) -> list[_Element]:
    """Where a node names the message that it sends or awaits."""
    if local(node) in ("sendTask", "receiveTask"):
        return [node]
    return list(node.iterchildren(f"{{{BPMN}}}messageEventDefinition")) if local(node).endswith("Event") else []


def _copy(node: _Element) -> _Element:
    return etree.fromstring(etree.tostring(node))


PARTS = (
    booleans, prefixes, misplaced, definitions, operations, apart, flow_homes, runnable, global_tasks, message_flows,
    undeclared,
)  # fmt: skip
