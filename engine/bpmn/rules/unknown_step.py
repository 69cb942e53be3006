"""The step that a service task calls exists."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.rules.exchange import step_of
from engine.bpmn.rules.survey import Drawn
from engine.values import Finding

NAME = "unknown-step"


def find(drawn: Drawn) -> Iterator[Finding]:
    """The service tasks whose step nobody has."""
    known = drawn.survey.known.steps
    for element, node in drawn.of("serviceTask"):
        step = step_of(node)
        if step and known is not None and step not in known:
            yield drawn.error(element.id, NAME, f"There is no step called {step!r}. Choose another one.")
