"""An event-based gateway waits for the first of several events."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.rules.survey import Drawn
from engine.values import Finding

NAME = "one-event"


def find(drawn: Drawn) -> Iterator[Finding]:
    """The event-based gateways with less than two events after them, and those that want all of them."""
    for element, node in drawn.of("eventBasedGateway"):
        if node.get("eventGatewayType") == "Parallel" and node.get("instantiate") != "true":
            sentence = f"{drawn.label(element)} takes the way of one event, so it cannot wait for all of them."
            yield drawn.error(element.id, NAME, f"{sentence} Use a parallel gateway, or take the mark away.")
        if len(element.outgoing) < 2:
            what = "one event only. Draw the event alone." if element.outgoing else "no event. Draw those it waits for."
            yield drawn.error(element.id, NAME, f"{drawn.label(element)} waits for {what}")
