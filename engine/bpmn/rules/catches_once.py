"""A message event that does not interrupt would catch the first message only."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.rules.survey import Drawn, definitions_of
from engine.bpmn.source import local
from engine.values import Finding

NAME = "catches-once"
_HEARD = ("messageEventDefinition", "signalEventDefinition")


def find(drawn: Drawn) -> Iterator[Finding]:
    """The border events for messages and signals that do not interrupt."""
    for element, node in drawn.of("boundaryEvent"):
        kept = node.get("cancelActivity", "true") == "false"
        if kept and any(local(item) in _HEARD for item in definitions_of(node)):
            sentence = f"{drawn.label(element)} would catch the first message only. Catch it in a parallel loop."
            yield drawn.error(element.id, NAME, sentence)
