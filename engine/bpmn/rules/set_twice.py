"""Branches that run side by side do not set the same variable: only one of the two values would be left."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.rules.survey import Drawn
from engine.bpmn.rules.variables import ANYTHING, Variables
from engine.bpmn.source import MAXIMUM_NODES
from engine.values import Finding

NAME = "set-twice"
_MOST_BRANCHES = 20


def find(drawn: Drawn) -> Iterator[Finding]:
    """The parallel gateways of which two branches set one variable before they come together."""
    splits = [element for element, _ in drawn.of("parallelGateway") if len(element.outgoing) > 1]
    if not splits or len(drawn.elements) > MAXIMUM_NODES:
        return
    variables = Variables(drawn)
    for split in splits:
        ways = [drawn.reached({drawn.flows[flow].target}) for flow in split.outgoing[:_MOST_BRANCHES]]
        for name, setters in variables.set_by.items():
            setting = [way & setters for way in ways]
            # What several branches lead to comes after they have met.
            apart = [way - frozenset().union(*(other for other in setting if other is not way)) for way in setting]
            if name != ANYTHING and sum(map(bool, apart)) > 1:
                said = f"Several branches after {drawn.label(split)} set “{name}”, and only one of the values is left."
                yield drawn.warning(split.id, NAME, f"{said} Give each branch a name of its own.")
