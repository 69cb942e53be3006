"""Days and instants as a project counts them: working days, weeks, months, and clocks that change."""

import re
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processes import calendar
from processes.working_days import Calendar, calendar_of

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
    after, before = Calendar().add(day, count), Calendar().add(day, -count)
    assert Calendar().is_working(after)
    assert Calendar().is_working(before)
    assert Calendar().between(day, after) == count
    assert Calendar().between(before, day) == (count if Calendar().is_working(day) else count - 1)


@given(days, days)
def test_working_days_are_counted_as_one_by_one(a, b):
    first, last = sorted((a, min(b, a + timedelta(400))))
    one_by_one = sum(Calendar().is_working(first + timedelta(n + 1)) for n in range((last - first).days))
    assert Calendar().between(first, last) == one_by_one


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
    assert calendar.add_step(date(2026, 1, 31), "P1M") == date(2026, 2, 28)
    assert calendar.add_step(date(2026, 1, 31), "P6W") == date(2026, 3, 14)


@pytest.mark.parametrize("text", ["", "FRI", "FRIDAY 17:00", "FRI 25:00", "17:00 FRI"])
def test_a_time_of_the_week_that_is_none(text):
    with pytest.raises(ValueError, match="FRI 17:00"):
        calendar.due_of(text)


def test_public_holidays_and_closed_days_are_no_working_days():
    bavaria = calendar_of("de-by", "2026-12-31 2026-12-30")
    assert not bavaria.is_working(date(2026, 1, 6))
    assert Calendar("DE").is_working(date(2026, 1, 6))
    assert bavaria.add(date(2026, 12, 24), 1) == date(2026, 12, 28)
    assert bavaria.add(date(2026, 12, 29), 1) == date(2027, 1, 4)
    assert bavaria.add(date(2026, 12, 28), -1) == date(2026, 12, 24)


def test_a_holiday_that_is_moved_counts_on_the_day_it_is_moved_to():
    assert not calendar_of("GB-ENG", "").is_working(date(2026, 12, 28))


@given(days, days, st.sampled_from(["", "DE-BY", "US", "JP", "GB-SCT"]))
def test_working_days_with_holidays_are_counted_as_one_by_one(a, b, region):
    kept = Calendar(region, frozenset({date(2026, 12, 30)}))
    first, last = sorted((a, min(b, a + timedelta(400))))
    assert kept.between(first, last) == sum(
        kept.is_working(first + timedelta(n + 1)) for n in range((last - first).days)
    )


@pytest.mark.parametrize("region", ["XX", "DE-ZZ", "Germany", "D E", "DE-BY-1"])
def test_a_region_that_nobody_knows_is_refused(region):
    with pytest.raises(ValueError, match="are not known"):
        calendar_of(region, "")


def test_closed_days_are_dates():
    with pytest.raises(ValueError, match="Write closed days as dates"):
        calendar_of("", "Christmas")


def test_a_calendar_without_a_working_day_is_not_searched_for_ever():
    closed = frozenset(date(2026, 1, 1) + timedelta(days=n) for n in range(4000))
    with pytest.raises(ValueError, match="no working day"):
        Calendar("", closed).add(date(2026, 1, 1), 1)


def test_so_many_working_days_later_it_is_the_same_time_of_day():
    friday = datetime(2026, 3, 27, 16, 0, tzinfo=UTC)
    assert Calendar().later(friday, 1, "Europe/Prague") == datetime(2026, 3, 30, 15, 0, tzinfo=UTC)


def test_the_words_of_a_calendar_name_the_source_of_its_holidays():
    assert Calendar().words() == "Monday to Friday"
    assert re.fullmatch(
        r"Monday to Friday, without the public holidays of DE-BY \(holidays [\d.]+\), closed on 31 December 2026",
        calendar_of("DE-BY", "2026-12-31").words(),
    )


@pytest.mark.parametrize(
    "name", ["", "CEST", "+02:00", "europe/prague", "Europe", "../x", "a\0b", "localtime", "right/UTC", "x" * 5000]
)
def test_a_time_zone_that_does_not_exist_everywhere_is_refused(name):
    with pytest.raises(ValueError, match="no time zone called"):
        calendar.zone_of(name)


@pytest.mark.parametrize(
    ("region", "day"),
    [("DE", date(2027, 1, 5)), ("CZ", date(2027, 1, 6)), ("GB", date(2027, 1, 6)), ("", date(2027, 1, 1))],
)
def test_ten_working_days_over_christmas(region, day):
    """Friday 25 December and 1 January in all three; the 24th in the Czech Republic; in Britain Monday for Saturday."""
    assert calendar_of(region, "").add(date(2026, 12, 18), 10) == day
    winter, summer = datetime(2026, 12, 18, 16, tzinfo=UTC), datetime(2027, 3, 26, 16, tzinfo=UTC)
    assert calendar_of(region, "").later(winter, 10, "Europe/Prague") == datetime.combine(day, time(16), UTC)
    assert calendar_of("", "").later(summer, 1, "Europe/Prague") == datetime(2027, 3, 29, 15, tzinfo=UTC)
