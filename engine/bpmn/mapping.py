"""Which variables a call gives to the called process and takes back, and what a decision's result is called.

Said by BPMN's own data associations, by Camunda 7 and Flowable (`in`, `out`), or by Camunda 8 (`ioMapping`). A call
that says nothing gives and takes all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import orjson
from lxml import etree

from engine.bpmn.dialects import is_foreign, translated
from engine.bpmn.evaluation import readable
from engine.bpmn.source import BPMN, SPIFF, local

if TYPE_CHECKING:
    from lxml.etree import _Element

    from engine.bpmn.evaluation import Evaluator
    from engine.bpmn.shaping import Note

GIVES, TAKES, RESULT = f"{{{SPIFF}}}gives", f"{{{SPIFF}}}takes", f"{{{SPIFF}}}result"
Ways = list[list[str]]
"""For each variable its name there, and the expression for it here; the name `*` stands for all."""
_ALL = ["*", ""]
_NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_SIDES = (("dataInputAssociation", "targetRef", "sourceRef"), ("dataOutputAssociation", "targetRef", "sourceRef"))


def mappings(root: _Element) -> Iterator[Note]:
    """Read what calls and decisions say of their variables."""
    for call in root.iter(f"{{{BPMN}}}callActivity"):
        for read in (_of_camunda_8, _of_camunda_7, _of_bpmn):
            gives, takes = read(call)
            if gives is None and takes is None:
                continue
            for name, ways in ((GIVES, gives), (TAKES, takes)):
                if ways is not None:
                    call.set(name, orjson.dumps(ways).decode())
            break
    for decision in root.iter(f"{{{BPMN}}}businessRuleTask"):
        for place in (decision, *decision.iter("{*}calledDecision")):
            said = {etree.QName(name).localname: value for name, value in place.attrib.items()}
            if _NAME.fullmatch(said.get("resultVariable", "")):
                how = "value" if place is not decision else said.get("mapDecisionResult", "resultList")
                decision.set(RESULT, f"{said['resultVariable']} {how}")
    yield from ()


def unreadable(root: _Element) -> Iterator[Note]:
    """For a walk: what cannot be worked out is given as null."""
    for call in root.iter(f"{{{BPMN}}}callActivity"):
        for name in (GIVES, TAKES):
            ways = ways_of(call, name)
            if ways is not None:
                known = [[there, here if not here or readable(here) else "None"] for there, here in ways]
                call.set(name, orjson.dumps(known).decode())
    yield from ()


def ways_of(call: _Element, name: str) -> Ways | None:
    """What a call gives (GIVES) or takes (TAKES); None means all."""
    return orjson.loads(call.get(name, "null"))


def mapped(engine: Evaluator, ways: Ways, data: Mapping[str, Any]) -> dict[str, Any]:
    """The variables that go over. Raises as Evaluator.evaluate; a variable that is only named may be missing."""
    found: dict[str, Any] = {}
    for there, here in ways:
        if there == "*":
            found.update(data)
        elif not _NAME.fullmatch(here):
            found[there] = engine.value(here, data)
        elif here in data:
            found[there] = data[here]
    return found


def _ours(text: str) -> str:
    return ((translated(text) or text) if is_foreign(text) else text).strip()


def _plain(text: str) -> str:
    """An expression of FEEL that is a name alone, as a name."""
    name = _ours(text).lstrip("= ")
    return name if _NAME.fullmatch(name) else _ours(text)


def _extended(call: _Element) -> Iterable[_Element]:
    return (item for place in call.iterchildren(f"{{{BPMN}}}extensionElements") for item in place.iter("{*}*"))


def _of_camunda_7(call: _Element) -> tuple[Ways | None, Ways | None]:
    found: dict[str, Ways] = {"in": [], "out": []}
    said = False
    for item in _extended(call):
        if local(item) not in found or item.get("businessKey"):
            continue
        said = True
        here = item.get("source") or _ours(item.get("sourceExpression", ""))
        if item.get("variables") == "all":
            found[local(item)].append(_ALL)
        elif here and item.get("target"):
            found[local(item)].append([item.get("target", ""), here])
    return (found["in"], found["out"]) if said else (None, None)


def _of_camunda_8(call: _Element) -> tuple[Ways | None, Ways | None]:
    found: dict[str, Ways] = {"input": [], "output": []}
    child_too = True
    for item in _extended(call):
        if local(item) in found and local(item.getparent()) == "ioMapping" and item.get("target"):
            found[local(item)].append([item.get("target", ""), _plain(item.get("source", ""))])
        elif local(item) == "calledElement" and item.get("propagateAllChildVariables") == "false":
            child_too = False
    gives = [_ALL, *found["input"]] if found["input"] else None
    takes = found["output"] if found["output"] or not child_too else None
    return gives, takes


def _of_bpmn(call: _Element) -> tuple[Ways | None, Ways | None]:
    if call.find(f"{{{BPMN}}}ioSpecification") is None:
        return None, None
    names = {node.get("id"): _called(node) for node in call.getroottree().getroot().iter(f"{{{BPMN}}}*")}
    gives, takes = (list(_associated(call, side, names)) for side in _SIDES)
    return (gives, takes) if gives or takes else (None, None)


def _associated(
    call: _Element, side: tuple[str, str, str], names: Mapping[str | None, str]
) -> Iterator[list[str]]:
    kind, there, here = side
    for association in call.iterchildren(f"{{{BPMN}}}{kind}"):
        source, target = (names.get((association.findtext(f"{{{BPMN}}}{end}") or "").strip()) for end in (here, there))
        said = association.find(f"{{{BPMN}}}assignment/{{{BPMN}}}from")
        value = source if said is None else _ours("".join(said.itertext()))
        if target and value:
            yield [target, value]


def _called(node: _Element) -> str:
    name = (node.get("name") or "").strip()
    return name if _NAME.fullmatch(name) else node.get("id", "")
