"""An end event has a way to it."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.rules.survey import Drawn
from engine.values import Finding

NAME = "lost-end"


def find(drawn: Drawn) -> Iterator[Finding]:
    """The end events that nothing leads to. In a sub-process that only an event on its border ends, one is meant so."""
    places: dict[str, bool] = {}
    for element, _ in drawn.of("endEvent"):
        places[element.parent] = places.get(element.parent, False) or bool(element.incoming)
    for element, _ in drawn.of("endEvent"):
        meant = not places[element.parent] and element.parent in drawn.borders
        if not element.incoming and not meant:
            said = f"Nothing leads to the end event {drawn.label(element)}."
            yield drawn.warning(element.id, NAME, f"{said} Draw the flow that was lost, or remove the event.")
