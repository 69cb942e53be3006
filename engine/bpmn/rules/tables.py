"""Decision tables: hit policy, and whether every cell says something."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator

from engine.bpmn.decisions import POLICIES, Table, condition
from engine.bpmn.rules.survey import Survey
from engine.values import Finding
from forms import ExpressionRefused, compile_expression


def all_tables(survey: Survey) -> Iterator[Finding]:
    """Every table of the bundle."""
    for name, times in Counter(table.id for _, table in survey.tables).items():
        if times > 1 or not name:
            file = next(file for file, table in survey.tables if table.id == name)
            sentence = f"Each decision needs an id of its own; {name!r} is used {times} times."
            yield Finding(name, "duplicate-decision", "error", sentence, file)
    for file, table in survey.tables:
        for rule, sentence in (*_heads(table), *_cells(table)):
            yield Finding(table.id, rule, "error", sentence, file)


def _heads(table: Table) -> Iterator[tuple[str, str]]:
    if table.policy not in POLICIES:
        sentence = f"The hit policy {table.policy} of “{table.name}” cannot be used. Choose UNIQUE, FIRST or COLLECT."
        yield "hit-policy", sentence
    if not table.rows:
        yield "no-rows", f"The table “{table.name}” has no rows, so it never decides. Add one."
    for name in table.outputs:
        if not name.isidentifier():
            yield "output-name", f"The output {name!r} of “{table.name}” must be a variable's name, such as approvers."
    for expression in table.inputs:
        wrong = _trouble(expression)
        if wrong:
            yield "expression", f"The input {expression!r} of “{table.name}” cannot be used: {wrong}"


def _cells(table: Table) -> Iterator[tuple[str, str]]:
    for number, row in enumerate(table.rows, 1):
        for cell in row.tests:
            wrong = None if cell is None else _test_trouble(cell)
            if wrong:
                yield "cell", f"The cell {cell!r} in row {number} of “{table.name}” cannot be used: {wrong}"
        for cell in row.outputs:
            wrong = _trouble(cell) if cell else None
            if wrong:
                yield "cell", f"The result {cell!r} in row {number} of “{table.name}” cannot be used: {wrong}"


def _test_trouble(cell: str) -> str | None:
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


def _trouble(expression: str) -> str | None:
    try:
        compile_expression(expression)
    except ExpressionRefused as refused:
        return refused.detail or str(refused)
    return None
