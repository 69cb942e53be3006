"""A signal event names a signal that the file declares."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.rules.exchange import signals
from engine.bpmn.rules.survey import Drawn
from engine.values import Finding

NAME = "no-signal"


def find(drawn: Drawn) -> Iterator[Finding]:
    """The events for a signal that is not there."""
    for element, name in signals(drawn):
        if name is None:
            yield drawn.error(element.id, NAME, f"{drawn.label(element)} names no signal. Choose one.")
