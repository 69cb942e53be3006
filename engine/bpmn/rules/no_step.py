"""A service task calls a step."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.foreign import theirs
from engine.bpmn.rules.exchange import step_of
from engine.bpmn.rules.survey import Drawn
from engine.values import Finding

NAME = "no-step"


def find(drawn: Drawn) -> Iterator[Finding]:
    """The service tasks that call nothing."""
    for element, node in drawn.of("serviceTask"):
        if not step_of(node):
            sentence = f"{drawn.label(element)} does nothing here.{theirs(node)} Choose the step that it calls."
            yield drawn.error(element.id, NAME, sentence)
