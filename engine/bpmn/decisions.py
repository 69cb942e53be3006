"""Decision tables: rows of Python expressions with the hit policies UNIQUE, FIRST and COLLECT."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from engine.bpmn.evaluation import compile_expression
from engine.errors import StepFailed
from forms import ExpressionRefused

if TYPE_CHECKING:
    from lxml.etree import _Element

POLICIES = ("UNIQUE", "FIRST", "COLLECT")
_CELL = "cell_value"
_QUESTION = re.compile(r"""("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|\?""")
Evaluate = Callable[[str, Mapping[str, Any]], Any]


@dataclass(frozen=True)
class Row:
    """One rule: a test for each input (None accepts all) and an expression for each output."""

    id: str
    tests: tuple[str | None, ...]
    outputs: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A decision table as drawn."""

    id: str
    name: str
    policy: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    rows: tuple[Row, ...]
    types: tuple[str, ...] = ()
    """The type of each input as the table says it, empty where it says none."""
    allowed: tuple[str, ...] = ()
    """The values that each input may have, as the table lists them; empty where it lists none."""

    @cached_property
    def tests(self) -> tuple[tuple[str | None, ...], ...]:
        """The tests of each row as complete expressions over the value of their input. Raises ExpressionRefused."""
        return tuple(tuple(test and condition(test) for test in row.tests) for row in self.rows)

    def decide(self, evaluate: Evaluate, data: Mapping[str, Any]) -> dict[str, Any]:
        """What the table says about the data. Raises StepFailed when no row, or more than one UNIQUE row, fits."""
        values = [evaluate(expression, data) for expression in self.inputs]
        hits = []
        for row, tests in zip(self.rows, self.tests, strict=True):
            if all(
                test is None or evaluate(test, {**data, _CELL: value})
                for test, value in zip(tests, values, strict=True)
            ):
                hits.append(row)
                if self.policy == "FIRST":
                    break
        found = [self._result(row, evaluate, data) for row in hits]
        if self.policy == "COLLECT":
            return {name: [result[name] for result in found] for name in self.outputs}
        shown = ", ".join(f"{name} = {value!r}" for name, value in zip(self.inputs, values, strict=True))
        if not found:
            raise StepFailed(f"No row of the table “{self.name}” fits {shown}. Add a row for this case.")
        if len(found) > 1:
            rows = " and ".join(str(self.rows.index(row) + 1) for row in hits)
            raise StepFailed(
                f"Rows {rows} of the table “{self.name}” both fit {shown}. Make the rows exclude each other."
            )
        return found[0]

    def _result(self, row: Row, evaluate: Evaluate, data: Mapping[str, Any]) -> dict[str, Any]:
        return {
            name: evaluate(text, data) if text else ""
            for name, text in zip(self.outputs, row.outputs, strict=True)
        }  # fmt: skip


def condition(cell: str) -> str:
    """The test in a cell as an expression: `> 100` and `"high"` are about the input, `?` names it.

    Raises ExpressionRefused.
    """
    if any(found.group(1) is None for found in _QUESTION.finditer(cell)):
        complete = _QUESTION.sub(lambda found: found.group(1) or _CELL, cell)
        compile_expression(complete)
        return complete
    try:
        compile_expression(cell)
    except ExpressionRefused:
        complete = f"{_CELL} {cell}"
        compile_expression(complete)
        return complete
    return f"{_CELL} == ({cell})"


def _tag(node: _Element) -> str:
    return node.tag.rpartition("}")[2] if isinstance(node.tag, str) else ""


def _text(node: _Element) -> str:
    return next(("".join(child.itertext()).strip() for child in node if _tag(child) == "text"), "")


def read_tables(root: _Element) -> tuple[Table, ...]:
    """The decisions of one DMN document as tables, whatever prefix and version it is written in.

    One that is a single expression is a table of one row; one that is neither has no rows.
    """
    found = []
    for decision in root.iter():
        if _tag(decision) == "decision":
            tables = [_read(decision, table) for table in decision if _tag(table) == "decisionTable"]
            found += tables or [_expressed(decision)]
    return tuple(found)


def _expressed(decision: _Element) -> Table:
    name = decision.get("name") or decision.get("id", "")
    said = [_text(child) for child in decision if _tag(child) == "literalExpression"]
    result = next((child.get("name", "") for child in decision if _tag(child) == "variable"), "") or name
    rows = tuple(Row("", (), (text,)) for text in said if text)
    return Table(decision.get("id", ""), name, "FIRST", (), (result,) if rows else (), rows)


def _read(decision: _Element, table: _Element) -> Table:
    inputs, outputs, rows, types, allowed = [], [], [], [], []
    for node in table:
        if _tag(node) == "input":
            asked = next((child for child in node if _tag(child) == "inputExpression"), node)
            inputs.append(_text(asked) or node.get("label", ""))
            types.append(asked.get("typeRef", "").rpartition(":")[2].lower())
            allowed.append(next((_text(child) for child in node if _tag(child) == "inputValues"), ""))
        elif _tag(node) == "output":
            outputs.append(node.get("name") or node.get("label") or "")
        elif _tag(node) == "rule":
            rows.append(node)
    policy = table.get("hitPolicy", "UNIQUE").upper()
    if table.get("aggregation"):
        policy = f"{policy} {table.get('aggregation')}"
    return Table(
        decision.get("id", ""), decision.get("name") or decision.get("id", ""), policy, tuple(inputs), tuple(outputs),
        tuple(_row(node, len(inputs), len(outputs)) for node in rows), tuple(types), tuple(allowed),
    )  # fmt: skip


def _row(node: _Element, inputs: int, outputs: int) -> Row:
    tests = [_text(child) for child in node if _tag(child) == "inputEntry"]
    says = [_text(child) for child in node if _tag(child) == "outputEntry"]
    tests += [""] * (inputs - len(tests))
    says += [""] * (outputs - len(says))
    return Row(
        node.get("id", ""),
        tuple(None if test in ("", "-") else test for test in tests[:inputs]),
        tuple(says[:outputs]),
    )
