"""Multi-instance names its item, its result and the collection of results: what has no name is lost."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from engine.bpmn.rules.repetitions import collection_of, item_of, number_of, repeated, results_of
from engine.bpmn.rules.survey import Drawn, child
from engine.values import Finding

if TYPE_CHECKING:
    from lxml.etree import _Element

    from engine.bpmn.model import Element

NAME = "no-result"
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*", re.ASCII)


def find(drawn: Drawn) -> Iterator[Finding]:
    """The parts of a repetition that have no name that a variable can have."""
    for element, loop in repeated(drawn):
        if bool(number_of(loop)) == bool(collection_of(loop)):
            continue
        for what in _unnamed(element, loop):
            sentence = f"{drawn.label(element)} is done by several, so name {what}: without it results are lost."
            yield drawn.error(element.id, NAME, sentence)


def _unnamed(element: Element, loop: _Element) -> Iterator[str]:
    parts = {
        "the item": ("inputDataItem", item_of(loop, "inputDataItem")),
        "the collection of results": ("loopDataOutputRef", results_of(loop)),
        "the result of one instance": ("outputDataItem", item_of(loop, "outputDataItem")),
    }
    gives_results = any(child(loop, part) is not None for part in ("loopDataOutputRef", "outputDataItem"))
    for what, (part, name) in parts.items():
        if part == "inputDataItem" and number_of(loop) and child(loop, part) is None:
            continue
        # Only people must give results; an automatic part may work without, but names nothing by halves.
        if element.kind != "userTask" and not (gives_results or child(loop, part) is not None):
            continue
        if not _NAME.fullmatch(name):
            yield what
