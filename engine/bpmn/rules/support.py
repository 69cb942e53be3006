"""What is refused because it would run otherwise than it is drawn, or not at all."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.elements import NODES
from engine.bpmn.rules.survey import Drawn, definitions_of, label
from engine.bpmn.source import BPMN, SPIFF, local
from engine.values import Finding

_KINDS = {
    "complexGateway": "Complex gateways cannot be run. Use exclusive, parallel or inclusive gateways.",
    "transaction": "Transactions cannot be run. Use a sub-process with events on its border.",
    "adHocSubProcess": "Ad-hoc sub-processes cannot be run. Use parallel branches, or a task for several people.",
}
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


def kinds(drawn: Drawn) -> Iterator[Finding]:
    """Elements that cannot be run."""
    for element in drawn.elements.values():
        if element.kind in _KINDS:
            yield drawn.error(element.id, "unsupported", _KINDS[element.kind])
    for node in drawn.chart.nodes.values():
        if node.get("triggeredByEvent") == "true":
            sentence = (
                "Event sub-processes cannot be run. Put the event on the border of a sub-process around this part."
            )
            yield drawn.error(node.get("id"), "unsupported", sentence)
        if node.get("instantiate") == "true":
            yield drawn.error(
                node.get("id"), "unsupported", "This cannot start a process. Use a start event with a message."
            )
    for node in drawn.root.iter(f"{{{BPMN}}}*"):
        name = local(node)
        if (name.endswith(("Task", "Gateway", "Activity")) and name not in NODES) or name == "event":
            yield drawn.error(node.get("id"), "unsupported", f"A {name} cannot be run. Use another kind of element.")


def events(drawn: Drawn) -> Iterator[Finding]:
    """Events that would be passed over or wait for ever."""
    for element, node in drawn.of(*_ALLOWED):
        found = definitions_of(node)
        if len(found) > 1:
            yield drawn.error(
                element.id, "several-events", f"{label(element)} names several events. Draw one for each."
            )
        for definition in found:
            if local(definition) in _ALLOWED[element.kind]:
                continue
            sentence = _DEFINITIONS.get(local(definition))
            if sentence is None and element.kind == "startEvent":
                sentence = "A process cannot start by this event. Let another process send a message at that time."
            yield drawn.error(element.id, "unsupported", sentence or f"{label(element)} cannot be run with this event.")
        if not found and element.kind in ("intermediateCatchEvent", "boundaryEvent"):
            yield drawn.error(
                element.id, "no-event", f"{label(element)} waits for nothing. Choose a message or a timer."
            )


def repeated_messages(drawn: Drawn) -> Iterator[Finding]:
    """A message event that does not interrupt would catch the first message only."""
    for element, node in drawn.of("boundaryEvent"):
        kept = node.get("cancelActivity", "true") == "false"
        heard = ("messageEventDefinition", "signalEventDefinition")
        if kept and any(local(item) in heard for item in definitions_of(node)):
            sentence = f"{label(element)} would catch the first message only. Catch it in a parallel loop."
            yield drawn.error(element.id, "catches-once", sentence)


def scripts(drawn: Drawn) -> Iterator[Finding]:
    """Scripts hidden before or after an activity."""
    for name in ("preScript", "postScript"):
        for found in drawn.root.iter(f"{{{SPIFF}}}{name}"):
            owner = next((node.get("id") for node in found.iterancestors() if node.get("id")), "")
            if owner in drawn.elements and (found.text or "").strip():
                yield drawn.error(
                    owner, "hidden-script", "This activity has a hidden script. Draw a script task for it."
                )
