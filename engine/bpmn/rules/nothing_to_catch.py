"""An error or escalation that is awaited on a border is thrown inside."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.rules.raising import KINDS, code_of, raised_within
from engine.bpmn.rules.survey import Drawn, definitions_of
from engine.bpmn.source import local
from engine.values import Finding

NAME = "nothing-to-catch"


def find(drawn: Drawn) -> Iterator[Finding]:
    """The border events for errors and escalations that nothing inside their activity throws."""
    for element, node in drawn.of("boundaryEvent"):
        host = drawn.elements.get(node.get("attachedToRef", ""))
        for definition in definitions_of(node) if host is not None else ():
            kind = local(definition)
            if kind not in KINDS:
                continue
            found = raised_within(drawn, node.get("attachedToRef", ""), kind)
            code = code_of(definition)
            if found is not None and not (found if code is None else code in found):
                said = f"Nothing inside {drawn.label(host)} throws what {drawn.label(element)} waits for."
                yield drawn.warning(element.id, NAME, f"{said} Draw the event that throws it, or remove this one.")
