"""Cancelling is for transactions: an end inside cancels, and an event on the border says how it goes on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from engine.bpmn.handlers import TRANSACTION
from engine.bpmn.rules.survey import Drawn, definitions_of
from engine.bpmn.source import local
from engine.values import Finding

if TYPE_CHECKING:
    from lxml.etree import _Element

NAME = "cancel-outside"


def find(drawn: Drawn) -> Iterator[Finding]:
    """The events that cancel what is no transaction, and transactions that nothing catches the end of."""
    for element, node in drawn.of("boundaryEvent"):
        host = drawn.chart.nodes.get(node.get("attachedToRef", ""))
        if _cancels(node) and host is not None and host.get(TRANSACTION) is None:
            sentence = f"{drawn.label(element)} waits for the end of a transaction, and sits on none. Use an error."
            yield drawn.error(element.id, NAME, sentence)
    for element, node in drawn.of("endEvent"):
        if not _cancels(node):
            continue
        if node.getparent().get(TRANSACTION) is None:
            sentence = f"{drawn.label(element)} cancels a transaction, and there is none around it. Use an error."
            yield drawn.error(element.id, NAME, sentence)
        elif not any(_cancels(event) for _, event in drawn.borders.get(element.parent, ())):
            sentence = f"When {drawn.label(element)} cancels, nothing follows. Draw a cancel event on the border."
            yield drawn.error(element.id, NAME, sentence)


def _cancels(node: _Element) -> bool:
    return any(local(one) == "cancelEventDefinition" for one in definitions_of(node))
