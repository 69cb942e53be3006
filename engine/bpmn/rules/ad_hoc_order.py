"""What is done ad hoc and one after the other is chosen by people, or done at once."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.adhoc import AD_HOC
from engine.bpmn.model import Element
from engine.bpmn.rules.survey import Drawn
from engine.values import Finding

NAME = "ad-hoc-order"
_LASTING = ("subProcess", "callActivity", "receiveTask", "intermediateCatchEvent", "eventBasedGateway")


def find(drawn: Drawn) -> Iterator[Finding]:
    """The parts of sequential ad-hoc sub-processes that would begin by themselves, beside each other."""
    places = {
        name: sum(1 for one in drawn.elements.values() if one.parent == name and _begins(drawn, one))
        for name, node in drawn.chart.nodes.items()
        if node.get(AD_HOC) == "Sequential"
    }
    for element in drawn.elements.values():
        several = places.get(element.parent, 0) > 1
        if several and element.kind in _LASTING and _begins(drawn, element):
            sentence = (
                f"{drawn.label(element)} would begin by itself, beside all else that is to be done one after the other."
                " Draw a user task before it, or let the order be parallel."
            )
            yield drawn.error(element.id, NAME, sentence)


def _begins(drawn: Drawn, element: Element) -> bool:
    begin = f"~start.{element.parent}"
    return any(drawn.flows[name].source in (begin, f"~split.{begin}") for name in element.incoming)
