"""Decision tables: what cells mean, and the three hit policies."""

from __future__ import annotations

from typing import Any

import pytest
from lxml import etree

from engine.bpmn import check
from engine.bpmn.decisions import read_tables
from engine.errors import StepFailed
from forms import compile_expression
from tests.engine.bpmn.diagrams import DMN, table


def _decide(content: bytes, **data: Any) -> dict[str, Any]:
    (found,) = read_tables(etree.fromstring(content))
    return found.decide(lambda expression, names: compile_expression(expression).evaluate(names, {}), data)


@pytest.mark.parametrize(
    ("cell", "value", "fits"),
    [
        ("> 100", 101, True), ("> 100", 100, False), ("<= 3", 3, True), ("!= 'a'", "b", True), ("'a'", "a", True),
        ("'a'", "b", False), ("0", 0, True), ("0", False, True), ("-", None, True), ("", 7, True), ("? in [1, 2]", 2,
         True),
        ("? in ['?']", "?", True), ("1 < ? < 5", 5, False), ("in ['x', 'y']", "y", True), ("limit", 9, True),
        ("== 'it?'", "it?", True), ("True", True, True),
    ],
)  # fmt: skip
def test_a_cell_is_a_test_of_its_input(cell: str, value: Any, fits: bool) -> None:
    content = table("how", ["x"], ["r"], [[cell, "'yes'"], ["-", "'no'"]], policy="FIRST", prefix="dmn")
    assert _decide(content, x=value, limit=9) == {"r": "yes" if fits else "no"}


def test_hit_policies() -> None:
    rows = [["> 1", "'a'", "x"], ["> 2", "'b'", "x * 2"], ["9", "", "0"]]
    assert _decide(table("how", ["x"], ["r", "s"], rows), x=2) == {"r": "a", "s": 2}
    assert _decide(table("how", ["x"], ["r", "s"], rows, "FIRST"), x=3) == {"r": "a", "s": 3}
    assert _decide(table("how", ["x"], ["r", "s"], rows, "COLLECT"), x=9) == {"r": ["a", "b", ""], "s": [9, 18, 0]}
    assert _decide(table("how", ["x"], ["r", "s"], rows, "COLLECT"), x=0) == {"r": [], "s": []}
    with pytest.raises(StepFailed, match="Rows 1 and 2"):
        _decide(table("how", ["x"], ["r", "s"], rows), x=3)
    for policy in ("UNIQUE", "FIRST"):
        with pytest.raises(StepFailed, match="No row of the table “how” fits x = 0"):
            _decide(table("how", ["x"], ["r", "s"], rows, policy), x=0)


_ALONE = '<definitions xmlns="{}" id="d"><decision id="how" name="How">{}</decision></definitions>'
_EXPRESSION = '<variable name="fee"/><literalExpression><text>{}</text></literalExpression>'


def test_a_decision_may_be_an_expression() -> None:
    content = _ALONE.format(DMN, _EXPRESSION.format("x * 2")).encode()
    assert _decide(content, x=4) == {"fee": 8}
    assert check({"a.dmn": content}) == ()


def test_what_is_neither_a_table_nor_readable_is_told() -> None:
    said = {"no-rows": "<context/>", "table-cell": _EXPRESSION.format("if x then"), "output-name": _EXPRESSION.format(
        "1").replace('"fee"', '"the fee"')}  # fmt: skip
    for rule, inner in said.items():
        assert [item.rule for item in check({"a.dmn": _ALONE.format(DMN, inner).encode()})] == [rule]


_BAD = {
    "hit-policy": table("how", ["x"], ["r"], [["-", "1"]], policy="RULE ORDER"),
    "no-rows": table("how", ["x"], ["r"], []),
    "output-name": table("how", ["x"], ["to.be"], [["-", "1"]]),
    "table-input": table("how", ["x +"], ["r"], [["-", "1"]]),
    "table-cell": table("how", ["x"], ["r"], [["[1..5]", "1"]]),
    "duplicate-decision": table("", ["x"], ["r"], [["-", "1"]]),
}


@pytest.mark.parametrize("rule", _BAD)
def test_what_a_table_gets_wrong_is_found(rule: str) -> None:
    assert [item.rule for item in check({"a.dmn": _BAD[rule]}) if item.refuses] == [rule]


@pytest.mark.parametrize("cell", ["1, 2, 3", "not(5)", "().__class__", "[x for"])
def test_a_cell_that_would_never_fit_is_found(cell: str) -> None:
    (found,) = check({"a.dmn": table("how", ["x"], ["r"], [[cell, "1"]])})
    assert (found.rule, found.element) == ("table-cell", "how")


def test_an_aggregated_collection_is_found() -> None:
    content = table("how", ["x"], ["r"], [["-", "1"]], "COLLECT").replace(
        b'hitPolicy="COLLECT"', b'hitPolicy="COLLECT" aggregation="SUM"'
    )
    assert [item.rule for item in check({"a.dmn": content})] == ["hit-policy"]


def test_older_versions_of_the_format_are_read() -> None:
    older = table("how", ["x"], ["r"], [["-", "2"]]).replace(
        DMN.encode(), b"http://www.omg.org/spec/DMN/20180521/MODEL/"
    )
    assert check({"a.dmn": older}) == ()
    assert _decide(older, x=1) == {"r": 2}
