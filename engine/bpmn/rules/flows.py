"""Gateways, conditions and loops: whether every token finds a way."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.elements import GATEWAYS
from engine.bpmn.graphs import circles
from engine.bpmn.rules.survey import Drawn, definitions_of, label
from engine.bpmn.source import local
from engine.values import Finding

_CHOOSING = ("exclusiveGateway", "inclusiveGateway")
_DECIDING = (*_CHOOSING, "eventBasedGateway")
_WAITING = frozenset("userTask receiveTask intermediateCatchEvent eventBasedGateway callActivity".split())


def conditions(drawn: Drawn) -> Iterator[Finding]:
    """Conditions only where they are asked: on flows that leave an exclusive or inclusive gateway."""
    for flow in drawn.flows.values():
        source = drawn.elements.get(flow.source)
        if source is not None and flow.condition is not None and source.kind not in _CHOOSING:
            sentence = f"The condition on the flow after {label(source)} would be passed over. Put a gateway between."
            yield drawn.error(flow.id, "condition-ignored", sentence)


def splits(drawn: Drawn) -> Iterator[Finding]:
    """Only gateways have several flows out of them."""
    for element in drawn.elements.values():
        if len(element.outgoing) > 1 and element.kind not in GATEWAYS:
            sentence = f"Several flows leave {label(element)}. Draw a gateway after it that says which are taken."
            yield drawn.error(element.id, "several-flows", sentence)


def choices(drawn: Drawn) -> Iterator[Finding]:
    """A gateway that chooses has a condition on every flow but the default."""
    for element, node in drawn.of(*_CHOOSING):
        if len(element.outgoing) < 2:
            continue
        default = node.get("default")
        if default and default not in element.outgoing:
            yield drawn.error(
                element.id, "default-elsewhere", f"The default of {label(element)} is not a flow out of it."
            )
        for name in element.outgoing:
            if name != default and drawn.flows[name].condition is None:
                sentence = f"A flow after {label(element)} has no condition. Give it one, or make it the default flow."
                yield drawn.error(name, "no-condition", sentence)
        if not default:
            sentence = f"{label(element)} has no default flow: if no condition holds, the process stops here. Draw one."
            yield drawn.warning(element.id, "no-default", sentence)


def joins(drawn: Drawn) -> Iterator[Finding]:
    """A parallel gateway does not wait for a token that can only come after it has fired."""
    for element, _ in drawn.of("parallelGateway"):
        if len(element.incoming) < 2:
            continue
        seen = {one.id for one, _ in drawn.of("startEvent")}
        waiting = list(seen)
        while waiting:
            for name in drawn.after.get(waiting.pop(), ()):
                if name not in seen and name != element.id:
                    seen.add(name)
                    waiting.append(name)
        for flow in element.incoming:
            if drawn.flows[flow].source not in seen:
                sentence = (
                    f"{label(element)} waits for this flow, which can only come after it. Bring the ways together in an"
                    " exclusive gateway before it."
                )
                yield drawn.error(flow, "waits-for-itself", sentence)


def race(drawn: Drawn) -> Iterator[Finding]:
    """An event-based gateway leads to events alone, each with this one way in."""
    for element, _ in drawn.of("eventBasedGateway"):
        if len(element.outgoing) < 2:
            yield drawn.error(
                element.id, "one-event", f"{label(element)} waits for one event only. Draw the event alone."
            )
        for flow in element.outgoing:
            target = drawn.elements.get(drawn.flows[flow].target)
            if target is None:
                continue
            if target.kind not in ("intermediateCatchEvent", "receiveTask") or len(target.incoming) > 1:
                sentence = f"After {label(element)} draw a message or timer event that nothing else leads to."
                yield drawn.error(target.id, "not-an-event", sentence)


def ways_out(drawn: Drawn) -> Iterator[Finding]:
    """A loop can be left, by a flow or by an event around it."""
    for circle in circles(drawn.after):
        if any(name not in circle for inside in circle for name in drawn.after[inside]):
            continue
        names = sorted(circle)
        first = drawn.elements[names[0]]
        if _interrupted(drawn, first.parent):
            continue
        if any(drawn.elements[name].kind in _WAITING for name in circle):
            sentence = f"The loop around {label(first)} has no way out, so the process never ends. Draw one."
            yield drawn.warning(first.id, "endless", sentence)
        else:
            sentence = f"The loop around {label(first)} runs in circles. Draw a way out of it."
            yield drawn.error(first.id, "endless", sentence)


def _interrupted(drawn: Drawn, place: str) -> bool:
    """Whether an event on a sub-process around this place can end it."""
    seen: set[str] = set()
    while place in drawn.elements and place not in seen:
        seen.add(place)
        for _, node in drawn.of("boundaryEvent"):
            if node.get("attachedToRef") == place and node.get("cancelActivity", "true") == "true":
                return True
        place = drawn.elements[place].parent
    return any(
        element.kind == "endEvent" and any(local(item) == "terminateEventDefinition" for item in definitions_of(node))
        for element, node in drawn.of("endEvent")
        if element.parent == place
    )


def turning_points(drawn: Drawn) -> Iterator[Finding]:
    """Every loop goes through a gateway that chooses: SpiffWorkflow foresees all else without end."""
    firm = {name for name, element in drawn.elements.items() if element.kind not in _DECIDING}
    after = {name: tuple(one for one in drawn.after[name] if one in firm) for name in firm}
    for circle in circles(after):
        first = drawn.elements[min(circle)]
        sentence = f"The loop around {label(first)} has no exclusive gateway. Draw one where the ways come together."
        yield drawn.error(first.id, "no-turning-point", sentence)
