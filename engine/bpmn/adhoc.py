"""Ad-hoc sub-processes as drawn: read into a sub-process that knows its order and its condition."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from engine.bpmn.source import BPMN, SPIFF

if TYPE_CHECKING:
    from lxml.etree import _Element

    from engine.bpmn.shaping import Note

AD_HOC, UNTIL, LEAVES = f"{{{SPIFF}}}adHoc", f"{{{SPIFF}}}until", f"{{{SPIFF}}}leaves"
"""On a sub-process that was drawn as ad hoc: its order, its condition, and whether what was begun then goes on."""


def ad_hoc(root: _Element) -> Iterator[Note]:
    """An ad-hoc sub-process is a sub-process in which everything begins that nothing leads to."""
    for node in list(root.iter(f"{{{BPMN}}}adHocSubProcess")):
        node.tag = f"{{{BPMN}}}subProcess"
        node.set(AD_HOC, node.get("ordering", "Parallel"))
        for condition in list(node.iterchildren(f"{{{BPMN}}}completionCondition")):
            said = "".join(condition.itertext()).strip()
            if said:
                node.set(UNTIL, said)
            node.remove(condition)
        if node.get("cancelRemainingInstances") == "false":
            node.set(LEAVES, "true")
    yield from ()
