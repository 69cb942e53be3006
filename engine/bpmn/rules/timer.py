"""Timers say a date, a duration or a repetition; what can be known now is tried now."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from engine.bpmn.calendar import instant, step_of
from engine.bpmn.evaluation import compiled
from engine.bpmn.rules.formulas import trouble
from engine.bpmn.rules.survey import Drawn, child, definitions_of, text
from engine.bpmn.source import local
from engine.bpmn.timers import cycle_of
from engine.errors import StepFailed
from engine.values import Finding
from forms import ExpressionFailed

if TYPE_CHECKING:
    from lxml.etree import _Element

    from engine.bpmn.model import Element

NAME = "timer"
_TIMERS = {"timeDate": instant, "timeDuration": step_of, "timeCycle": cycle_of}


def find(drawn: Drawn) -> Iterator[Finding]:
    """The timers without a time, or with one that cannot be read."""
    for element, node in drawn.of("intermediateCatchEvent", "boundaryEvent", "startEvent"):
        for definition in definitions_of(node):
            if local(definition) == "timerEventDefinition":
                wrong = _wrong(drawn, element, definition)
                if wrong:
                    yield drawn.error(element.id, NAME, wrong)


def _wrong(drawn: Drawn, element: Element, definition: _Element) -> str | None:
    label = drawn.label(element)
    kind = next((item for item in _TIMERS if child(definition, item) is not None), None)
    if kind is None or not text(child(definition, kind)):
        return f"{label} has no time. Enter a date, a duration or a cycle."
    trouble_with_it = _trouble(drawn, kind, text(child(definition, kind)))
    return f"The time of {label} cannot be used: {trouble_with_it}" if trouble_with_it else None


def _trouble(drawn: Drawn, kind: str, expression: str) -> str | None:
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
