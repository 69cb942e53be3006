"""The rows of a table with the hit policy UNIQUE exclude each other."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from engine.bpmn.rules.regions import case_of_both, regions, shown
from engine.bpmn.rules.survey import Survey
from engine.values import Finding

NAME = "table-overlap"
_MOST_ROWS = 300
_MOST_TOLD = 5


def find(survey: Survey) -> Iterator[Finding]:
    """The pairs of rows that one case fits, the first five of a table."""
    for file, table in survey.tables:
        if table.policy != "UNIQUE" or len(table.rows) > _MOST_ROWS or regions(table) is None:
            continue
        told = 0
        for one, other in combinations(range(len(table.rows)), 2):
            case = case_of_both(table, one, other)
            if case is not None and told < _MOST_TOLD:
                told += 1
                said = f"Rows {one + 1} and {other + 1} of “{table.name}” both fit {shown(table, case)}."
                yield Finding(table.id, NAME, "error", f"{said} Make them exclude each other, or choose FIRST.", file)
