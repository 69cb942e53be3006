"""A process has one plain start event, or starts by messages alone."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.rules.survey import Drawn, definitions_of
from engine.values import Finding

NAME = "several-starts"


def find(drawn: Drawn) -> Iterator[Finding]:
    """The last of several start events of which one is plain."""
    inside = [(element, node) for element, node in drawn.of("startEvent") if element.parent == drawn.chart.process]
    if len(inside) > 1 and any(not definitions_of(node) for _, node in inside):
        sentence = "Draw one plain start event, or only starts by messages: beside a plain one no other ever starts."
        yield drawn.error(inside[-1][0].id, NAME, sentence)
