"""Ranges, limits and percentiles: published vectors, what few facts cannot say, and what holds for any history."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processes.metrics import (
    History,
    Promise,
    accuracy_at,
    burn_up,
    churn,
    earned,
    from_csv,
    outlook,
    percentile,
    series,
    told_late,
    trend,
    xmr,
)
from processes.metrics.history import Fact
from processes.metrics.outlook import coverage

CSV = Path(__file__).parents[2] / "processes/history/python-3.13.csv"
END = date(2024, 10, 9)
START = date(2024, 1, 1)


@pytest.fixture(scope="module")
def history() -> History:
    return from_csv(CSV.read_text(encoding="utf-8"))


def planned(slips: list[int], left: list[int]) -> History:
    """Milestones ten days apart that were reached with these slips, and others that are open, by day of the plan."""
    done = [Promise(f"D{n}", START + timedelta(10 * n + 10)) for n in range(len(slips))]
    still = [Promise(f"O{n}", START + timedelta(day)) for n, day in enumerate(left)]
    facts = [Fact(one.milestone, START, one.date, "expected") for one in (*done, *still)]
    for one, slip in zip(done, slips, strict=True):
        day = one.date + timedelta(slip)
        facts.append(Fact(one.milestone, day, day, "actual"))
    return History(START, (*done, *still), tuple(facts))


def test_v14_limits_of_individual_values() -> None:
    found = xmr([49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1])
    assert (found.n, found.enough, found.signals) == (10, True, ())
    assert round(found.mean, 2) == 50.81
    assert round(found.moving_range, 4) == 1.8778
    assert (round(found.upper, 4), round(found.lower, 4)) == (55.8041, 45.8159)


def test_below_eight_values_limits_say_nothing_yet() -> None:
    assert xmr([3]) is None
    assert not xmr([1, 2, 3, 4, 5, 6, 7]).enough
    assert xmr([0, 1, 0, 1, 0, 1, 0, 1, 0, 90]).signals == (9,)


def test_percentiles_are_of_type_seven() -> None:
    # NumPy's default: (n - 1) * share; for 1, 2, 3, 4 the place of 40 % is 1.2.
    assert percentile([4, 1, 3, 2], 0.4) == pytest.approx(2.2)
    assert [percentile([15, 20, 35, 40, 50], share) for share in (0, 0.25, 0.5, 1)] == [15, 20, 35, 50]


def test_four_slips_are_a_list_and_no_range() -> None:
    found = outlook(planned([0, 5, 10, 15], [100]), START + timedelta(60))
    assert (found.slips, found.own, found.open, found.finish, found.milestones) == ((0, 5, 10, 15), 4, 1, None, ())


def test_a_range_is_the_percentile_of_slips_and_a_begun_day_is_a_whole_one() -> None:
    found = outlook(planned([0, 5, 10, 15, 20], [100]), START + timedelta(70))
    day = START + timedelta(100)
    # Places 2, 3.2 and 3.8 of the slips: 10, 16 and 19.
    assert found.milestones[0].days == tuple(day + timedelta(n) for n in (10, 16, 19))
    assert found.milestones[0].n == 5
    # In three, four and five of five cases it is reached by then.
    assert found.finish.days == tuple(day + timedelta(n) for n in (10, 15, 20))


def test_all_are_reached_in_the_product_of_their_shares() -> None:
    found = outlook(planned([0, 5, 10, 15, 20], [100, 100, 40]), START + timedelta(70)).finish
    # Two on one day: by +15 in 16 of 25 cases, by +20 in all; the third, late by now, is over long before.
    assert found.days == tuple(START + timedelta(100 + n) for n in (15, 20, 20))


def test_what_is_late_already_can_only_be_later() -> None:
    late = planned([0, 5, 10, 15, 20], [60])
    found = outlook(late, START + timedelta(72)).milestones[0]  # 12 days late: only 15 and 20 are left
    assert (found.n, found.days) == (2, ())
    assert found.each == (START + timedelta(75), START + timedelta(80))
    never = outlook(late, START + timedelta(90))
    assert (never.milestones[0].n, never.milestones[0].each) == (0, ())
    assert set(never.finish.days) == {START + timedelta(91)}


def test_others_stand_in_where_a_project_has_too_few_of_its_own() -> None:
    found = outlook(planned([0], [100]), START + timedelta(60), others=[3, 3, 3, 3])
    assert (len(found.slips), found.own) == (5, 1)
    assert found.finish is not None


def test_coverage_is_told_a_month_before_by_what_was_known_then() -> None:
    # Five slips of 0; then one of 0 and one of 9, each planned more than a month after the fifth was reached.
    slips = planned([0, 0, 0, 0, 0], [])
    late = {"X": (100, 0), "Y": (110, 9)}
    promises, facts = list(slips.promises), list(slips.facts)
    for name, (day, slip) in late.items():
        promises.append(Promise(name, START + timedelta(day)))
        reached = START + timedelta(day + slip)
        facts += [Fact(name, START, START + timedelta(day), "expected"), Fact(name, reached, reached, "actual")]
    found = coverage(History(START, tuple(promises), tuple(facts)), START + timedelta(200))
    assert (found.within, found.n) == (1, 2)


def test_in_january_the_demo_has_slips_and_no_range(history: History) -> None:
    """An index extrapolated then would have named a month in 2025; the project was done six days late."""
    found = outlook(history, date(2024, 1, 16))
    assert (found.slips, found.finish) == ((-4, 1), None)
    said = earned(history, date(2024, 1, 16))
    assert history.start + timedelta(said.ieac) > date(2025, 3, 1)
    assert said.bei == 0.5
    assert said.tspi == pytest.approx((498 - 183) / (498 - 239))


def test_the_same_facts_give_the_same_range(history: History) -> None:
    day = date(2024, 6, 30)
    one = outlook(history, day)
    assert one == outlook(from_csv(CSV.read_text(encoding="utf-8")), day)
    assert one.finish.days == tuple(sorted(one.finish.days))
    # The last, planned for 10-01, slips by 9 or less in 5 of 9 cases, by 28 or less in 7, by 29 in 8, by 30 in all.
    assert one.finish.days == (date(2024, 10, 10), date(2024, 10, 30), date(2024, 10, 31))


def test_warnings_of_the_demo(history: History) -> None:
    found = {(one.milestone, one.recorded_on): one.warning for one in told_late(history, END)}
    assert found["beta 2", date(2024, 5, 23)] == 5
    assert found["alpha 3", date(2024, 1, 17)] == -29
    assert found["alpha 4", date(2024, 1, 17)] == -1
    assert all(one.later > 0 for one in told_late(history, END))


def test_how_far_forecasts_were_off(history: History) -> None:
    found = accuracy_at(history, END, 30)
    assert found.n == 13  # of 14 reached; candidate 3 was first forecast four days before it was reached
    assert accuracy_at(history, date(2023, 10, 13), 30).bias == -4  # alpha 1 alone
    assert accuracy_at(history, date(2023, 6, 27), 30).bias is None


def test_churn_counts_changes_for_each_open_month() -> None:
    rows = "a,2024-01-01,2024-03-01,expected\na,2024-02-01,2024-04-01,expected\na,2024-03-31,2024-03-31,actual"
    found = churn(from_csv("milestone,recorded_on,date,state\n" + rows), date(2024, 6, 1))
    assert (found.changes, round(found.months, 2)) == (1, round(90 / 30.436875, 2))


def test_burn_up_rises_by_weight_on_each_day() -> None:
    history = planned([0, 3], [100])
    found = burn_up(history, START + timedelta(60))
    assert [(day - START).days for day, _ in found.planned] == [10, 20, 100]
    assert [(day - START).days for day, _ in found.achieved] == [10, 23]
    assert [value for _, value in found.achieved] == [1, 2]
    assert (found.whole, found.n) == (3, 3)


def test_dates_at_the_end_of_the_calendar_are_no_trouble() -> None:
    far = planned([0, 5, 10, 15, 20], [(date.max - START).days])
    assert outlook(far, START + timedelta(90)).finish.days == (date.max,) * 3
    # 999 days of slip in 1,000: the lines meet in the year 16,000 or so.
    facts = [Fact("M", START + timedelta(1000 * n), START + timedelta(5000 + 999 * n), "expected") for n in range(5)]
    (one,) = series(History(START, (Promise("M", START),), tuple(facts)), START + timedelta(9000))
    assert trend(one).finish is None
    assert round(trend(one).slope, 3) == 0.999


SLIPS = st.lists(st.integers(-9, 40), max_size=12)


@given(SLIPS, st.lists(st.integers(60, 400), min_size=1, max_size=6), st.integers(130, 200))
def test_a_range_rises_lies_ahead_and_is_there_only_with_enough(slips: list[int], left: list[int], at: int) -> None:
    day = START + timedelta(at)
    found = outlook(planned(slips, left), day)
    known = [slip for n, slip in enumerate(slips) if 10 * n + 10 + slip <= at]
    assert found.slips == tuple(sorted(known))
    assert (found.finish is None) == (len(known) < 5)
    for one in (*found.milestones, *([found.finish] if found.finish else [])):
        assert tuple(sorted(one.days)) == one.days
        assert all(reached > day for reached in (*one.days, *one.each))


@given(st.lists(st.integers(-50, 50), min_size=1, max_size=30), st.randoms(use_true_random=False))
def test_percentiles_do_not_ask_for_an_order(values: list[int], chance: object) -> None:
    mixed = values[:]
    chance.shuffle(mixed)
    assert percentile(values, 0.8) == percentile(mixed, 0.8)
    assert min(values) <= percentile(values, 0.8) <= max(values)
