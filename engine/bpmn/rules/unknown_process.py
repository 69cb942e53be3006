"""A call activity calls a process of the bundle."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.rules.survey import Drawn
from engine.values import Finding

NAME = "unknown-process"


def find(drawn: Drawn) -> Iterator[Finding]:
    """The call activities whose process nobody has."""
    for element, node in drawn.of("callActivity"):
        called = node.get("calledElement", "")
        if called not in drawn.survey.processes:
            said = f"calls the process {called!r}, which is not in the bundle. Add it, or call another."
            silent = "calls nothing. Name the process that it calls."
            yield drawn.error(element.id, NAME, f"{drawn.label(element)} {said if called else silent}")
