"""Durations and occurrences: month ends, changes of clocks, exact instants."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.bpmn import last_due, next_due, shifted
from engine.bpmn.calendar import instant, iso, step_of
from engine.errors import StepFailed

PRAGUE = ZoneInfo("Europe/Prague")
ANCHOR = datetime(2026, 1, 5, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "step", "times", "expected"),
    [
        ((2026, 1, 31), "P1M", 1, (2026, 2, 28)),
        ((2028, 1, 31), "P1M", 1, (2028, 2, 29)),
        ((2026, 1, 31), "P1M", 2, (2026, 3, 31)),
        ((2028, 2, 29), "P1Y", 1, (2029, 2, 28)),
        ((2026, 12, 31), "P2M", 1, (2027, 2, 28)),
        ((2026, 1, 5), "P1Y2M1W3DT4H", 1, (2027, 3, 15, 4)),
        ((2026, 1, 5), "P7D", -1, (2025, 12, 29)),
    ],
)
def test_months_keep_the_day_where_there_is_one(start: tuple, step: str, times: int, expected: tuple) -> None:
    assert shifted(datetime(*start, tzinfo=UTC), step, times) == datetime(*expected, tzinfo=UTC)


def test_nine_stays_nine_over_a_change_of_clocks_and_hours_are_exact() -> None:
    before = datetime(2026, 3, 28, 9, tzinfo=PRAGUE)
    assert shifted(before, "P1D", 1, "Europe/Prague").astimezone(PRAGUE).hour == 9
    assert shifted(before, "PT24H", 1, "Europe/Prague").astimezone(PRAGUE).hour == 10
    assert shifted(before, "P1M", 8, "Europe/Prague").astimezone(PRAGUE) == datetime(2026, 11, 28, 9, tzinfo=PRAGUE)


def test_next_is_strictly_after_and_last_is_not_after() -> None:
    week = timedelta(days=7)
    assert next_due(ANCHOR, "P7D", ANCHOR) == ANCHOR + week
    assert next_due(ANCHOR, "P7D", ANCHOR - timedelta(seconds=1)) == ANCHOR
    assert last_due(ANCHOR, "P7D", ANCHOR) == ANCHOR
    assert last_due(ANCHOR, "P7D", ANCHOR - timedelta(seconds=1)) is None
    assert last_due(ANCHOR, "P7D", ANCHOR + week - timedelta(microseconds=1)) == ANCHOR


@settings(max_examples=150, deadline=None)
@given(
    minutes=st.integers(0, 60 * 24 * 365 * 6),
    step=st.sampled_from(["P1D", "P7D", "P2W", "P1M", "P3M", "P1Y", "PT36H", "P1M3D"]),
    zone=st.sampled_from(["UTC", "Europe/Prague", "America/New_York", "Australia/Lord_Howe"]),
)
def test_now_lies_between_the_last_and_the_next(minutes: int, step: str, zone: str) -> None:
    anchor = datetime(2026, 1, 31, 9, tzinfo=ZoneInfo(zone))
    now = anchor.astimezone(UTC) + timedelta(minutes=minutes)
    last, following = last_due(anchor, step, now, zone), next_due(anchor, step, now, zone)
    assert last is not None
    assert last <= now < following
    assert next_due(anchor, step, last, zone) == following


@pytest.mark.parametrize("text", ["", "P", "PT", "7D", "P1.5D", "P-1D", "P1H", "PT1D", "P٣D", None, 7])
def test_what_is_no_duration_is_refused(text: object) -> None:
    with pytest.raises(StepFailed, match="is not a duration"):
        step_of(text)


@pytest.mark.parametrize("text", ["soon", "2026-13-01", "", 7, None, ["2026-01-01"]])
def test_what_is_no_time_is_refused(text: object) -> None:
    with pytest.raises(StepFailed, match="is not a date or time"):
        instant(text)


def test_a_time_without_offset_is_utc_and_a_date_is_its_first_moment() -> None:
    bare = datetime(2026, 1, 5, 9)  # noqa: DTZ001 - that it has no zone is the point
    assert iso(instant("2026-01-05T09:00")) == iso(instant(bare)) == "2026-01-05T09:00:00.000000+00:00"
    assert instant(date(2026, 1, 5)) == instant("2026-01-05") == datetime(2026, 1, 5, tzinfo=UTC)


def test_an_unknown_zone_and_the_end_of_the_calendar_are_said() -> None:
    with pytest.raises(StepFailed, match="no time zone"):
        shifted(ANCHOR, "P1D", 1, "Europe/Nowhere")
    with pytest.raises(StepFailed, match="leaves the calendar"):
        shifted(ANCHOR, "P9999Y")
    with pytest.raises(StepFailed, match="never comes again"):
        next_due(ANCHOR, "P0D", ANCHOR)
