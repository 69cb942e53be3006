"""A task for people asks for something: it names a form."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.rules.survey import Drawn
from engine.values import Finding

NAME = "no-form"


def find(drawn: Drawn) -> Iterator[Finding]:
    """The tasks for people without a form."""
    for element, _ in drawn.of("userTask"):
        if not element.properties.get("form", "").strip():
            sentence = f"{drawn.label(element)} asks for nothing. Name its form in the property “form”."
            yield drawn.warning(element.id, NAME, sentence)
