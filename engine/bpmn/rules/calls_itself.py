"""No process calls itself, directly or through others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.bpmn.elements import Chart
from engine.bpmn.rules.survey import Drawn
from engine.bpmn.source import local
from engine.values import Finding

NAME = "calls-itself"


def find(drawn: Drawn) -> Iterator[Finding]:
    """The call activities that lead back to the process in which they stand."""
    processes = drawn.survey.processes
    for element, node in drawn.of("callActivity"):
        called = node.get("calledElement", "")
        if drawn.chart.process in _called_by(called, processes):
            said = f"{drawn.label(element)} calls {called!r}, which in the end calls this process again."
            yield drawn.error(element.id, NAME, f"{said} Break the circle.")


def _called_by(process: str, processes: Mapping[str, Chart]) -> set[str]:
    seen, waiting = set(), [process]
    while waiting:
        name = waiting.pop()
        if name not in seen and name in processes:
            seen.add(name)
            nodes = processes[name].nodes.values()
            waiting += [node.get("calledElement", "") for node in nodes if local(node) == "callActivity"]
    return seen
