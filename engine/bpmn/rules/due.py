"""A due time is a duration, a date, or an expression after an equals sign."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.calendar import instant, step_of
from engine.bpmn.rules.formulas import trouble
from engine.bpmn.rules.survey import Drawn
from engine.errors import StepFailed
from engine.values import Finding

NAME = "due"


def find(drawn: Drawn) -> Iterator[Finding]:
    """The tasks whose due time cannot be read."""
    for element, _ in drawn.of("userTask"):
        said = element.properties.get("due", "").strip()
        wrong = said and _wrong(drawn, said)
        if wrong:
            yield drawn.error(element.id, NAME, f"The property “due” of {drawn.label(element)} cannot be used: {wrong}")


def _wrong(drawn: Drawn, said: str) -> str | None:
    if said.startswith("="):
        return trouble(drawn, said[1:])
    try:
        (step_of if said.upper().startswith("P") else instant)(said)
    except StepFailed as failed:
        return str(failed)
    return None
