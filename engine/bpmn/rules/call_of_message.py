"""A called process begins at once: it does not wait for a message."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.rules.survey import Drawn
from engine.values import Finding

NAME = "call-of-message"


def find(drawn: Drawn) -> Iterator[Finding]:
    """The call activities whose process starts by a message."""
    for element, node in drawn.of("callActivity"):
        called = node.get("calledElement", "")
        chart = drawn.survey.processes.get(called)
        if chart is not None and not chart.begins_plainly:
            said = f"{called!r} starts by an event, so {drawn.label(element)} would wait for ever."
            yield drawn.error(element.id, NAME, f"{said} Send the message instead, or give it a plain start event.")
