"""Whoever starts a process finds one place to begin at: plain start events lead to the same element."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.rules.survey import Drawn, definitions_of
from engine.values import Finding

NAME = "several-starts"


def find(drawn: Drawn) -> Iterator[Finding]:
    """The last of several plain start events that do not all lead to the same."""
    plain = [
        element for element, node in drawn.of("startEvent")
        if element.parent == drawn.chart.process and not definitions_of(node)
    ]  # fmt: skip
    if len({drawn.after[element.id] for element in plain}) > 1:
        sentence = "Nobody could say at which of the plain start events it begins. Draw one, and choose after it."
        yield drawn.error(plain[-1].id, NAME, sentence)
