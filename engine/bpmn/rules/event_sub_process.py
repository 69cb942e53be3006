"""An event sub-process begins at one start event that says by which event, and no flow leads to it or from it."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.rules.survey import Drawn, child, definitions_of
from engine.values import Finding

NAME = "event-sub-process"
_REPEATED = ("standardLoopCharacteristics", "multiInstanceLoopCharacteristics")


def find(drawn: Drawn) -> Iterator[Finding]:
    """The event sub-processes without an event, with several beginnings, with flows, or done several times."""
    for element, node in drawn.of("subProcess"):
        if node.get("triggeredByEvent") != "true":
            continue
        inside = [one for start, one in drawn.of("startEvent") if start.parent == element.id]
        label = drawn.label(element)
        if inside and (len(inside) > 1 or not definitions_of(inside[0])):
            sentence = f"The event sub-process {label} needs one start event that says by which event. Draw it so."
            yield drawn.error(element.id, NAME, sentence)
        if element.incoming or element.outgoing or element.id in drawn.borders:
            sentence = (
                f"The event sub-process {label} is begun by its event alone. Remove the flows to and from it, and the"
                " events on its border."
            )
            yield drawn.error(element.id, NAME, sentence)
        if any(child(node, name) is not None for name in _REPEATED):
            sentence = f"The event sub-process {label} comes as often as its event. Remove the mark of repetition."
            yield drawn.error(element.id, NAME, sentence)
