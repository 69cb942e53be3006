"""An event for an error or escalation names one that the file declares."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.rules.raising import KINDS
from engine.bpmn.rules.survey import CATCHING, SENDING, Drawn, definitions_of
from engine.bpmn.source import BPMN, local
from engine.values import Finding

NAME = "undeclared-code"


def find(drawn: Drawn) -> Iterator[Finding]:
    """The events for an error or escalation that is not there."""
    for element, node in drawn.of(*CATCHING, *SENDING):
        for definition in definitions_of(node):
            kind = KINDS.get(local(definition), "")
            name = definition.get(f"{kind}Ref")
            declared = {one.get("id") for one in drawn.root.iterchildren(f"{{{BPMN}}}{kind}")} if name else {None}
            if name and name not in declared:
                said = f"The {kind} {name!r} of {drawn.label(element)} is declared nowhere: that is taken for its code."
                yield drawn.warning(element.id, NAME, f"{said} Choose a declared one.")
