"""A task for people lies in a lane, which says whose it is."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.rules.survey import Drawn
from engine.values import Finding

NAME = "no-role"


def find(drawn: Drawn) -> Iterator[Finding]:
    """The tasks for people in no lane."""
    for element, _ in drawn.of("userTask"):
        if element.role is None:
            said = f"{drawn.label(element)} lies in no lane, so it reaches nobody's inbox."
            yield drawn.warning(element.id, NAME, f"{said} Draw it in the lane of a role.")
