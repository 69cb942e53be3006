"""Days and instants as a project counts them: its zone, ISO weeks, months. Pure functions, no clock."""

from __future__ import annotations

import re
from calendar import day_name, month_name, monthrange
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_OF_THE_MACHINE = re.compile(r"localtime|posixrules|Factory|posix/.*|right/.*", re.DOTALL)
"""Files beside the time zones of a machine that are none, or another one on another machine."""
WEEKDAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")


def zone_of(name: str) -> ZoneInfo:
    """The time zone of this name. Raises ValueError with a sentence for people."""
    try:
        if _OF_THE_MACHINE.fullmatch(name):
            raise ZoneInfoNotFoundError
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"There is no time zone called “{name}”. Write one like Europe/Prague.") from None


def day_of(moment: datetime, zone: str) -> date:
    """The date that people in the zone have at this instant."""
    return moment.astimezone(zone_of(zone)).date()


def in_words(day: date) -> str:
    """A day as pages write it: 1 April 2026."""
    return f"{day.day} {month_name[day.month]} {day.year}"


def instant(day: date, at: time, zone: str) -> datetime:
    """The instant, in UTC, of a wall-clock time in the zone.

    A time that occurs twice when clocks are put back is the first of the two; one that is skipped when they are put
    forward is as long after the change as it says (02:30 becomes 03:30).
    """
    return datetime.combine(day, at.replace(fold=0, tzinfo=None), zone_of(zone)).astimezone(UTC)


def clock_of(text: str) -> time:
    """The time of day that “17:00” says. Raises ValueError."""
    return time.fromisoformat(text)


def due_of(text: str) -> tuple[int, time]:
    """The weekday (Monday is 0) and time of “FRI 17:00”. Raises ValueError with a sentence for people."""
    day, _, at = text.strip().upper().partition(" ")
    if day not in WEEKDAYS:
        raise ValueError(f"“{text}” is not a time of the week. Write one like FRI 17:00.")
    try:
        return WEEKDAYS.index(day), clock_of(at.strip())
    except ValueError:
        raise ValueError(f"“{text}” is not a time of the week. Write one like FRI 17:00.") from None


def weekly_words(text: str) -> str:
    """“FRI 17:00” as people say it: “Friday 17:00”. Raises ValueError."""
    day, at = due_of(text)
    return f"{day_name[day]} {at:%H:%M}"


def step_words(step: str) -> str:
    """A step such as P1M, P2W or P14D as people say it: “month”, “2 weeks”, “14 days”."""
    count, unit = int(step[1:-1]), {"D": "day", "W": "week", "M": "month"}[step[-1]]
    return unit if count == 1 else f"{count} {unit}s"


def week_of(day: date) -> str:
    """The ISO week of a day, as “2024-W03”."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


def monday_of(period: str) -> date:
    """The Monday of the ISO week “2024-W03”. Raises ValueError."""
    year, _, week = period.partition("-W")
    return date.fromisocalendar(int(year), int(week), 1)


def weeks_between(first: date, last: date) -> list[str]:
    """The ISO weeks whose Monday lies after `first` and before `last`."""
    monday = first - timedelta(days=first.weekday()) + timedelta(days=7)
    found = []
    while monday < last:
        found.append(week_of(monday))
        monday += timedelta(days=7)
    return found


def add_months(day: date, count: int) -> date:
    """The same day `count` months later; the last day of the month where there is none such."""
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def add_step(day: date, step: str) -> date:
    """The day that lies a step such as P1M, P6W or P14D after another."""
    count = int(step[1:-1])
    return add_months(day, count) if step[-1] == "M" else day + timedelta(days=count * {"D": 1, "W": 7}[step[-1]])


def local_words(moment: datetime, zone: str) -> str:
    """An instant as people in the zone write it, with the zone."""
    return f"{moment.astimezone(zone_of(zone)):%Y-%m-%d %H:%M} ({zone})"


def iso(moment: datetime) -> str:
    """An instant as ISO 8601 text in UTC, for a process variable."""
    return moment.astimezone(UTC).isoformat()
