"""An event that waits says for what."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.rules.survey import Drawn, definitions_of, text
from engine.bpmn.source import local
from engine.values import Finding

NAME = "no-event"


def find(drawn: Drawn) -> Iterator[Finding]:
    """The catching and border events that name nothing."""
    for element, node in drawn.of("intermediateCatchEvent", "boundaryEvent", "startEvent"):
        found = definitions_of(node)
        unsaid = any(local(one) == "conditionalEventDefinition" and not text(one) for one in found)
        if unsaid or (not found and element.kind != "startEvent"):
            yield drawn.error(element.id, NAME, f"{drawn.label(element)} waits for nothing. Say for what.")
