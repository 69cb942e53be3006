"""Names that the engine keeps for itself."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.rules.survey import Drawn
from engine.bpmn.shaping import RESERVED
from engine.values import Finding

NAME = "reserved-id"
_ENDINGS = (".EndJoin", ".BoundaryEventSplit", ".BoundaryEventJoin", " [child]")


def find(drawn: Drawn) -> Iterator[Finding]:
    """The elements with an id that the engine uses for its own."""
    for name in drawn.elements:
        if name in RESERVED or name.endswith(_ENDINGS):
            sentence = f"The id {name!r} is kept for the engine. Give the element another id."
            yield drawn.error(name, NAME, sentence)
