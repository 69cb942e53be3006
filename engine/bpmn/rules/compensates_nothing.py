"""What is to be undone has an activity that undoes it."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.handlers import UNDONE_BY, asks, scope_of
from engine.bpmn.rules.survey import Drawn, definitions_of
from engine.bpmn.source import local
from engine.values import Finding

NAME = "compensates-nothing"


def find(drawn: Drawn) -> Iterator[Finding]:
    """The events that ask for the compensation of an activity that nothing undoes, or do not wait for it."""
    for element, node in drawn.of("intermediateThrowEvent", "endEvent"):
        for definition in definitions_of(node) if asks(node) else ():
            named = definition.get("activityRef")
            scope = scope_of(node.getparent())
            within = [one for one in scope.iterdescendants() if one.get("id") == named]
            if local(definition) != "compensateEventDefinition":
                continue
            if named and not any(part.get(UNDONE_BY) for one in within for part in one.iter()):
                sentence = (
                    f"{drawn.label(element)} is to undo {named!r}, and nothing here undoes that. Draw a compensation"
                    " event on its border, and a line from that to the activity that undoes it."
                )
                yield drawn.error(element.id, NAME, sentence)
            elif definition.get("waitForCompletion") == "false":
                sentence = f"{drawn.label(element)} does not wait until all is undone. Let it wait."
                yield drawn.error(element.id, NAME, sentence)
