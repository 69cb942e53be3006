"""A loop can be left, by a flow or by an event around it."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.graphs import circles
from engine.bpmn.rules.survey import Drawn, definitions_of
from engine.bpmn.source import local
from engine.values import Finding

NAME = "endless"
_WAITING = frozenset("userTask receiveTask intermediateCatchEvent eventBasedGateway callActivity".split())


def find(drawn: Drawn) -> Iterator[Finding]:
    """The loops without a way out: those that never wait are errors, those that do are warnings."""
    for circle in circles(drawn.after):
        if any(name not in circle for inside in circle for name in drawn.after[inside]):
            continue
        first = next(element for name, element in drawn.elements.items() if name in circle)
        if _interrupted(drawn, first.parent):
            continue
        if any(drawn.elements[name].kind in _WAITING for name in circle):
            sentence = f"The loop around {drawn.label(first)} has no way out, so the process never ends. Draw one."
            yield drawn.warning(first.id, NAME, sentence)
        else:
            sentence = f"The loop around {drawn.label(first)} runs in circles. Draw a way out of it."
            yield drawn.error(first.id, NAME, sentence)


def _interrupted(drawn: Drawn, place: str) -> bool:
    """Whether an event on a sub-process around this place can end it."""
    seen: set[str] = set()
    while place in drawn.elements and place not in seen:
        seen.add(place)
        for _, node in drawn.borders.get(place, ()):
            if node.get("cancelActivity", "true") == "true":
                return True
        place = drawn.elements[place].parent
    return any(
        any(local(item) == "terminateEventDefinition" for item in definitions_of(node))
        for element, node in drawn.of("endEvent")
        if element.parent == place
    )
