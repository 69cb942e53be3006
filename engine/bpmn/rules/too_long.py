"""A process is not longer than SpiffWorkflow can read."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.rules.survey import Drawn
from engine.bpmn.source import MAXIMUM_NODES
from engine.values import Finding

NAME = "too-long"


def find(drawn: Drawn) -> Iterator[Finding]:
    """The process, if it has too many elements."""
    if len(drawn.elements) > MAXIMUM_NODES:
        sentence = f"The process has more than {MAXIMUM_NODES} elements. Move parts of it into processes of their own."
        yield drawn.error(drawn.chart.process, NAME, sentence)
