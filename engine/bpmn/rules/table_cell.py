"""Every cell of a decision table says something that can be read and can ever hold."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from engine.bpmn.decisions import condition
from engine.bpmn.rules.formulas import unreadable
from engine.bpmn.rules.survey import Survey
from engine.values import Finding
from forms import ExpressionRefused

NAME = "table-cell"


def find(survey: Survey) -> Iterator[Finding]:
    """The cells and results that cannot be used."""
    for file, table in survey.tables:
        for number, row in enumerate(table.rows, 1):
            asked = [(f"The cell {cell!r}", _wrong(cell)) for cell in row.tests if cell is not None]
            given = [(f"The result {cell!r}", unreadable(cell)) for cell in row.outputs if cell]
            for what, wrong in (*asked, *given):
                if wrong:
                    sentence = f"{what} in row {number} of “{table.name}” cannot be used: {wrong}"
                    yield Finding(table.id, NAME, "error", sentence, file)


def _wrong(cell: str) -> str | None:
    try:
        condition(cell)
    except ExpressionRefused as refused:
        return f"{refused.detail or refused} Write a comparison such as > 100, a value, or a test with ?."
    try:
        tree = ast.parse(cell, mode="eval").body
    except SyntaxError:
        return None
    if isinstance(tree, ast.Tuple):
        return f"a list never equals one value. Write ? in [{cell}]."
    if isinstance(tree, ast.UnaryOp) and isinstance(tree.op, ast.Not):
        return "write ? != value."
    return None
