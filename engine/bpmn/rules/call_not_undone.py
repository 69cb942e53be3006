"""What a called process has done is undone from outside of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from engine.bpmn.handlers import UNDONE_BY, asks, scope_of
from engine.bpmn.rules.survey import Drawn, definitions_of
from engine.values import Finding

if TYPE_CHECKING:
    from lxml.etree import _Element

NAME = "call-not-undone"


def find(drawn: Drawn) -> Iterator[Finding]:
    """The calls of processes that can undo what they did, where that is asked for and would not be done."""
    asked = [
        (scope_of(node.getparent()), definition.get("activityRef"), element)
        for element, node in drawn.of("intermediateThrowEvent", "endEvent") if asks(node)
        for definition in definitions_of(node)
    ]  # fmt: skip
    for element, node in drawn.of("callActivity") if asked else ():
        if node.get(UNDONE_BY) or not _undoes(drawn, node.get("calledElement", ""), frozenset()):
            continue
        for scope, named, event in asked:
            if _concerns(node, scope, named):
                said = f"{drawn.label(event)} undoes nothing of what the process did that {drawn.label(element)} calls."
                said = f"{said} Draw on the border of the call what undoes the whole."
                yield drawn.error(element.id, NAME, said)
                break


def _concerns(call: _Element, scope: _Element, named: str | None) -> bool:
    """Whether compensation that is asked for in a scope, of one activity or of all, would be that of a call, too."""
    above = [call, *call.iterancestors()]
    return scope in above and (not named or any(one.get("id") == named for one in above[: above.index(scope)]))


def _undoes(drawn: Drawn, process: str, seen: frozenset[str]) -> bool:
    """Whether a process, or one that it calls, has an activity that something undoes."""
    called = drawn.survey.by_process.get(process)
    if called is None or process in seen:
        return False
    nodes = called.chart.nodes.values()
    return any(one.get(UNDONE_BY) for one in nodes) or any(
        _undoes(called, one.get("calledElement", ""), seen | {process}) for _, one in called.of("callActivity")
    )
