"""A message event names a message that the file declares."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.foreign import theirs
from engine.bpmn.rules.exchange import references
from engine.bpmn.rules.survey import CATCHING, SENDING, Drawn
from engine.values import Finding

NAME = "no-message"


def find(drawn: Drawn) -> Iterator[Finding]:
    """The events and tasks for a message that is not there."""
    for element, node in drawn.of(*CATCHING, *SENDING):
        named = references(node)
        missing = [one for one in named if one not in drawn.messages]
        if missing or (element.kind in ("sendTask", "receiveTask") and not named):
            yield drawn.error(element.id, NAME, f"{drawn.label(element)} names no message.{theirs(node)} Choose one.")
