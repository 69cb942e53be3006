"""A call activity calls a process of the bundle."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.dialects import is_foreign
from engine.bpmn.rules.survey import Drawn
from engine.bpmn.shaping import has_nodes
from engine.bpmn.source import BPMN
from engine.values import Finding

NAME = "unknown-process"


def find(drawn: Drawn) -> Iterator[Finding]:
    """The call activities whose process nobody has."""
    for element, node in drawn.of("callActivity"):
        called = node.get("calledElement", "")
        if called not in drawn.survey.processes:
            yield drawn.error(element.id, NAME, f"{drawn.label(element)} {_said(drawn, called)}")


def _said(drawn: Drawn, called: str) -> str:
    if not called:
        return "calls nothing. Name the process that it calls."
    if is_foreign(called):
        return f"works out which process it calls, “{called}”: that has to be said in the diagram. Choose one."
    return f"calls the process {called!r}, {_missing(drawn, called)}, or call another."


def _missing(drawn: Drawn, called: str) -> str:
    """What is amiss with a process that cannot be called, and what to do."""
    for page in drawn.survey.pages:
        for process in page.root.iterchildren(f"{{{BPMN}}}process"):
            if process.get("id") == called:
                marked = "which is not marked as executable. Mark it"
                return marked if has_nodes(process) else "in which nothing is drawn. Draw it"
    return "which is not in the bundle. Add it"
