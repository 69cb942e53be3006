"""Events that would be passed over or wait for ever."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.rules.survey import Drawn, definitions_of
from engine.bpmn.source import local
from engine.values import Finding

NAME = "unsupported-event"
_BESIDE = "the start of an event sub-process"
_DEFINITIONS = {
    "compensateEventDefinition": "Nothing undoes this. Draw a line from the event to the activity that does.",
    "linkEventDefinition": "Links would be passed over. Draw the flow itself.",
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
            if sentence is None and element.kind == "startEvent":
                sentence = "A process cannot start by this event. Start it by hand, by a message, a signal or time."
            yield drawn.error(element.id, NAME, sentence or f"{drawn.label(element)} cannot be run with this event.")
