"""The default of a gateway is one of the flows out of it."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.rules.survey import CHOOSING, Drawn
from engine.values import Finding

NAME = "default-elsewhere"


def find(drawn: Drawn) -> Iterator[Finding]:
    """The gateways whose default belongs to another element, or to none."""
    for element, node in drawn.of(*CHOOSING):
        default = node.get("default")
        if len(element.outgoing) > 1 and default and default not in element.outgoing:
            sentence = f"The default flow of {drawn.label(element)} does not leave it. Choose one that does."
            yield drawn.error(element.id, NAME, sentence)
