"""A decision task names a table of the bundle."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.foreign import theirs
from engine.bpmn.rules.exchange import decision_of
from engine.bpmn.rules.survey import Drawn
from engine.values import Finding

NAME = "unknown-decision"


def find(drawn: Drawn) -> Iterator[Finding]:
    """The decision tasks whose table nobody has."""
    for element, node in drawn.of("businessRuleTask"):
        name = decision_of(node)
        if name not in drawn.survey.decisions:
            said = f"asks the decision {name!r}, which is not in the bundle. Add its table."
            silent = f"names no decision.{theirs(node)} Choose one."
            yield drawn.error(element.id, NAME, f"{drawn.label(element)} {said if name else silent}")
