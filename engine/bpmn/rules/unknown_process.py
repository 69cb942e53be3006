"""A call activity calls a process of the bundle."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.dialects import is_foreign
from engine.bpmn.rules.survey import Drawn
from engine.values import Finding

NAME = "unknown-process"


def find(drawn: Drawn) -> Iterator[Finding]:
    """The call activities whose process nobody has."""
    for element, node in drawn.of("callActivity"):
        called = node.get("calledElement", "")
        if called not in drawn.survey.processes:
            yield drawn.error(element.id, NAME, f"{drawn.label(element)} {_said(called)}")


def _said(called: str) -> str:
    if not called:
        return "calls nothing. Name the process that it calls."
    if is_foreign(called):
        return f"works out which process it calls, “{called}”: that has to be said in the diagram. Choose one."
    return f"calls the process {called!r}, which is not in the bundle. Add it, or call another."
