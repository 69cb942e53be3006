"""A decision table has a hit policy that can be run."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.decisions import POLICIES
from engine.bpmn.rules.survey import Survey
from engine.values import Finding

NAME = "hit-policy"


def find(survey: Survey) -> Iterator[Finding]:
    """The tables with another hit policy."""
    for file, table in survey.tables:
        if table.policy not in POLICIES:
            said = f"The hit policy {table.policy} of “{table.name}” cannot be used."
            yield Finding(table.id, NAME, "error", f"{said} Choose UNIQUE, FIRST or COLLECT.", file)
