"""A sub-process has an end event, even if only an event on its border ends it."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.rules.survey import Drawn
from engine.values import Finding

NAME = "no-end"


def find(drawn: Drawn) -> Iterator[Finding]:
    """The sub-processes that begin and have no end event."""
    begun = {element.parent for element, _ in drawn.of("startEvent")}
    ended = {element.parent for element, _ in drawn.of("endEvent")}
    for place, _ in drawn.of("subProcess"):
        if place.id in begun and place.id not in ended:
            said = f"The sub-process {drawn.label(place)} has no end event."
            yield drawn.error(place.id, NAME, f"{said} Draw one, and a flow to it if it can be reached.")
