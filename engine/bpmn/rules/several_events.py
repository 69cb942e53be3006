"""An event that waits for several things at once goes on by any one of them."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.catching import begins_by_any
from engine.bpmn.elements import EVENTS
from engine.bpmn.rules.survey import Drawn, definitions_of
from engine.values import Finding

NAME = "several-events"


def find(drawn: Drawn) -> Iterator[Finding]:
    """The events that name several things, of which not just any one is enough."""
    for element, node in drawn.of(*sorted(EVENTS)):
        if len(definitions_of(node)) > 1 and not begins_by_any(node):
            sentence = f"{drawn.label(element)} cannot wait for several events like this. Draw one for each."
            yield drawn.error(element.id, NAME, sentence)
