"""Histories made by hand, each for one thing that the definitions decide; every value is reckoned beside it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processes.errors import HistoryRefused
from processes.metrics import Promise, curve_of, from_csv, out_of_order, summary
from processes.metrics.history import KINDS

HEAD = "milestone,recorded_on,date,state"
START = date(2024, 1, 1)


def plain(rows: list[str], as_of: str, tolerance: int = 0, start: date = START) -> dict[str, Any]:
    """The figures of some rows."""
    return summary(from_csv("\n".join([HEAD, *rows]), start), date.fromisoformat(as_of), tolerance).plain()


def milestones(baseline: int, completed: int, dropped: int, added: int) -> dict[str, int]:
    return {"baseline": baseline, "completed": completed, "dropped": dropped, "added": added}


def of(n: int, of: int) -> dict[str, int]:
    return {"n": n, "of": of}


# Three milestones, a day of recording for each kind of news.
#   a  B 02-01, A 02-03 told 02-05                slip +2
#   b  B 03-01, F moved on 02-20 to 03-10, open   slip 03-10 - 03-01 = +9 until 03-10, then the day itself
#   c  B 04-10, never touched, open
LATE = [
    "a,2024-01-01,2024-02-01,expected",
    "b,2024-01-01,2024-03-01,expected",
    "c,2024-01-01,2024-04-10,expected",
    "a,2024-02-05,2024-02-03,actual",
    "b,2024-02-20,2024-03-10,expected",
]


def test_open_milestones_slip_to_their_forecast_then_day_by_day() -> None:
    found = plain(LATE, "2024-03-05")
    assert found["slip_days"] == {"n": 3, "mean": 11 / 3, "median": 2, "max": 9}  # 2, 9 (to its forecast), 0
    assert found["stale"] == []
    found = plain(LATE, "2024-03-15")
    assert found["slip_days"] == {"n": 3, "mean": 16 / 3, "median": 2, "max": 14}  # 2, 03-15 - 03-01 = 14, 0
    assert found["stale"] == [{"milestone": "b", "days": 5}]  # 03-15 - 03-10
    assert found["reforecasts"] == 1
    assert found["milestones"] == milestones(3, 1, 0, 0)


def test_earned_schedule_of_an_early_middle_and_late_day() -> None:
    # Days from the start: B a 31, b 60, c 100.
    assert plain(LATE, "2024-01-20")["earned_schedule"] == {
        "pv": 0, "ev": 0, "spi": None, "es_days": 0, "at_days": 19, "spi_t": 0, "sv_t_days": -19,
    }  # fmt: skip
    # 03-15 is day 74: PV a and b, EV a; ES the day on which one was planned to be done.
    assert plain(LATE, "2024-03-15")["earned_schedule"] == {
        "pv": 2, "ev": 1, "spi": 0.5, "es_days": 31, "at_days": 74, "spi_t": 31 / 74, "sv_t_days": -43,
    }  # fmt: skip


def test_at_the_start_and_before_it_no_index_is_defined() -> None:
    for day, at in (("2024-01-01", 0), ("2023-12-25", -7)):
        value = plain(LATE, day)["earned_schedule"]
        assert (value["at_days"], value["spi_t"], value["spi"], value["pv"]) == (at, None, None, 0)


def test_before_anything_was_recorded_nothing_is_known() -> None:
    found = plain(LATE, "2023-12-31")
    assert found["milestones"] == milestones(0, 0, 0, 0)
    assert found["slip_days"] == {"n": 0, "mean": None, "median": None, "max": None}
    assert found["on_time"] == {"tolerance_days": 0, "completed": of(0, 0), "due": of(0, 0)}
    # A plan that was written down after its first date had passed was not late before that.
    told = ["a,2024-02-01,2024-01-10,expected"]
    assert plain(told, "2024-01-31")["on_time"]["due"] == of(0, 0)
    assert plain(told, "2024-02-01")["on_time"]["due"] == of(0, 1)


# On time: a is 2 days late and done; b is open since 03-01; c is reached on 04-08, before its date 04-10.
DUE = [*LATE, "c,2024-04-08,2024-04-08,actual"]


@pytest.mark.parametrize(
    ("day", "tolerance", "due", "completed"),
    [
        ("2024-02-04", 0, of(0, 1), of(0, 0)),  # a's date has passed; that it was reached is told tomorrow
        ("2024-02-05", 0, of(0, 1), of(0, 1)),
        ("2024-02-05", 2, of(1, 1), of(1, 1)),  # B + 2 = 02-03
        ("2024-03-01", 0, of(0, 1), of(0, 1)),  # b is due today, and not late before tomorrow
        ("2024-03-02", 0, of(0, 2), of(0, 1)),
        ("2024-03-06", 5, of(1, 1), of(1, 1)),  # b's tolerance ends today
        ("2024-03-07", 5, of(1, 2), of(1, 1)),
        ("2024-03-31", 30, of(1, 1), of(1, 1)),  # 03-01 + 30 days = 03-31
        ("2024-04-01", 30, of(1, 2), of(1, 1)),
        ("2024-04-08", 0, of(0, 2), of(1, 2)),  # c is done, but not due before 04-10
        ("2024-04-10", 0, of(1, 3), of(1, 2)),
    ],
)
def test_on_time_of_what_was_due_and_of_what_is_done(day: str, tolerance: int, due: Any, completed: Any) -> None:
    assert plain(DUE, day, tolerance)["on_time"] == {"tolerance_days": tolerance, "completed": completed, "due": due}


def test_dropped_and_taken_up_again() -> None:
    rows = [*LATE[:3], "b,2024-02-10,,removed", "b,2024-03-20,2024-04-20,expected", "b,2024-04-25,2024-04-22,actual"]
    # While it is out: it counts nowhere but in the baseline, and PV cannot hold it.
    found = plain(rows, "2024-03-10")
    assert found["milestones"] == milestones(3, 0, 1, 0)
    assert found["earned_schedule"]["pv"] == 1
    assert found["slip_days"]["n"] == 2
    assert found["on_time"]["due"] == of(0, 1)
    # Back again, against the date that was promised first: 04-22 - 03-01 = 52 days; its forecast moved once.
    found = plain(rows, "2024-04-25")
    assert found["milestones"] == milestones(3, 1, 0, 0)
    # a and c are open: 04-25 - 02-01 = 84 and 04-25 - 04-10 = 15.
    assert found["slip_days"] == {"n": 3, "mean": 151 / 3, "median": 52, "max": 84}
    assert found["reforecasts"] == 1
    assert found["earned_schedule"]["pv"] == 3


def test_added_later_counts_as_added_and_as_stale_but_promises_nothing() -> None:
    rows = [
        *LATE,
        "x,2024-02-20,2024-03-01,expected",
        "y,2024-03-02,2024-03-01,actual",
        "x,2024-03-03,2024-03-04,expected",
    ]
    found = plain(rows, "2024-03-08")
    assert found["milestones"] == milestones(3, 1, 0, 2)
    assert found["slip_days"]["n"] == 3
    assert found["earned_schedule"]["ev"] == 1
    assert found["stale"] == [{"milestone": "x", "days": 4}]
    assert found["reforecasts"] == 2


def test_an_added_milestone_that_is_removed_again_is_both() -> None:
    found = plain([*LATE, "x,2024-02-20,2024-03-01,expected", "x,2024-02-21,2024-03-01,removed"], "2024-02-21")
    assert found["milestones"] == milestones(3, 1, 1, 1)


def test_reached_and_taken_back_is_open_again() -> None:
    rows = [*LATE[:3], "a,2024-02-01,2024-02-01,actual", "a,2024-02-10,2024-03-01,expected"]
    assert plain(rows, "2024-02-09")["milestones"]["completed"] == 1
    found = plain(rows, "2024-02-10")
    assert found["milestones"]["completed"] == 0
    assert found["slip_days"]["max"] == 29  # 03-01 - 02-01
    assert found["reforecasts"] == 1
    assert found["earned_schedule"]["ev"] == 0


def test_reached_and_removed_afterwards_is_dropped_not_completed() -> None:
    found = plain([*LATE, "a,2024-03-01,,removed"], "2024-03-01")
    assert found["milestones"] == milestones(3, 0, 1, 0)
    assert found["on_time"]["completed"] == of(0, 0)


def test_reached_before_the_start_and_on_the_day_of_the_plan() -> None:
    rows = [
        "past,2024-01-15,2023-12-01,actual",  # reached before there was a plan: it promises nothing
        "a,2024-01-15,2024-02-01,expected",
        "b,2024-01-15,2024-01-10,expected",  # planned for before the start of 01-12
        "b,2024-01-20,2024-01-11,actual",
    ]
    found = plain(rows, "2024-01-20", start=date(2024, 1, 12))
    assert found["milestones"] == milestones(2, 1, 0, 0)
    assert found["slip_days"] == {"n": 2, "mean": 0.5, "median": 0.5, "max": 1}
    # What lies before the start counts from its day 0.
    assert found["earned_schedule"] == {
        "pv": 1, "ev": 1, "spi": 1, "es_days": 0, "at_days": 8, "spi_t": 0, "sv_t_days": -8,
    }  # fmt: skip


def test_on_one_day_the_last_word_counts() -> None:
    rows = [
        "a,2024-01-01,2024-02-01,expected",
        "a,2024-01-01,2024-02-05,expected",  # the plan as it stood at the end of its day
        "b,2024-01-01,2024-01-01,expected",
        "b,2024-01-01,2024-01-01,actual",  # promised and reached on one day
        "a,2024-02-06,2024-02-20,expected",
        "a,2024-02-06,2024-02-10,expected",
    ]
    found = plain(rows, "2024-02-06")
    assert found["milestones"] == milestones(2, 1, 0, 0)
    assert found["slip_days"] == {"n": 2, "mean": 2.5, "median": 2.5, "max": 5}  # 02-10 - 02-05, and 0
    assert found["reforecasts"] == 3
    assert found["on_time"]["completed"] == of(1, 1)


@pytest.mark.parametrize(
    ("day", "pv", "es"),
    [
        ("2024-01-16", 1, 15),
        ("2024-01-21", 3, 15),  # behind by PV (2 of 3), so behind in time
    ],
)
def test_several_milestones_on_one_day_are_one_point_of_the_plan(day: str, pv: int, es: float) -> None:
    planned = {"a": 11, "b": 21, "c": 21, "d": 31}
    rows = [f"{name},2024-01-01,2024-01-{day},expected" for name, day in planned.items()]
    rows += ["a,2024-01-11,2024-01-11,actual", "b,2024-01-15,2024-01-15,actual"]
    # Cumulative plan: day 10: 1, day 20: 3, day 30: 4. EV 2 lies half-way up from 1 to 3: day 15.
    value = plain(rows, day)["earned_schedule"]
    assert (value["ev"], value["pv"], value["es_days"]) == (2, pv, es)


def test_the_order_of_milestones_on_one_day_moves_nothing() -> None:
    small, large = Promise("s", date(2024, 1, 21), 1), Promise("l", date(2024, 1, 21), 3)
    curves = {tuple(curve_of(START, pair)) for pair in ((small, large), (large, small))}
    assert curves == {((0, 0), (20, 4))}


def test_everything_earned_ends_at_the_planned_duration() -> None:
    rows = ["a,2024-01-01,2024-01-11,expected", "a,2024-01-05,2024-01-05,actual"]
    for day, at in (("2024-01-05", 4), ("2024-03-01", 60)):
        value = plain(rows, day)["earned_schedule"]
        assert (value["es_days"], value["at_days"], value["spi_t"]) == (10, at, 10 / at)
    assert plain(rows, "2024-01-05")["earned_schedule"]["spi"] is None  # PV is 0: undefined, not 1
    assert plain(rows, "2024-03-01")["earned_schedule"]["spi"] == 1


def test_what_stood_stale_is_listed_once_all_is_over() -> None:
    rows = [*LATE[:1], LATE[3]]
    assert plain(rows, "2024-02-04")["stale"] == [{"milestone": "a", "days": 3}]
    assert plain(rows, "2024-02-05")["stale"] == [{"milestone": "a", "days": 4}]  # from 02-01 until told on 02-05


@pytest.mark.parametrize(
    "written",
    ["2024-02-01", "Thu 2024-02-01", "Thursday, 2024-02-01", "2024-02-01 Thu", "2024-02-01T09:30:00Z", "2024/02/01",
     "20240201", "1.2.2024", "01 Feb 2024", "Thursday 1 February 2024"],
)  # fmt: skip
def test_a_date_that_can_be_read_in_one_way_is_read(written: str) -> None:
    assert from_csv(f'{HEAD}\na,2024-01-01,"{written}",expected').promises[0].date == date(2024, 2, 1)


def test_a_column_for_the_weekday_must_fit() -> None:
    head = f"{HEAD},weekday\na,2024-01-01,2024-02-01,expected,"
    assert from_csv(head + "Thu").promises
    with pytest.raises(HistoryRefused, match="not “Fri”"):
        from_csv(head + "Fri")


def test_the_newest_on_top_is_read_from_the_end() -> None:
    rows = [*LATE, "c,2024-04-08,2024-04-08,actual"]
    assert plain(rows[::-1], "2024-04-10") == plain(rows, "2024-04-10")


def test_a_clock_that_was_put_back_changes_no_order() -> None:
    rows = ["a,2024-01-01,2024-02-01,expected", "a,2024-03-01,2024-04-01,expected", "a,2024-02-25,2024-04-15,expected"]
    assert plain(rows, "2024-03-01")["slip_days"]["max"] == 74  # the last row says 04-15
    assert out_of_order(from_csv("\n".join([HEAD, *rows]))) == ("a",)


def test_the_last_day_of_the_calendar_is_a_day() -> None:
    rows = ["a,2024-01-01,9999-12-31,expected", "b,2024-01-01,0001-01-01,expected", "a,2024-02-01,2024-02-01,actual"]
    found = plain(rows, "2024-02-01", tolerance=3650)
    assert found["on_time"]["completed"] == of(1, 1)
    assert found["on_time"]["due"] == of(0, 1)


NEWS = st.lists(
    st.tuples(
        st.sampled_from("abcde"), st.integers(0, 60), st.sampled_from(KINDS), st.integers(-40, 90)
    ),
    min_size=1, max_size=25,
)  # fmt: skip


def written(news: list[tuple[str, int, str, int]]) -> list[str]:
    """Rows of news, in the order of their days."""
    rows = []
    for name, at, kind, moved in sorted(news, key=lambda one: one[1]):
        told = START.toordinal() + at
        day = date.fromordinal(told + (min(moved, 0) if kind == "actual" else moved))
        rows.append(f"{name},{date.fromordinal(told)},{'' if kind == 'removed' else day},{kind}")
    return rows


@given(NEWS, st.integers(0, 100), st.randoms(use_true_random=False))
def test_only_the_order_of_each_milestones_own_rows_matters(news: Any, at: int, chance: Any) -> None:
    rows = written(news)
    queues = {name: [row for row in rows if row[0] == name] for name in {row[0] for row in rows}}
    mixed = []
    while queues:
        name = chance.choice(sorted(queues))
        mixed.append(queues[name].pop(0))
        if not queues[name]:
            del queues[name]
    day = str(date.fromordinal(START.toordinal() + at))
    one, other = plain([*FIRST, *rows], day), plain([*mixed, *FIRST], day)
    assert {**one, "stale": 0, "stood_stale": 0} == {**other, "stale": 0, "stood_stale": 0}
    for name in ("stale", "stood_stale"):
        assert sorted(one[name], key=str) == sorted(other[name], key=str)


FIRST = ["zero,2023-12-31,2024-01-31,expected"]


@given(NEWS, st.integers(0, 60), st.integers(1, 40))
def test_what_is_recorded_later_changes_nothing_before(news: Any, at: int, more: int) -> None:
    day, rows = date.fromordinal(START.toordinal() + at), [*FIRST, *written(news)]
    later = [
        f"a,{date.fromordinal(day.toordinal() + more)},{day},actual",
        f"new,{date.fromordinal(day.toordinal() + more)},{day},expected",
    ]
    assert plain([*rows, *later], str(day)) == plain(rows, str(day))


@given(NEWS, st.integers(0, 200), st.integers(0, 60))
def test_every_figure_stays_within_its_n(news: Any, at: int, tolerance: int) -> None:
    found = plain([*FIRST, *written(news)], str(date.fromordinal(START.toordinal() + at)), tolerance)
    value, counted = found["earned_schedule"], found["milestones"]
    assert 0 <= counted["completed"] <= counted["baseline"]
    assert value["ev"] == counted["completed"] == found["on_time"]["completed"]["of"]
    assert found["on_time"]["due"]["n"] <= found["on_time"]["due"]["of"] <= value["pv"]
    assert found["slip_days"]["n"] <= counted["baseline"]
    assert (value["spi"] is None) == (value["pv"] == 0)
    assert all(one["days"] > 0 for one in found["stale"])
