"""Events that would be passed over or wait for ever."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.rules.survey import Drawn, definitions_of
from engine.bpmn.source import local
from engine.values import Finding

NAME = "unsupported-event"
_DEFINITIONS = {
    "compensateEventDefinition": "Compensation would be passed over. Draw the way back as tasks.",
    "linkEventDefinition": "Links would be passed over. Draw the flow itself.",
    "signalEventDefinition": "Signals do not leave the instance, so none starts it. Use a message.",
    "conditionalEventDefinition": "Conditions are not watched. Use a message, or a gateway after a task.",
    "cancelEventDefinition": "Cancelling needs a transaction, which cannot be run. Use an error or a message.",
}
_ALLOWED = {
    "startEvent": {"messageEventDefinition"},
    "endEvent": {
        "messageEventDefinition", "errorEventDefinition", "escalationEventDefinition", "terminateEventDefinition",
        "signalEventDefinition",
    },
    "intermediateCatchEvent": {"messageEventDefinition", "timerEventDefinition", "signalEventDefinition"},
    "intermediateThrowEvent": {"messageEventDefinition", "escalationEventDefinition", "signalEventDefinition"},
    "boundaryEvent": {
        "messageEventDefinition", "timerEventDefinition", "errorEventDefinition", "escalationEventDefinition",
        "signalEventDefinition",
    },
}  # fmt: skip


def find(drawn: Drawn) -> Iterator[Finding]:
    """The events of a kind that cannot be run where it is drawn."""
    for element, node in drawn.of(*_ALLOWED):
        for definition in definitions_of(node):
            if local(definition) in _ALLOWED[element.kind]:
                continue
            sentence = _DEFINITIONS.get(local(definition))
            if sentence is None and element.kind == "startEvent":
                sentence = "A process cannot start by this event. Let another process send a message at that time."
            yield drawn.error(element.id, NAME, sentence or f"{drawn.label(element)} cannot be run with this event.")
