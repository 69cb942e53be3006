"""Repetition: several people at once or in turn, and loops on one activity."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from engine.bpmn.rules.survey import Drawn, child, label, text
from engine.values import Finding

if TYPE_CHECKING:
    from lxml.etree import _Element

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*", re.ASCII)


def several(drawn: Drawn) -> Iterator[Finding]:
    """Multi-instance goes through a map and takes one result from each instance."""
    for element in drawn.elements.values():
        loop = child(drawn.chart.nodes[element.id], "multiInstanceLoopCharacteristics")
        if loop is None:
            continue
        number, collection = text(child(loop, "loopCardinality")), text(child(loop, "loopDataInputRef"))
        if bool(number) == bool(collection):
            sentence = (
                f"{label(element)} is done several times: name the variable to go through (a map of person and role),"
                " or give a number, not both."
            )
            yield drawn.error(element.id, "no-collection", sentence)
            continue
        parts = {
            "the item": ("inputDataItem", _identifier(loop, "inputDataItem")),
            "the collection of results": ("loopDataOutputRef", text(child(loop, "loopDataOutputRef"))),
            "the result of one instance": ("outputDataItem", _identifier(loop, "outputDataItem")),
        }
        gives_results = any(child(loop, part) is not None for part in ("loopDataOutputRef", "outputDataItem"))
        for what, (part, name) in parts.items():
            if part == "inputDataItem" and number and child(loop, part) is None:
                continue
            # Only people must give results; an automatic part may work without, but names nothing by halves.
            if element.kind != "userTask" and not (gives_results or child(loop, part) is not None):
                continue
            if not _NAME.fullmatch(name):
                sentence = f"{label(element)} is done by several, so name {what}: without it results are lost."
                yield drawn.error(element.id, "no-result", sentence)


def _identifier(loop: _Element, name: str) -> str:
    node = child(loop, name)
    return "" if node is None else node.get("id", "")


def loops(drawn: Drawn) -> Iterator[Finding]:
    """A loop on an activity says when it ends."""
    for element in drawn.elements.values():
        loop = child(drawn.chart.nodes[element.id], "standardLoopCharacteristics")
        if loop is None:
            continue
        most = loop.get("loopMaximum")
        if most is not None and not (most.isdigit() and int(most)):
            yield drawn.error(
                element.id, "loop", f"The largest number of rounds of {label(element)} must be 1 or more."
            )
        if most is None and not text(child(loop, "loopCondition")):
            yield drawn.error(
                element.id, "loop", f"{label(element)} repeats without end. Give a condition or a largest number."
            )
