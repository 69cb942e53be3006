"""Durations and occurrences on the calendar of a zone: pure functions on aware datetimes, no clock."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from engine.errors import StepFailed

_DURATION = re.compile(
    r"P(?=\d|T\d)(?:(?P<years>\d+)Y)?(?:(?P<months>\d+)M)?(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?=\d)(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+(?:[.,]\d+)?)S)?)?",
    re.ASCII,
)


@dataclass(frozen=True)
class Step:
    """An ISO 8601 duration, kept in the units in which calendars count: months, days, seconds."""

    months: int
    days: int
    seconds: float

    @property
    def is_nothing(self) -> bool:
        """Whether the step leads nowhere."""
        return not (self.months or self.days or self.seconds)


def step_of(text: str) -> Step:
    """The duration that an ISO 8601 text such as P7D, P1M or PT4H says. Raises StepFailed."""
    match = _DURATION.fullmatch(text.strip().upper()) if isinstance(text, str) else None
    if match is None:
        raise StepFailed(f"{text!r} is not a duration. Write one like P7D, P1M or PT4H.")
    said = {unit: float(value.replace(",", ".")) for unit, value in match.groupdict(default="0").items()}
    return Step(
        int(said["months"] + 12 * said["years"]),
        int(said["days"] + 7 * said["weeks"]),
        said["seconds"] + 60 * said["minutes"] + 3600 * said["hours"],
    )


def instant(value: Any) -> datetime:
    """The instant, in UTC, that a datetime, a date or an ISO 8601 text names. Raises StepFailed.

    A date is its first moment; a time without an offset is read as UTC, so that no server's zone can change a due time.
    """
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value.strip())
        except ValueError:
            raise StepFailed(f"{value!r} is not a date or time. Write one like 2026-01-31T09:00:00+01:00.") from None
    elif isinstance(value, date) and not isinstance(value, datetime):
        value = datetime.combine(value, time())
    if not isinstance(value, datetime):
        raise StepFailed(f"{value!r} is not a date or time. Write one like 2026-01-31T09:00:00+01:00.")
    return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC)


def iso(moment: datetime) -> str:
    """An instant as ISO 8601 in UTC with microseconds: texts of this form sort as the instants do."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def shifted(start: datetime, step: str | Step, times: int = 1, zone: str = "UTC") -> datetime:
    """`start` moved by `times` steps on the calendar of the zone, in UTC.

    Months keep the day where it exists (31 January and one month is 28 February), days keep the time of day over a
    change of clocks, hours and smaller units are exact. Raises StepFailed.
    """
    step = step if isinstance(step, Step) else step_of(step)
    try:
        local = start.astimezone(_zone(zone))
        if step.months:
            year, month = divmod(local.year * 12 + local.month - 1 + times * step.months, 12)
            local = local.replace(year=year, month=month + 1, day=min(local.day, monthrange(year, month + 1)[1]))
        moved = local + timedelta(days=times * step.days)
        return moved.astimezone(UTC) + timedelta(seconds=times * step.seconds)
    except (ValueError, OverflowError):
        raise StepFailed(
            f"{start.isoformat()} cannot be moved by {times} times {step}: it leaves the calendar."
        ) from None


def next_due(anchor: datetime, step: str | Step, now: datetime, zone: str = "UTC") -> datetime:
    """The first occurrence strictly after `now` of: anchor, anchor + step, anchor + 2 steps... Raises StepFailed."""
    step = _moving(step)
    return shifted(anchor, step, _passed(anchor, step, now, zone), zone)


def last_due(anchor: datetime, step: str | Step, now: datetime, zone: str = "UTC") -> datetime | None:
    """The latest occurrence not after `now`, None before the anchor. Raises StepFailed."""
    step = _moving(step)
    passed = _passed(anchor, step, now, zone)
    return shifted(anchor, step, passed - 1, zone) if passed else None


def _moving(step: str | Step) -> Step:
    step = step if isinstance(step, Step) else step_of(step)
    if step.is_nothing:
        raise StepFailed("A step of no length never comes again. Write one like P7D.")
    return step


def _passed(anchor: datetime, step: Step, now: datetime, zone: str) -> int:
    """How many occurrences lie at or before `now`."""
    if now < anchor:
        return 0
    # The longest that one step can be gives a number of steps that surely lie before now (a change of clocks moves the
    # whole by hours at most); the rest is counted.
    longest = timedelta(days=31 * step.months + step.days, seconds=step.seconds)
    count = max(0, int((now - anchor - timedelta(hours=3)) / longest) - 1)
    while shifted(anchor, step, count, zone) <= now:
        count += 1
    return count


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise StepFailed(f"There is no time zone called {name!r}. Write one like Europe/Prague.") from None
