"""The input of a decision table is an expression that can be read."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.rules.formulas import unreadable
from engine.bpmn.rules.survey import Survey
from engine.values import Finding

NAME = "table-input"


def find(survey: Survey) -> Iterator[Finding]:
    """The inputs that cannot be used."""
    for file, table in survey.tables:
        for expression in table.inputs:
            wrong = unreadable(expression)
            if wrong:
                sentence = f"The input {expression!r} of “{table.name}” cannot be used: {wrong} Mend it."
                yield Finding(table.id, NAME, "error", sentence, file)
