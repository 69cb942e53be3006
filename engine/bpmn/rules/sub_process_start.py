"""A sub-process begins at one plain start event: it starts because the flow has come to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from engine.bpmn.rules.survey import Drawn, definitions_of
from engine.values import Finding

if TYPE_CHECKING:
    from lxml.etree import _Element

NAME = "sub-process-start"


def find(drawn: Drawn) -> Iterator[Finding]:
    """The sub-processes that begin at several places, or by an event."""
    starts: dict[str, list[_Element]] = {}
    for element, node in drawn.of("startEvent"):
        starts.setdefault(element.parent, []).append(node)
    for place, around in drawn.of("subProcess"):
        if around.get("triggeredByEvent") == "true":
            continue
        inside = starts.get(place.id, [])
        if len(inside) > 1 or (inside and definitions_of(inside[0])):
            sentence = f"The sub-process {drawn.label(place)} needs one start event, without a message or timer."
            yield drawn.error(place.id, NAME, f"{sentence} Draw it so.")
