"""Posted names become nested data within bounds; rows are added, removed and moved."""

from typing import Any

import pytest

from forms import NamesRefused, RowsRefused, edit_rows, unflatten


def test_names_become_rows_and_repeated_names_lists() -> None:
    assert unflatten(
        [
            ("title", "T"),
            ("who", "a"),
            ("who", "b"),
            ("who", "c"),
            ("plan.start", "s"),
            ("rows.0.name", "x"),
            ("rows.2.name", "z"),
            ("rows.2.tags", "1"),
            ("rows.2.tags", "2"),
            ("empty.0._row", "1"),
            ("empty.1._row", "1"),
            ("_rows", "add:rows"),
            ("_csrf", "q"),
        ]
    ) == {
        "title": "T",
        "who": ["a", "b", "c"],
        "plan": {"start": "s"},
        "rows": [{"name": "x"}, {}, {"name": "z", "tags": ["1", "2"]}],
        "empty": [{}, {}],
    }


@pytest.mark.parametrize(
    "pairs",
    [
        [("a", "1")] * 10_001,
        [("a.b.c.d.e.f.g.h.i", "1")],
        [("a.2000.b", "1")],
        [("a.99999.b", "1"), ("a.99998.b", "1"), ("a", "2")],
        [("a", "1"), ("a.b", "2")],
        [("a.b", "1"), ("a", "2")],
        [(f"a{n}.1999.b", "1") for n in range(9_000)] + [("a0.5.1999.9.1999", "1")],
        [("x" * 501, "1")],
        [(f"a.{n}.1999.x", "1") for n in range(2_000)],
        [("a.1.x", "1"), ("a.01.x", "2")],
    ],
)
def test_too_much_or_contradicting(pairs: list[tuple[str, Any]]) -> None:
    with pytest.raises(NamesRefused):
        unflatten(pairs)


@pytest.mark.parametrize(
    "name", ["", ".", "..", "a.", ".a", "0", "a.0", "a.0.0.0", "__class__", "a.__class__", "é.0.x", "a.٣.x"]
)
def test_odd_names_never_break(name: str) -> None:
    assert isinstance(unflatten([(name, "v")]), dict)


def test_rows_change_in_a_copy() -> None:
    raw = {"rows": [{"n": "1"}, {"n": "2"}, {"n": "3"}], "x": "kept"}
    assert edit_rows(raw, "add:rows")["rows"][-1] == {}
    assert [row["n"] for row in edit_rows(raw, "remove:rows.1")["rows"]] == ["1", "3"]
    assert [row["n"] for row in edit_rows(raw, "up:rows.2")["rows"]] == ["1", "3", "2"]
    assert [row["n"] for row in edit_rows(raw, "down:rows.0")["rows"]] == ["2", "1", "3"]
    assert edit_rows(raw, "up:rows.0") == edit_rows(raw, "down:rows.2") == raw
    assert edit_rows({}, "add:plan.rows") == {"plan": {"rows": [{}]}}
    assert edit_rows({"rows": [{"inner": [{}]}]}, "add:rows.0.inner") == {"rows": [{"inner": [{}, {}]}]}
    assert raw == {"rows": [{"n": "1"}, {"n": "2"}, {"n": "3"}], "x": "kept"}


@pytest.mark.parametrize(
    "action",
    [
        "",
        "add",
        "add:",
        "drop:rows",
        "remove:rows",
        "remove:rows.9",
        "remove:rows.-1",
        "up:rows.x",
        "add:rows.5.inner",
        "add:x",
        "add:0.1",
        "remove:x.0",
        "add:" + "a." * 20 + "b",
        "add:rows\n",
        "remove:rows.0.0",
    ],
)
def test_actions_that_fit_no_row(action: str) -> None:
    with pytest.raises(RowsRefused):
        edit_rows({"rows": [{"n": "1"}], "x": "text"}, action)


def test_no_more_than_two_thousand_rows() -> None:
    with pytest.raises(RowsRefused):
        edit_rows({"rows": [{}] * 2_000}, "add:rows")
