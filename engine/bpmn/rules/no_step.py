"""A service task calls a step."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.foreign import said
from engine.bpmn.rules.exchange import step_of
from engine.bpmn.rules.survey import Drawn
from engine.values import Finding

NAME = "no-step"
_THEIRS = ("class", "delegateExpression", "expression", "topic", "type", "jobType")


def find(drawn: Drawn) -> Iterator[Finding]:
    """The service tasks that call nothing."""
    for element, node in drawn.of("serviceTask"):
        if not step_of(node):
            given = said(node)
            theirs = next((f" “{given[name]}” is for another engine." for name in _THEIRS if given.get(name)), "")
            sentence = f"{drawn.label(element)} does nothing here.{theirs} Choose the step that it calls."
            yield drawn.error(element.id, NAME, sentence)
