"""Days and instants as a project counts them: working days, weeks, months, and clocks that change."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processes import calendar

days = st.dates(date(2000, 1, 1), date(2100, 1, 1))


def test_a_skipped_hour_comes_after_the_change_and_a_double_one_is_the_first():
    assert calendar.instant(date(2026, 3, 29), time(2, 30), "Europe/Prague") == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert calendar.instant(date(2026, 10, 25), time(2, 30), "Europe/Prague") == datetime(
        2026, 10, 25, 0, 30, tzinfo=UTC
    )


def test_the_day_is_that_of_the_zone():
    moment = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
    assert calendar.day_of(moment, "Europe/Prague") == date(2026, 3, 2)
    assert calendar.day_of(moment, "America/New_York") == date(2026, 3, 1)


@given(days, st.integers(1, 60))
def test_working_days_there_and_back(day, count):
    after, before = calendar.add_working_days(day, count), calendar.add_working_days(day, -count)
    assert calendar.is_working(after)
    assert calendar.is_working(before)
    assert calendar.working_days_between(day, after) == count
    assert calendar.working_days_between(before, day) == (count if calendar.is_working(day) else count - 1)


@given(days, days)
def test_working_days_are_counted_as_one_by_one(a, b):
    first, last = sorted((a, min(b, a + timedelta(400))))
    one_by_one = sum(calendar.is_working(first + timedelta(n + 1)) for n in range((last - first).days))
    assert calendar.working_days_between(first, last) == one_by_one


@given(days)
def test_a_week_begins_on_its_monday(day):
    monday = calendar.monday_of(calendar.week_of(day))
    assert monday.weekday() == 0
    assert 0 <= (day - monday).days < 7


def test_weeks_between_are_those_that_were_skipped():
    assert calendar.weeks_between(date(2020, 12, 21), date(2021, 1, 11)) == ["2020-W53", "2021-W01"]
    assert calendar.weeks_between(date(2026, 3, 2), date(2026, 3, 9)) == []


def test_a_month_ends_where_the_next_one_does():
    assert calendar.add_months(date(2024, 1, 31), 1) == date(2024, 2, 29)
    assert calendar.add_months(date(2024, 3, 31), -1) == date(2024, 2, 29)
    assert not calendar.more_than_a_month(date(2026, 1, 31), date(2026, 2, 28))
    assert calendar.more_than_a_month(date(2026, 1, 31), date(2026, 3, 1))


@pytest.mark.parametrize("text", ["", "FRI", "FRIDAY 17:00", "FRI 25:00", "17:00 FRI"])
def test_a_time_of_the_week_that_is_none(text):
    with pytest.raises(ValueError, match="FRI 17:00"):
        calendar.due_of(text)
