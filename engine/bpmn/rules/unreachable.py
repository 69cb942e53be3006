"""Every node can be reached: SpiffWorkflow drops what it cannot reach without a word."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.model import Element
from engine.bpmn.rules.survey import Drawn
from engine.bpmn.source import local
from engine.values import Finding

NAME = "unreachable"


def find(drawn: Drawn) -> Iterator[Finding]:
    """What nothing leads to. Of nodes that follow one another the first is named: a flow to it leads to all."""
    begun = {drawn.elements[name].parent for name in drawn.begins}
    known = drawn.live | drawn.reached({one.id for one in drawn.elements.values() if _told_of(drawn, one)})
    lost = [
        element
        for element in drawn.elements.values()
        if element.id not in known
        and element.parent in begun  # else nothing begins there at all
        and not (element.kind == "endEvent" and not element.incoming)  # the rule for lost ends says so
    ]
    led_to = {name for element in lost for name in drawn.after.get(element.id, ()) if name != element.id}
    firsts = [element for element in lost if element.id not in led_to]
    told = drawn.reached({element.id for element in firsts})
    for element in lost:
        if element.id not in told:  # a circle that nothing leads into
            firsts.append(element)
            told |= drawn.reached({element.id})
    for element in firsts:
        yield drawn.error(
            element.id, NAME, f"Nothing leads to {drawn.label(element)}. Draw a flow to it, or remove it."
        )


def _told_of(drawn: Drawn, element: Element) -> bool:
    """Whether another rule says why: it has no id, is started by an event or a link, or sits on nothing."""
    node = drawn.chart.nodes[element.id]
    if element.kind == "intermediateCatchEvent" and any(local(one) == "linkEventDefinition" for one in node):
        return True
    on_nothing = element.kind == "boundaryEvent" and node.get("attachedToRef", "") not in drawn.elements
    return not element.id or node.get("triggeredByEvent") == "true" or on_nothing
