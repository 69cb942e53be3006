"""Events that would be passed over or wait for ever."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from engine.bpmn.linking import links_in, means
from engine.bpmn.rules.survey import Drawn, definitions_of
from engine.bpmn.source import local
from engine.values import Finding

if TYPE_CHECKING:
    from lxml.etree import _Element

NAME = "unsupported-event"
_BESIDE = "the start of an event sub-process"
_DEFINITIONS = {
    "compensateEventDefinition": "Nothing undoes this. Draw a line from the event to the activity that does.",
    "conditionalEventDefinition": "No variables are there before a process has begun. Start it by a message.",
}
_ALLOWED = {
    "startEvent": {"messageEventDefinition", "signalEventDefinition", "timerEventDefinition"},
    _BESIDE: {
        "messageEventDefinition", "timerEventDefinition", "errorEventDefinition", "escalationEventDefinition",
        "signalEventDefinition", "conditionalEventDefinition",
    },
    "endEvent": {
        "messageEventDefinition", "errorEventDefinition", "escalationEventDefinition", "terminateEventDefinition",
        "signalEventDefinition", "compensateEventDefinition", "cancelEventDefinition",
    },
    "intermediateCatchEvent": {
        "messageEventDefinition", "timerEventDefinition", "signalEventDefinition", "conditionalEventDefinition",
    },
    "intermediateThrowEvent": {
        "messageEventDefinition", "escalationEventDefinition", "signalEventDefinition", "compensateEventDefinition",
    },
    "boundaryEvent": {
        "messageEventDefinition", "timerEventDefinition", "errorEventDefinition", "escalationEventDefinition",
        "signalEventDefinition", "conditionalEventDefinition", "cancelEventDefinition",
    },
}  # fmt: skip


def find(drawn: Drawn) -> Iterator[Finding]:
    """The events of a kind that cannot be run where it is drawn."""
    for element, node in drawn.of(*(_ALLOWED.keys() - {_BESIDE})):
        beside = element.kind == "startEvent" and node.getparent().get("triggeredByEvent") == "true"
        for definition in definitions_of(node):
            if local(definition) in _ALLOWED[_BESIDE if beside else element.kind]:
                continue
            sentence = _DEFINITIONS.get(local(definition))
            if local(definition) == "compensateEventDefinition" and element.kind != "boundaryEvent":
                sentence = "Compensation is awaited on the border of an activity, or where an event sub-process begins."
                sentence += " Put the event there."
                if beside:
                    sentence = f"{drawn.label(element)} is to undo a whole process, and nothing asks for that here."
                    sentence += " Draw the event sub-process in the sub-process that it is to undo."
            if local(definition) == "linkEventDefinition":
                sentence = _of_link(node, definition, drawn.label(element))
            if sentence is None and element.kind == "startEvent":
                sentence = "A process cannot start by this event. Start it by hand, by a message, a signal or time."
            yield drawn.error(element.id, NAME, sentence or f"{drawn.label(element)} cannot be run with this event.")


def _of_link(node: _Element, definition: _Element, label: str) -> str:
    """Why a link has not become a flow."""
    if local(node) == "intermediateCatchEvent":
        return f"No other link leads to {label}. Give the link that should the same name, or draw the flow itself."
    if local(node) != "intermediateThrowEvent":
        return f"{label} is no place for a link. Draw the flow itself."
    found = [one for one in links_in(node.getparent(), "intermediateCatchEvent") if means((node, definition), one)]
    if found:
        return f"More than one link takes up {label}. Give each its own name, or draw the flow itself."
    return f"No link in the same process takes up {label}. Draw one of the same name there, or the flow itself."
