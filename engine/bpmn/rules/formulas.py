"""Expressions: whether each can be read, and calls only functions that exist."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from engine.bpmn.calendar import instant, step_of
from engine.bpmn.evaluation import BUILT_IN, EVERYWHERE, compiled
from engine.bpmn.rules.survey import Drawn, child, definitions_of, label, text
from engine.bpmn.source import BPMN, NAMES, local
from engine.bpmn.timers import cycle_of
from engine.errors import StepFailed
from engine.values import Finding
from forms import ExpressionFailed, ExpressionRefused, compile_script

if TYPE_CHECKING:
    from lxml.etree import _Element

    from engine.bpmn.model import Element

_PROPERTIES = ("assignee", "correlation", "key")
_SCRIPT = "The script"
_TIMERS = {"timeDate": instant, "timeDuration": step_of, "timeCycle": cycle_of}


def trouble(drawn: Drawn, expression: str, *, script: bool = False) -> str | None:
    """What is wrong with an expression, None when nothing is."""
    try:
        code = compile_script(expression) if script else compiled(expression)
    except ExpressionRefused as refused:
        return refused.detail or str(refused)
    if expression.lstrip().startswith("="):
        return None
    unknown = sorted(code.functions - EVERYWHERE - {*BUILT_IN} - {*drawn.survey.known.functions})
    return f"There is no function called {unknown[0]}." if unknown else None


def everywhere(drawn: Drawn) -> Iterator[Finding]:
    """All expressions of a process, wherever they stand."""
    for owner, what, expression, is_script in _expressions(drawn):
        wrong = trouble(drawn, expression, script=is_script)
        if wrong:
            yield drawn.error(owner, "expression", f"{what}, {_short(expression)}, cannot be used: {wrong} Mend it.")


def _short(expression: str) -> str:
    said = " ".join(expression.split())
    return f"“{said[:80]}…”" if len(said) > 80 else f"“{said}”"


def _expressions(drawn: Drawn) -> Iterator[tuple[str, str, str, bool]]:
    for flow in drawn.flows.values():
        if flow.condition is not None:
            yield flow.id, "The condition of this flow", flow.condition, False
    for element in drawn.elements.values():
        for what, expression in _on_node(element, drawn.chart.nodes[element.id]):
            yield element.id, what, expression, what == _SCRIPT


def _on_node(element: Element, node: _Element) -> Iterator[tuple[str, str]]:
    for name in _PROPERTIES:
        if element.properties.get(name, "").strip():
            yield f"The property “{name}”", element.properties[name]
    if element.kind == "scriptTask":
        yield _SCRIPT, text(child(node, "script"))
    for place in ("multiInstanceLoopCharacteristics", "standardLoopCharacteristics"):
        loop = child(node, place)
        for part in () if loop is None else loop:
            if local(part) in ("completionCondition", "loopCondition", "loopCardinality"):
                yield "What the repetition asks for", text(part)
    for parameter in node.xpath("bpmn:extensionElements//spiffworkflow:parameter", namespaces=NAMES):
        yield f"The parameter “{parameter.get('id')}”", parameter.get("value", "")
    for payload in _payloads(node):
        yield "The payload", payload


def _payloads(node: _Element) -> Iterator[str]:
    places = [node, *definitions_of(node)]
    for place in places:
        for found in place.xpath("bpmn:extensionElements/spiffworkflow:messagePayload", namespaces=NAMES):
            if text(found):
                yield text(found)


def timers(drawn: Drawn) -> Iterator[Finding]:
    """Timers say a date, a duration or a repetition; what can be known now is tried now."""
    for element, node in drawn.of("intermediateCatchEvent", "boundaryEvent"):
        for definition in definitions_of(node):
            if definition.tag != f"{{{BPMN}}}timerEventDefinition":
                continue
            found = next((item for item in _TIMERS if child(definition, item) is not None), None)
            if found is None or not text(child(definition, found)):
                yield drawn.error(
                    element.id, "timer", f"{label(element)} has no time. Enter a date, a duration or a cycle."
                )
                continue
            wrong = _timer_trouble(drawn, found, text(child(definition, found)))
            if wrong:
                yield drawn.error(element.id, "timer", f"The timer {label(element)} cannot be used: {wrong}")
            repeats = element.kind == "boundaryEvent" and node.get("cancelActivity", "true") == "false"
            if found == "timeCycle" and not repeats:
                sentence = f"{label(element)} repeats itself where it can happen only once. Use a date or a duration."
                yield drawn.error(element.id, "timer", sentence)


def _timer_trouble(drawn: Drawn, kind: str, expression: str) -> str | None:
    wrong = trouble(drawn, expression)
    if wrong:
        return f"{wrong} Write ISO 8601, such as P7D or 2026-01-31T09:00:00Z, or an expression."
    code = compiled(expression)
    if code.names or code.functions:
        return None
    try:
        _TIMERS[kind](code.evaluate({}, {}))
    except (StepFailed, ExpressionFailed) as error:
        return str(error)
    return None
