"""An event that waits says for what."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.rules.survey import Drawn, definitions_of
from engine.values import Finding

NAME = "no-event"


def find(drawn: Drawn) -> Iterator[Finding]:
    """The catching and border events that name nothing."""
    for element, node in drawn.of("intermediateCatchEvent", "boundaryEvent"):
        if not definitions_of(node):
            yield drawn.error(element.id, NAME, f"{drawn.label(element)} waits for nothing. Say for what.")
