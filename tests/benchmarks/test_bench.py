"""The measurements run, and what does not hang on the machine holds: the statements and commits of a completion."""

import json

import pytest

from tests import benchmarks
from tests.benchmarks import Row, as_text, as_text_for_programs, main, measure
from tests.benchmarks.measuring import in_turn, ratio
from tests.benchmarks.served import throughput

FIGURES = {
    "durable completion of a task",
    "completion after 20 tasks, against after 10",
    "stock SpiffWorkflow after 20, against ours",
    "SQL statements of a completion",
    "commits of a completion",
    "POST of a task form, whole stack",
    "check of a 200-node diagram with all rules",
    "dashboard of 500 milestones with 5,000 updates",
    "performance page of 500 milestones with 5,000 updates",
    "portfolio of 200 projects",
    "import of 5,000 milestones, with preview",
    "a year of one project, 10 owners",
    "a timer due among 10,000 open instances, against among 100",
    "one completion among 1,000 people at one task, against among 50",
}
WEIGHT = Row("memory of the demo's server, idle", 99.0, "MB", 150)


@pytest.fixture(scope="module")
def rows(tmp_path_factory):
    """The result of a few runs over instances that are not old."""
    return measure(tmp_path_factory.mktemp("bench"), lambda _text: None, runs=3, old=20)


def test_a_completion_takes_at_most_12_statements_and_exactly_one_commit(rows):
    figures = {row.what: row.figure for row in rows}
    assert figures["SQL statements of a completion"] <= 12
    assert figures["commits of a completion"] == 1


def test_every_figure_is_measured(rows):
    assert {row.what for row in rows} == FIGURES
    assert all(row.figure > 0 for row in rows)


def test_completions_on_postgresql_are_counted_over_http(tmp_path):
    paced, slowest = throughput(tmp_path / "data", 0.5)
    assert paced.unit == "floors"
    assert min(paced.figure, slowest.figure) > 0


def test_the_result_is_read_by_people_and_by_programs(rows):
    told = json.loads(as_text_for_programs(rows))
    assert told["on"]["machine"]
    assert told["on"]["database"].startswith("SQLite 3.")
    assert told["on"]["SpiffWorkflow"] == "3.2.0"
    assert {one["what"] for one in told["figures"]} == FIGURES
    assert all({"figure", "unit", "goal", "most", "met"} <= set(one) for one in told["figures"])
    assert all(what in as_text(rows) for what in FIGURES)


def test_a_goal_is_at_most_or_at_least_and_a_ratio_is_of_medians():
    taken = in_turn({"one": lambda: lambda: None, "other": lambda: lambda: sum(range(20_000))}, runs=3)
    assert ratio("quick", taken, "one", "other", "times", 0.5).met
    assert not ratio("slow", taken, "other", "one", "times", 0.5).met
    assert ratio("slow", taken, "other", "one", "times", 2, most=False).met


@pytest.mark.parametrize(("figure", "code"), [(5.0, 0), (5.1, 1)])
def test_a_missed_goal_is_named_and_is_the_exit_code(monkeypatch, capsys, figure, code):
    monkeypatch.setattr(benchmarks, "measure", lambda *_: [Row("durable completion of a task", figure, "floors", 5)])
    monkeypatch.setattr(benchmarks, "weigh", lambda *_: WEIGHT)
    monkeypatch.setattr(benchmarks, "throughput", lambda *_: [])
    assert main(as_json=True) == code
    told = capsys.readouterr()
    assert [one["met"] for one in json.loads(told.out)["figures"]] == [not code, True]
    assert ("Goals missed: durable completion of a task." in told.err) == bool(code)
