"""An activity that undoes another one stands beside the flow: no flows, and no events on its border."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.rules.survey import Drawn
from engine.values import Finding

NAME = "handler-in-flow"


def find(drawn: Drawn) -> Iterator[Finding]:
    """The activities for compensation that take part in the flow."""
    for element in drawn.elements.values():
        if drawn.chart.nodes[element.id].get("isForCompensation") != "true":
            continue
        if element.incoming or element.outgoing or element.id in drawn.borders:
            sentence = (
                f"{drawn.label(element)} is for compensation, so it has no flows and no events on its border."
                " Remove them, or the mark."
            )
            yield drawn.error(element.id, NAME, sentence)
