"""Only gateways have several flows out of them, once those of tasks are read as the split that BPMN means."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.elements import GATEWAYS
from engine.bpmn.rules.survey import Drawn
from engine.values import Finding

NAME = "several-flows"


def find(drawn: Drawn) -> Iterator[Finding]:
    """What several flows leave without a gateway that says which are taken."""
    for element in drawn.elements.values():
        if len(element.outgoing) > 1 and element.kind not in GATEWAYS:
            sentence = f"Several flows leave {drawn.label(element)}. Draw a gateway after it that says which are taken."
            yield drawn.error(element.id, NAME, sentence)
