"""Gaps, overlaps and rows that are never chosen: as many as trying every value finds."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.bpmn import check
from engine.bpmn.decisions import Row, Table, read_tables
from engine.bpmn.rules.regions import case_of_both, case_without, regions
from engine.bpmn.source import read
from forms import compile_expression
from tests.engine.bpmn.diagrams import table

_CELLS = ["-", "< 2", "<= 2", "> 2", ">= 4", "!= 2", "2", "1 <= ? <= 3", "? in [0, 2, 4]", "? < 1 or ? > 3"]
_GRID = [half / 2 for half in range(-2, 12)]


def _fits(made: Table, row: int, case: tuple[float, ...]) -> bool:
    tests = zip(made.tests[row], case, strict=True)
    return all(one is None or compile_expression(one).evaluate({"cell_value": value}, {}) for one, value in tests)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(_CELLS), st.sampled_from(_CELLS)), min_size=1, max_size=5))
def test_the_analysis_finds_what_trying_every_value_finds(cells: list[tuple[str, str]]) -> None:
    tests = [tuple(None if one == "-" else one for one in pair) for pair in cells]
    rows = tuple(Row(str(number), pair, ("1",)) for number, pair in enumerate(tests))
    made = Table("t", "t", "FIRST", ("a", "b"), ("r",), rows)
    cases = list(product(_GRID, repeat=2))
    hits = {case: [n for n in range(len(rows)) if _fits(made, n, case)] for case in cases}
    gap = case_without(made, (1 << len(rows)) - 1)
    assert (gap is None) == all(hits.values())
    assert gap is None or not any(_fits(made, n, gap) for n in range(len(rows)))
    for number in range(1, len(rows)):
        overlap = case_of_both(made, 0, number)
        assert (overlap is None) == (not any({0, number} <= set(found) for found in hits.values()))
        chosen = case_without(made, (1 << number) - 1, number)
        assert (chosen is None) == (not any(found[:1] == [number] for found in hits.values()))


@pytest.mark.parametrize(
    "cells", [["> limit", "<= limit"], ["len(?) > 3", "-"], ["> 'b'", "<= 'b'"], ["> 1e300", "<= 1e300"]]
)
def test_what_cannot_be_judged_for_certain_is_left_alone(cells: list[str]) -> None:
    files = {"t.dmn": table("t", ["x"], ["r"], [[cell, "1"] for cell in cells])}
    assert [one for one in check(files) if one.rule.startswith("table-")] == []


def test_values_that_the_table_lists_are_all_there_are() -> None:
    files = table("t", ["x"], ["r"], [["'a'", "1"], ["'b'", "2"]]).replace(
        b"</inputExpression>", b"</inputExpression><inputValues><text>'a','b'</text></inputValues>"
    )
    assert check({"t.dmn": files}) == ()
    (made,) = read_tables(read("t.dmn", files).root)
    assert [region.value for region in regions(made)[0]] == ["a", "b"]


def test_whole_numbers_have_nothing_between() -> None:
    rows = [["<= 2", "1"], [">= 3", "2"]]
    whole = table("t", ["x"], ["r"], rows).replace(b"<inputExpression>", b'<inputExpression typeRef="integer">')
    assert check({"t.dmn": whole}) == ()
    found = check({"t.dmn": table("t", ["x"], ["r"], rows)})
    assert [(one.rule, "x = 2.5" in one.sentence) for one in found] == [("table-gap", True)]


def test_a_table_of_many_rows_and_columns_takes_no_time() -> None:
    rows = [[*(f"> {row + column}" for column in range(8)), "1"] for row in range(60)]
    files = {"t.dmn": table("t", [f"x{column}" for column in range(8)], ["r"], rows, policy="FIRST")}
    assert {one.rule for one in check(files)} <= {"table-gap"}
