"""A decision table has rows."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.rules.survey import Survey
from engine.values import Finding

NAME = "no-rows"


def find(survey: Survey) -> Iterator[Finding]:
    """The tables that never decide anything."""
    for file, table in survey.tables:
        if not table.rows:
            sentence = f"The decision “{table.name}” has no rows, so it never decides. Give it a table with a row."
            yield Finding(table.id, NAME, "error", sentence, file)
