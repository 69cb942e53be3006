"""The metrics against published vectors, the demo project's table, and properties that hold for any history."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processes.errors import HistoryRefused
from processes.metrics import (
    Fact,
    History,
    Promise,
    added,
    dropped,
    earned,
    earned_schedule,
    estimate,
    from_csv,
    indices,
    on_time_completed,
    on_time_due,
    reforecasts,
    series,
    slips,
    stale,
    stood_stale,
    summary,
    trend,
)

CSV = Path(__file__).parents[2] / "processes/history/python-3.13.csv"
END = date(2024, 10, 9)
HEAD = "milestone,recorded_on,date,state\n"


@pytest.fixture(scope="module")
def history() -> History:
    return from_csv(CSV.read_text(encoding="utf-8"))


def test_v1_variance_and_index_of_the_fence_exercise():
    value = indices(pv=3000, ev=2500)
    assert value.sv == -500
    assert round(value.spi, 4) == 0.8333


def test_v2_estimate_of_the_time_a_year_takes():
    value = indices(pv=23000, ev=20000)
    assert (value.sv, round(value.spi, 4)) == (-3000, 0.8696)
    assert round(estimate(12, value.spi), 1) == 13.8


def test_v6_half_done_after_three_of_five_months():
    es = earned_schedule([(n, n) for n in range(6)], 2.5)
    assert (es, es - 3, round(es / 3, 2)) == (2.5, -0.5, 0.83)
    assert round(estimate(5, es / 3), 1) == 6.0


def test_v7_spi_is_blind_at_the_end_and_spi_t_is_not():
    curve = [(n, 100_000 * n) for n in range(11)]
    assert indices(pv=1_000_000, ev=1_000_000).spi == 1
    es = earned_schedule(curve, 1_000_000)
    assert (es, es - 12, round(es / 12, 4)) == (10, -2, 0.8333)


def test_nothing_planned_has_no_index():
    assert indices(pv=0, ev=0).spi is None


def test_a_flat_stretch_counts_its_first_day():
    assert earned_schedule([(0, 0), (10, 1), (20, 1), (30, 2)], 1) == 10


@pytest.mark.parametrize(("tolerance", "on_time"), [(0, 1), (1, 3), (3, 6), (7, 7)])
def test_demo_on_time(history, tolerance, on_time):
    for ratio in (on_time_completed, on_time_due):
        found = ratio(history, END, tolerance)
        assert (found.on_time, found.of) == (on_time, 13)


def test_demo_slip(history):
    found = slips(history, END)
    assert (found.n, found.total, found.mean, found.median, found.largest) == (13, 143, 11.0, 6, 30)
    assert max(found.rows, key=lambda row: row.days).milestone == "alpha 4"


def test_demo_forecasts(history):
    assert len(reforecasts(history, END)) == 6
    assert dropped(history, END) == ("alpha 7",)
    assert added(history, END) == ("candidate 3",)
    assert stale(history, END) == ()
    longest = stood_stale(history, END)[0]
    assert (longest.milestone, longest.days, longest.open) == ("alpha 3", 29, False)


@pytest.mark.parametrize(
    ("day", "with_removed", "expected"),
    [
        (date(2024, 1, 16), False, (4, 2, 0.5, 183, 239, 0.7657, -56)),
        (date(2024, 6, 30), True, (10, 9, 0.9, 372, 405, 0.9185, -33)),
        (date(2024, 6, 30), False, (9, 9, 1, 393, 405, 0.9704, -12)),
    ],
)
def test_demo_earned_schedule(history, day, with_removed, expected):
    found = earned(history, day, with_removed=with_removed)
    assert found.planned_duration == 498
    assert history.start == date(2023, 5, 22)
    figures = (found.pv, found.ev, found.spi, found.es, found.at, round(found.spi_t, 4), found.sv_t)
    assert figures == expected


def test_demo_extrapolation_of_january_would_have_been_far_off(history):
    found = earned(history, date(2024, 1, 16))
    finish = history.start + timedelta(days=estimate(found.planned_duration, found.spi_t))
    assert (finish.year, finish.month) == (2025, 3)


def test_as_of_means_what_had_been_recorded_by_then(history):
    """Alpha 3 was reached on 17 January, and recorded that day: the day before knows nothing of it."""
    assert history.states(date(2024, 1, 16))["alpha 3"].actual is None
    assert history.states(date(2024, 1, 17))["alpha 3"].actual == date(2024, 1, 17)
    # Alpha 2 was reached on 22 November and recorded on 12 December.
    assert earned(history, date(2023, 12, 11)).ev == 1


def test_open_milestones_slip_day_by_day(history):
    one = {row.milestone: row for row in slips(history, date(2024, 1, 15)).rows}["alpha 3"]
    assert (one.days, one.done) == (27, False)


def test_open_counts_as_late_only_after_its_tolerance(history):
    day = date(2023, 12, 21)
    assert on_time_due(history, day, 1).of == 3
    assert on_time_due(history, day, 7).of == 2


def test_warning_time_of_a_slip_told_before_its_date(history):
    beta = next(one for one in reforecasts(history, END) if one.milestone == "beta 2")
    assert beta.warning == 5


def test_series_carry_forward_and_end_on_the_diagonal(history):
    found = {one.milestone: one for one in series(history, END)}
    assert "development begins" not in found
    alpha = found["alpha 2"].points
    assert [point.forecast for point in alpha] == [date(2023, 11, 21), date(2023, 11, 21), date(2023, 11, 22)]
    assert alpha[-1].report == alpha[-1].forecast
    assert found["alpha 7"].removed
    assert len(found["alpha 7"].points) == 3


def test_trend_needs_four_points_and_may_never_converge():
    day = date(2026, 1, 1)

    def told(count: int, slip: int) -> History:
        facts = [Fact("M1", day + timedelta(7 * n), day + timedelta(60 + slip * n), "expected") for n in range(count)]
        return History(day, (Promise("M1", day + timedelta(60)),), tuple(facts))

    late = day + timedelta(365)
    assert trend(series(told(3, 0), late)[0]) is None
    flat = trend(series(told(5, 0), late)[0])
    assert (flat.slope, flat.n, flat.finish) == (0, 5, day + timedelta(60))
    running_away = trend(series(told(5, 7), late)[0])
    assert (running_away.slope, running_away.finish) == (1, None)


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ('a,2024-01-02,"2024-02-01,expected', "no CSV"),
        ("a,2024-01-02,2024-02-01,maybe", "^Line 2, state: “maybe” is none of expected, actual, removed.$"),
        (",2024-01-02,2024-02-01,expected", "^Line 2, milestone: the name is missing.$"),
        ("a,2024-01-32,2024-02-01,expected", "^Line 2, recorded_on: There is no day 2024-01-32.$"),
        ("a,2024-01-02", "^Line 2, state: “” is none"),
        ("a,2024-01-02,01/02/2024,expected", "no date"),
        ("a,2024-01-02,2024-01-03,actual", "^Line 2, date: no milestone is reached on 2024-01-03, after"),
        ("a,2024-01-02,,expected", "^Line 2, date: the day is missing.$"),
        ("a,2024-01-02,Mon 2024-02-01,expected", "not “Mon”"),
        (
            "a,2024-01-02,2024-02-31,expected\nb,,2024-02-01,expected",
            "^Line 2, date: .*31.\nLine 3, recorded_on: .*missing.$",
        ),
        ("a,2024-01-02,2024-02-31,expected\n" * 12, "Line 11, .*\n2 more lines cannot be read.$"),
        ("", "no milestones"),
    ],
)
def test_a_history_that_contradicts_itself_is_refused(lines, sentence):
    with pytest.raises(HistoryRefused, match=sentence):
        from_csv(HEAD + lines)


def test_a_fitting_weekday_is_accepted():
    text = HEAD + "a,2024-01-02,Thu 2024-02-01,expected"
    assert from_csv(text).promises[0].date == date(2024, 2, 1)


histories = st.lists(
    st.tuples(st.integers(1, 400), st.integers(1, 5), st.one_of(st.none(), st.integers(1, 500))), min_size=1, max_size=8
)


def _history(rows) -> History:
    start = date(2024, 1, 1)
    promises = tuple(Promise(f"M{n}", start + timedelta(at), weight) for n, (at, weight, _) in enumerate(rows))
    facts = [Fact(one.milestone, start, one.date, "expected") for one in promises]
    done = sorted((at, f"M{n}") for n, (_, _, at) in enumerate(rows) if at)
    facts += [Fact(name, start + timedelta(at), start + timedelta(at), "actual") for at, name in done]
    return History(start, promises, tuple(facts))


@given(histories, st.integers(1, 600))
def test_earned_schedule_stays_within_the_plan_and_grows_with_value(rows, at):
    history = _history(rows)
    today, later = (earned(history, history.start + timedelta(at + more)) for more in (0, 30))
    assert 0 <= today.es <= today.planned_duration
    assert later.es >= today.es
    assert later.ev >= today.ev


@given(histories)
def test_everything_done_earns_the_whole_plan(rows):
    history = _history([(at, weight, done or 1) for at, weight, done in rows])
    found = earned(history, history.start + timedelta(600))
    assert (found.spi, found.es) == (1, found.planned_duration)


@given(histories, st.integers(1, 600), st.integers(0, 30))
def test_more_tolerance_never_makes_more_late(rows, at, tolerance):
    history, day = _history(rows), date(2024, 1, 1) + timedelta(at)
    strict, loose = (on_time_completed(history, day, t) for t in (0, tolerance))
    assert strict.of == loose.of
    assert strict.on_time <= loose.on_time


def test_the_summary_holds_every_figure_and_rounds_none(history):
    found = summary(history, END, tolerance=3).plain()
    assert found["milestones"] == {"baseline": 14, "completed": 13, "dropped": 1, "added": 1}
    assert found["on_time"] == {"tolerance_days": 3, "completed": {"n": 6, "of": 13}, "due": {"n": 6, "of": 13}}
    assert found["slip_days"] == {"n": 13, "mean": 143 / 13, "median": 6, "max": 30}
    assert found["reforecasts"] == 6
    assert found["stale"] == found["stood_stale"]  # nothing is open any more
    assert found["stale"][0] == {"milestone": "alpha 3", "days": 29}


def test_the_summary_of_a_day_in_the_middle(history):
    found = summary(history, date(2024, 1, 16)).plain()
    value = found["earned_schedule"]
    assert (value["pv"], value["ev"], value["spi"], value["es_days"]) == (4, 2, 0.5, 183)
    assert (value["at_days"], value["sv_t_days"], value["spi_t"]) == (239, -56, 183 / 239)
    assert found["stale"] == [{"milestone": "alpha 3", "days": 28}]
    assert found["stood_stale"][1] == {"milestone": "alpha 2", "days": 21}


def test_what_is_stale_now_is_told_apart_from_what_stood_so():
    rows = "a,2024-01-01,2024-01-10,expected\na,2024-02-20,2024-02-25,expected\n"
    history = from_csv(HEAD + rows)
    assert [(one.days, one.open) for one in stood_stale(history, date(2024, 3, 1))] == [(41, False), (5, True)]
    found = summary(history, date(2024, 3, 1)).plain()
    assert found["stale"] == [{"milestone": "a", "days": 5}]
    assert found["stood_stale"] == [{"milestone": "a", "days": 41}]


def test_a_milestone_that_comes_back_is_not_dropped():
    rows = "a,2024-01-01,2024-01-10,expected\na,2024-01-02,,removed\na,2024-01-03,2024-02-10,expected\n"
    history = from_csv(HEAD + rows)
    assert dropped(history, date(2024, 1, 2)) == ("a",)
    assert dropped(history, date(2024, 1, 3)) == ()


def test_what_was_never_there_cannot_be_dropped():
    rows = "a,2024-01-01,2024-01-10,expected\nmistyped,2024-01-02,,removed\n"
    assert dropped(from_csv(HEAD + rows), date(2024, 1, 2)) == ()


def test_a_file_without_a_column_is_told_which():
    with pytest.raises(HistoryRefused, match="recorded_on is missing"):
        from_csv("milestone,date,state\na,2024-01-10,expected\n")
