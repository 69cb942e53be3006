"""An event names one thing that happens."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.elements import EVENTS
from engine.bpmn.rules.survey import Drawn, definitions_of
from engine.values import Finding

NAME = "several-events"


def find(drawn: Drawn) -> Iterator[Finding]:
    """The events that name several things at once."""
    for element, node in drawn.of(*sorted(EVENTS)):
        if len(definitions_of(node)) > 1:
            yield drawn.error(element.id, NAME, f"{drawn.label(element)} names several events. Draw one for each.")
