"""The expressions of a process: where each stands, and whether it can be read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.bpmn.adhoc import UNTIL
from engine.bpmn.evaluation import BUILT_IN, EVERYWHERE, compiled
from engine.bpmn.mapping import GIVES, TAKES, ways_of
from engine.bpmn.rules.survey import Drawn, child, definitions_of, text
from engine.bpmn.source import NAMES, local
from forms import ExpressionRefused, compile_expression, compile_script

if TYPE_CHECKING:
    from lxml.etree import _Element

    from engine.bpmn.model import Element

_PROPERTIES = ("assignee", "correlation", "key", "subject")
_NAME = re.compile(r"[A-Za-z_][\w-]*", re.ASCII)


@dataclass(frozen=True)
class Formula:
    """One expression or script: the element or flow it belongs to, and what it is there for."""

    owner: str
    what: str
    text: str
    is_script: bool = False


def trouble(drawn: Drawn, expression: str, *, script: bool = False) -> str | None:
    """What is wrong with an expression, None when nothing is."""
    try:
        code = compile_script(expression) if script else compiled(expression)
    except ExpressionRefused as refused:
        return refused.detail or str(refused)
    if expression.lstrip().startswith("="):
        return None
    if drawn.survey.known.functions is None:
        return None
    unknown = sorted(code.functions - EVERYWHERE - {*BUILT_IN} - {*drawn.survey.known.functions})
    return f"There is no function called {unknown[0]}." if unknown else None


def unreadable(expression: str) -> str | None:
    """Why an expression in our own form cannot be read, None when it can."""
    try:
        compile_expression(expression)
    except ExpressionRefused as refused:
        return refused.detail or str(refused)
    return None


def formulas(drawn: Drawn) -> Iterator[Formula]:
    """All expressions of a process that are no times."""
    for flow in drawn.flows.values():
        if flow.condition is not None:
            yield Formula(flow.id, "The condition of this flow", flow.condition)
    for element in drawn.elements.values():
        yield from _on_node(element, drawn.chart.nodes[element.id])


def short(expression: str) -> str:
    """An expression in quotation marks, shortened."""
    said = " ".join(expression.split())
    return f"“{said[:80]}…”" if len(said) > 80 else f"“{said}”"


def _on_node(element: Element, node: _Element) -> Iterator[Formula]:
    for name in _PROPERTIES:
        if element.properties.get(name, "").strip():
            yield Formula(element.id, f"The property “{name}”", element.properties[name])
    if element.kind == "scriptTask":
        yield Formula(element.id, "The script", text(child(node, "script")), is_script=True)
    for what, said in (*_repeating(node), *_carried(node)):
        yield Formula(element.id, what, said)
    if child(node, "extensionElements") is not None:
        for parameter in node.xpath("bpmn:extensionElements//spiffworkflow:parameter", namespaces=NAMES):
            said = f"The parameter “{parameter.get('id')}”"
            yield Formula(element.id, said, parameter.get("value", ""))
    for payload in _payloads(node):
        yield Formula(element.id, "The payload", payload)
    for definition in definitions_of(node):
        if local(definition) == "conditionalEventDefinition" and text(child(definition, "condition")):
            yield Formula(element.id, "The condition", text(child(definition, "condition")))


def _repeating(node: _Element) -> Iterator[tuple[str, str]]:
    if node.get(UNTIL):
        yield "The completion condition", node.get(UNTIL, "")
    for place in ("multiInstanceLoopCharacteristics", "standardLoopCharacteristics"):
        loop = child(node, place)
        for part in () if loop is None else loop:
            if local(part) in ("completionCondition", "loopCondition", "loopCardinality"):
                yield "What the repetition asks for", text(part)
            elif local(part) == "loopDataInputRef" and not _NAME.fullmatch(text(part)):
                yield "The collection", text(part)


def _carried(node: _Element) -> Iterator[tuple[str, str]]:
    for name in (GIVES, TAKES):
        for there, here in ways_of(node, name) or ():
            if here:
                yield f"What becomes “{there}”", here


def _payloads(node: _Element) -> Iterator[str]:
    for place in (node, *definitions_of(node)):
        for holder in place.iterchildren(f"{{{NAMES['bpmn']}}}extensionElements"):
            for found in holder.iterchildren(f"{{{NAMES['spiffworkflow']}}}messagePayload"):
                if text(found):
                    yield text(found)
