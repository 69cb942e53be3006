"""No id twice in a file: the second would hide the first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from engine.bpmn.rules.survey import Page
from engine.bpmn.source import BPMN, local
from engine.values import Finding

NAME = "duplicate-id"
_VARIABLES = ("inputDataItem", "outputDataItem")


def find(page: Page) -> Iterator[Finding]:
    """The ids that are used more than once."""
    counted = Counter(
        node.get("id") for node in page.written.iter(f"{{{BPMN}}}*") if node.get("id") and local(node) not in _VARIABLES
    )
    for name, times in counted.items():
        if times > 1:
            sentence = f"The id {name!r} is used {times} times. Give each element an id of its own."
            yield page.error(name, NAME, sentence)
