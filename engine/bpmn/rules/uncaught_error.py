"""An error that is thrown is caught by something around it."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.rules.raising import caught_in, caught_on, code_of, raised
from engine.bpmn.rules.survey import Drawn
from engine.values import Finding

NAME = "uncaught-error"


def find(drawn: Drawn) -> Iterator[Finding]:
    """The errors that nothing around catches, in processes that no other process of the bundle calls."""
    if drawn.chart.process in drawn.survey.called:
        return
    for element, definition in raised(drawn, "errorEventDefinition"):
        code, place, caught = code_of(definition), element.parent, False
        while not caught and place:
            catching = {*caught_in(drawn, place, "errorEventDefinition")}
            catching.update(caught_on(drawn, place, "errorEventDefinition"))
            caught = bool({None, code} & catching)
            place = drawn.elements[place].parent if place in drawn.elements else ""
        if not caught:
            said = f"Nothing around {drawn.label(element)} catches its error, so the process stops here."
            yield drawn.warning(element.id, NAME, f"{said} Draw an error event on the border of a part around it.")
