"""Which variables a process can have where: what sets each, and where nobody can know what is set."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from engine.bpmn.mapping import GIVES, RESULT, TAKES, ways_of
from engine.bpmn.model import Element
from engine.bpmn.rules.exchange import decision_of, references
from engine.bpmn.rules.repetitions import item_of, results_of
from engine.bpmn.rules.survey import CATCHING, Drawn, Survey, child, definitions_of, text
from engine.bpmn.source import NAMES
from forms import ExpressionRefused, compile_script

if TYPE_CHECKING:
    from lxml.etree import _Element

ANYTHING = "*"
"""Stands for all names: what is set here cannot be known."""
_ALWAYS = frozenset({"project", "loopCounter", "iteration"})
_COUNTS = re.compile(r"(nrOf|numberOf)\w*")
_MULTIPLE = "multiInstanceLoopCharacteristics"


@dataclass(frozen=True)
class Variables:
    """The variables of one process."""

    drawn: Drawn

    @cached_property
    def set_by(self) -> Mapping[str, frozenset[str]]:
        """For each name the elements that set it; under ANYTHING those that can set any."""
        found: dict[str, set[str]] = {}
        for element_id, element in self.drawn.elements.items():
            for name in _set_by(self.drawn, element, self.drawn.chart.nodes[element_id]):
                found.setdefault(name, set()).add(element_id)
        return {name: frozenset(ids) for name, ids in found.items()}

    @cached_property
    def from_the_start(self) -> frozenset[str]:
        """The names that an instance has when it begins: those that its callers give it among them."""
        return _ALWAYS | _given(self.drawn.survey, self.drawn.chart.process, frozenset())

    @cached_property
    def _after(self) -> Mapping[str, tuple[str, ...]]:
        """What may come next, into sub-processes and out of them too."""
        drawn, found = self.drawn, {name: list(names) for name, names in self.drawn.after.items()}
        for name, element in drawn.elements.items():
            if element.parent not in drawn.elements:
                continue
            if element.kind == "startEvent":
                found[element.parent].append(name)
            found[name] += [event.id for event, _ in drawn.borders.get(element.parent, ())]
            if element.kind == "endEvent":
                found[name] += drawn.after[element.parent]
        return {name: tuple(names) for name, names in found.items()}

    def may_be_set(self, name: str, at: str, *, before: bool) -> bool:
        """Whether a name can have been set `before` an element is come to, or else also by the element itself."""
        if name in self.from_the_start or ANYTHING in self.from_the_start or _COUNTS.fullmatch(name):
            return True
        setters = self.set_by.get(name, frozenset()) | self.set_by.get(ANYTHING, frozenset())
        return bool(setters) and (
            self._comes_at_any_time(at) or at in self._following(setters) or (at in setters and not before)
        )

    def _following(self, setters: frozenset[str]) -> set[str]:
        seen: set[str] = set()
        waiting = list(setters)
        while waiting:
            for name in self._after.get(waiting.pop(), ()):
                if name not in seen:
                    seen.add(name)
                    waiting.append(name)
        return seen

    def _comes_at_any_time(self, name: str) -> bool:
        """Whether it lies in an event sub-process, or undoes something: it comes after nothing in particular."""
        while name in self.drawn.elements:
            node = self.drawn.chart.nodes[name]
            if node.get("triggeredByEvent") == "true" or node.get("isForCompensation") == "true":
                return True
            name = self.drawn.elements[name].parent
        return False


def _set_by(drawn: Drawn, element: Element, node: _Element) -> Iterator[str]:
    loop = child(node, _MULTIPLE)
    if loop is not None:
        yield from filter(None, (item_of(loop, "inputDataItem"), item_of(loop, "outputDataItem"), results_of(loop)))
    if element.kind == "userTask":
        yield from element.properties.get("variables", "").split()
    elif element.kind == "scriptTask":
        yield from _assigned(text(child(node, "script")))
    elif element.kind == "serviceTask":
        # Without a variable for it, the items of what a step gives become variables.
        named = node.xpath(".//spiffworkflow:serviceTaskOperator/@resultVariable", namespaces=NAMES)
        yield from [one for one in named if one] or [ANYTHING]
    elif element.kind == "businessRuleTask":
        table = drawn.survey.decisions.get(decision_of(node))
        result = node.get(RESULT, "").partition(" ")[0]
        yield from [result] if result else table.outputs if table is not None else [ANYTHING]
    elif element.kind == "callActivity":
        yield from _taken(drawn.survey, node)
    if element.kind in CATCHING and references(node):
        named = node.xpath(".//spiffworkflow:messageVariable", namespaces=NAMES)
        yield from [text(one) for one in named if text(one)] or [ANYTHING]
    if any("Event" in str(one.tag) and one.get("errorRef") for one in definitions_of(node)):
        yield from filter(None, node.xpath(".//@*[local-name() = 'errorCodeVariable']"))


def _assigned(script: str) -> tuple[str, ...]:
    try:
        return compile_script(script).assigns
    except ExpressionRefused:
        return (ANYTHING,)


def _taken(survey: Survey, call: _Element) -> Iterator[str]:
    ways, called = ways_of(call, TAKES), call.get("calledElement", "")
    for there, _ in ways or ():
        if there != "*":
            yield there
    if ways is None or any(there == "*" for there, _ in ways):
        yield from _everything(survey, called, frozenset())


def _everything(survey: Survey, process: str, seen: frozenset[str]) -> frozenset[str]:
    """All names that a process and what it calls can set."""
    drawn = survey.by_process.get(process)
    if drawn is None:
        return frozenset({ANYTHING})
    if process in seen:
        return frozenset()
    found: set[str] = set()
    for name, element in drawn.elements.items():
        node = drawn.chart.nodes[name]
        if element.kind == "callActivity" and ways_of(node, TAKES) is None:
            found |= _everything(survey, node.get("calledElement", ""), seen | {process})
        else:
            found.update(_set_by(drawn, element, node))
    return frozenset(found)


def _given(survey: Survey, process: str, seen: frozenset[str]) -> frozenset[str]:
    """All names that callers give a process."""
    found: set[str] = set()
    for caller in survey.callers.get(process, ()) if process not in seen else ():
        for element, node in caller.of("callActivity"):
            if node.get("calledElement") != process:
                continue
            ways = ways_of(node, GIVES)
            found.update(there for there, _ in ways or () if there != "*")
            if ways is None or any(there == "*" for there, _ in ways):
                name = caller.chart.process
                found |= _everything(survey, name, frozenset({process})) | _given(survey, name, seen | {process})
            found.update(_set_by(caller, element, node) if child(node, _MULTIPLE) is not None else ())
    return frozenset(found)
