"""A process that starts by time says what each instance is about: nobody is there to say it."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.rules.survey import Drawn, definitions_of
from engine.bpmn.source import local
from engine.values import Finding

NAME = "no-subject"


def find(drawn: Drawn) -> Iterator[Finding]:
    """The starts by time without a property “subject”."""
    for element, node in drawn.of("startEvent"):
        by_time = any(local(one) == "timerEventDefinition" for one in definitions_of(node))
        if by_time and element.parent == drawn.chart.process and not element.properties.get("subject", "").strip():
            said = f"{drawn.label(element)} starts the process by time, and nobody says what it is then about."
            yield drawn.error(element.id, NAME, f"{said} Give it a property “subject”.")
