"""What a decision table covers: each input is cut into regions in which every cell holds throughout, or nowhere."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Any

from engine.bpmn.decisions import Table
from forms import ExpressionFailed, ExpressionRefused, compile_expression

CELL = "cell_value"
OTHER = "any other text"
"""How the region of all texts that no cell names is called."""
MOST_STATES = 4_000
"""Sets of rows that are followed; a table with more is left alone."""
_MOST_ANSWERS = 200_000
"""Cells times values that are tried for one input."""
_LARGEST = 10**15
_PLAIN = re.compile(r"[A-Za-z_]\w*(\.\w+|\[['\"]\w+['\"]\])*")
_ALLOWED = (
    ast.Expression, ast.Compare, ast.BoolOp, ast.And, ast.Or, ast.UnaryOp, ast.Not, ast.USub, ast.Constant, ast.Name,
    ast.Load, ast.List, ast.Tuple, ast.Set, ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.In, ast.NotIn,
)  # fmt: skip
_LISTS = (ast.List, ast.Tuple, ast.Set)
_SINGLE = (ast.Constant, ast.Name, ast.UnaryOp)
_ORDERING = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)


@dataclass(frozen=True)
class Region:
    """Values of one input among which no cell makes a difference: one of them, and the rows that it fits, as bits."""

    value: Any
    rows: int


Case = tuple[Any, ...]
"""A value for each input."""


@lru_cache(maxsize=256)
def regions(table: Table) -> tuple[tuple[Region, ...], ...] | None:
    """The regions of each input; None for a table that cannot be judged for certain."""
    try:
        tests = table.tests
    except ExpressionRefused:
        return None
    if len(set(table.inputs)) < len(table.inputs) or not all(_PLAIN.fullmatch(one) for one in table.inputs):
        return None  # inputs that hang together allow fewer cases than the columns do
    found = []
    for column, _ in enumerate(table.inputs):
        cut = _column(table, column, [row[column] for row in tests])
        if cut is None:
            return None
        found.append(cut)
    return tuple(found)


def case_without(table: Table, rows: int, within: int | None = None) -> Case | None:
    """A case that none of some rows (as bits) fits, of those cases that the row `within` fits; None without one."""
    columns = regions(table) or ()
    reached: dict[int, Case] = {rows: ()}
    for cut in columns:
        following: dict[int, Case] = {}
        for left, case in reached.items():
            for region in cut:
                if within is None or region.rows >> within & 1:
                    following.setdefault(left & region.rows, (*case, region.value))
        if len(following) > MOST_STATES:
            return None
        reached = following
    return reached.get(0)


def case_of_both(table: Table, one: int, other: int) -> Case | None:
    """A case that two rows fit, None without one."""
    both = 1 << one | 1 << other
    values = [next((r.value for r in cut if r.rows & both == both), _NOTHING) for cut in regions(table) or ()]
    return None if _NOTHING in values else tuple(values)


def shown(table: Table, case: Case) -> str:
    """A case in words; inputs that make no difference are left out."""
    columns = zip(table.inputs, case, regions(table) or (), strict=True)
    said = [f"{name} = {value if value == OTHER else repr(value)}" for name, value, cut in columns if len(cut) > 1]
    return ", ".join(said) or "anything"


_NOTHING = object()


def _column(table: Table, column: int, tests: Sequence[str | None]) -> tuple[Region, ...] | None:
    kind = table.types[column] if column < len(table.types) else ""
    listed = _listed(table.allowed[column]) if column < len(table.allowed) else []
    constants, ordered = list(listed or ()), False
    for test in tests:
        tree = ast.parse(test, mode="eval") if test is not None else None
        if tree is None:
            continue
        if not all(_is_simple(node) for node in ast.walk(tree)):
            return None
        constants += _constants(tree.body)
        ordered |= any(isinstance(node, _ORDERING) for node in ast.walk(tree))
    values = listed or (None if listed is None else _values(constants, kind, ordered=ordered))
    if values is None or len(values) * len(tests) > _MOST_ANSWERS:
        return None
    checks = [None if test is None else compile_expression(test) for test in tests]
    return tuple(Region(value, _fitting(checks, value)) for value in values)


def _is_simple(node: ast.AST) -> bool:
    """Whether it is part of a comparison of the input with values, and of nothing else."""
    if isinstance(node, ast.Compare):
        asked = zip(node.ops, node.comparators, strict=True)
        return all(
            isinstance(value, _LISTS if isinstance(op, ast.In | ast.NotIn) else _SINGLE)
            and not isinstance(getattr(value, "op", None), ast.Not)
            for op, value in asked
        )
    return isinstance(node, _ALLOWED) and getattr(node, "id", CELL) == CELL


def _fitting(checks: Sequence[Any], value: Any) -> int:
    found = 0
    for number, check in enumerate(checks):
        try:
            if check is None or check.evaluate({CELL: value}, {}):
                found |= 1 << number
        except ExpressionFailed:
            continue  # values of this kind never fit
    return found


def _listed(text: str) -> list[Any] | None:
    """The values that a table allows; empty when it lists none, None when the list cannot be read."""
    if not text:
        return []
    try:
        found = ast.literal_eval(f"[{text}]")
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None
    return found if all(isinstance(one, str | int | float | bool) for one in found) else None


def _constants(node: ast.AST) -> Iterator[Any]:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant):
        yield -node.operand.value
    elif isinstance(node, ast.Constant):
        yield node.value
    else:
        for inner in ast.iter_child_nodes(node):
            yield from _constants(inner)


def _values(constants: Sequence[Any], kind: str, *, ordered: bool) -> list[Any] | None:
    """One value for each region that the constants cut the values of an input into."""
    numbers = sorted({one for one in constants if isinstance(one, int | float) and not isinstance(one, bool)})
    texts = sorted({one for one in constants if isinstance(one, str)})
    if any(abs(one) > _LARGEST for one in numbers):
        return None
    if ordered and texts:
        dates = _dates(texts)
        if dates is None or numbers:
            return None
        return [day.isoformat() for day in dates]
    found: list[Any] = [True, False] if kind == "boolean" or any(isinstance(one, bool) for one in constants) else []
    if numbers:
        found += _numbers(numbers, whole=kind in ("integer", "long"))
    if texts or not found:
        found += [*texts, OTHER]
    return [*found, None] if None in constants else found


def _numbers(points: Sequence[float], *, whole: bool) -> list[float]:
    found = [points[0] - 1, points[0]]
    for before, point in pairwise(points):
        if not whole:
            found.append((before + point) / 2)
        elif point - before > 1:
            found.append(before + 1)
        found.append(point)
    return [*found, points[-1] + 1]


def _dates(texts: Sequence[str]) -> list[date] | None:
    day = timedelta(days=1)
    try:
        points = sorted({date.fromisoformat(text) for text in texts})
        found = [points[0] - day, points[0]]
        for before, point in pairwise(points):
            found += [before + day, point] if point - before > day else [point]
        return [*found, points[-1] + day]
    except (ValueError, OverflowError):
        return None
