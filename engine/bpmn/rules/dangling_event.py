"""An event on a border sits on an activity of the same process or sub-process."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.elements import ACTIVITIES
from engine.bpmn.rules.survey import Drawn
from engine.values import Finding

NAME = "dangling-event"


def find(drawn: Drawn) -> Iterator[Finding]:
    """The border events that sit on nothing."""
    for element, node in drawn.of("boundaryEvent"):
        host = drawn.elements.get(node.get("attachedToRef", ""))
        if host is None or host.kind not in ACTIVITIES or host.parent != element.parent:
            sentence = f"The event {drawn.label(element)} does not sit on an activity. Move it onto the border of one."
            yield drawn.error(element.id, NAME, sentence)
