"""An event-based gateway leads to events alone, each with this one way in and nothing on its border."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.rules.survey import Drawn
from engine.values import Finding

NAME = "not-an-event"


def find(drawn: Drawn) -> Iterator[Finding]:
    """What comes after an event-based gateway and is no event that waits, or has other ways in."""
    for element, _ in drawn.of("eventBasedGateway"):
        for flow in element.outgoing:
            target = drawn.elements.get(drawn.flows[flow].target)
            if target is None:
                continue
            if target.kind not in ("intermediateCatchEvent", "receiveTask") or len(target.incoming) > 1:
                sentence = f"After {drawn.label(element)} draw a message or timer event that nothing else leads to."
                yield drawn.error(target.id, NAME, sentence)
            for event, _ in drawn.borders.get(target.id, ()):
                sentence = (
                    f"{drawn.label(target)} is one of several things that are waited for, so nothing may sit on its"
                    f" border. Take {drawn.label(event)} away, or draw it as another event after the gateway."
                )
                yield drawn.error(event.id, NAME, sentence)
