"""A decision table has a row for every case, or the process stops when none fits."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.rules.regions import case_without, regions, shown
from engine.bpmn.rules.survey import Survey
from engine.values import Finding

NAME = "table-gap"


def find(survey: Survey) -> Iterator[Finding]:
    """The tables with a case that no row fits."""
    for file, table in survey.tables:
        if table.policy not in ("UNIQUE", "FIRST") or not table.rows or regions(table) is None:
            continue
        case = case_without(table, (1 << len(table.rows)) - 1)
        if case is not None:
            said = f"No row of “{table.name}” fits {shown(table, case)}, and the process would stop there."
            yield Finding(table.id, NAME, "warning", f"{said} Add a row for it, or one for all else.", file)
