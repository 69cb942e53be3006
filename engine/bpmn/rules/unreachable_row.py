"""Every row of a table with the hit policy FIRST can be the first that fits."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.rules.regions import MOST_STATES, case_without, regions
from engine.bpmn.rules.survey import Survey
from engine.values import Finding

NAME = "unreachable-row"
_MOST_ROWS = 100


def find(survey: Survey) -> Iterator[Finding]:
    """The rows that earlier rows leave nothing to."""
    for file, table in survey.tables:
        columns = regions(table)
        if table.policy != "FIRST" or columns is None or len(table.rows) > _MOST_ROWS:
            continue
        cases = 1
        for cut in columns:
            cases *= len(cut)
        if cases > MOST_STATES:
            continue
        for number in range(1, len(table.rows)):
            if case_without(table, (1 << number) - 1, number) is None:
                said = f"Row {number + 1} of “{table.name}” is never chosen: earlier rows fit all its cases."
                yield Finding(table.id, NAME, "warning", f"{said} Move it up, or remove it.", file)
