"""What a multi-instance activity says of itself: its collection, its number, and the names of its parts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from engine.bpmn.rules.survey import Drawn, child, text

if TYPE_CHECKING:
    from lxml.etree import _Element

    from engine.bpmn.model import Element


def repeated(drawn: Drawn) -> Iterator[tuple[Element, _Element]]:
    """The multi-instance activities, each with what it says of its repetition."""
    for name, element in drawn.elements.items():
        loop = child(drawn.chart.nodes[name], "multiInstanceLoopCharacteristics")
        if loop is not None:
            yield element, loop


def number_of(loop: _Element) -> str:
    """The expression that says how often, empty without one."""
    return text(child(loop, "loopCardinality"))


def collection_of(loop: _Element) -> str:
    """The variable that is gone through, empty without one."""
    return text(child(loop, "loopDataInputRef"))


def results_of(loop: _Element) -> str:
    """The variable that collects the results, empty without one."""
    return text(child(loop, "loopDataOutputRef"))


def item_of(loop: _Element, part: str) -> str:
    """The variable of one instance: `inputDataItem` or `outputDataItem`; empty without one."""
    node = child(loop, part)
    return "" if node is None else node.get("id", "")
