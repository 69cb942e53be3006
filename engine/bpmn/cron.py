"""Repetition as cron writes it: five fields, or with seconds before and a year behind as Quartz and Spring do.

`TZ=Europe/Prague 0 9 * * MON` is read on the clocks of that zone, all else in UTC.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from croniter import CroniterError, croniter

from engine.errors import StepFailed

_NAMES = "MON|TUE|WED|THU|FRI|SAT|SUN|JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC"
_FIELD = rf"(?:\d|[*?L]|{_NAMES})(?:[\d*?,/#L-]|{_NAMES})*"
_CRON = re.compile(
    r"(?:(?:CRON_)?TZ=(?P<zone>[\w/+-]+)\s+)?"
    rf"(?P<times>@(?:yearly|annually|monthly|weekly|daily|midnight|hourly)|{_FIELD}(?:\s+{_FIELD}){{4,6}})",
    re.IGNORECASE | re.ASCII,
)
_DIGIT_DAY = re.compile(r"(?:^|[,L-])[0-7]", re.ASCII)
_LONGEST = 200
_MOST_YEARS = 12


def is_cron(text: str) -> bool:
    """Whether a text is a repetition in cron's form."""
    return len(text) <= _LONGEST and _CRON.fullmatch(text.strip()) is not None


def next_cron(text: str, now: datetime) -> datetime:
    """The first time strictly after `now` that a cron text means, at most 12 years ahead. Raises StepFailed.

    With five fields the day of the week is 0 to 7 and Sunday 0 or 7 (POSIX crontab); with more it must be a name, as
    Quartz counts from Sunday = 1 and Spring from Sunday = 0.
    """
    said = _CRON.fullmatch(text.strip())
    if said is None:
        raise StepFailed(f"“{text}” is no repetition in cron's form. Write one like 0 9 * * MON.")
    fields = said["times"].upper().split()
    if len(fields) > 5 and _DIGIT_DAY.search(fields[5]):
        raise StepFailed(f"“{text}” numbers the day of the week, which engines count differently. Write MON, TUE….")
    try:
        times = croniter(
            " ".join(fields) if fields[0][0] != "@" else fields[0].lower(), now.astimezone(_zone(said["zone"])),
            second_at_beginning=len(fields) > 5, day_or=len(fields) <= 5, max_years_between_matches=_MOST_YEARS,
        )  # fmt: skip
        return times.get_next(datetime).astimezone(UTC)
    except (CroniterError, ValueError, KeyError) as error:
        raise StepFailed(f"“{text}” is no time that ever comes: {error}. Write one like 0 9 * * MON.") from error


def _zone(name: str | None) -> ZoneInfo:
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise StepFailed(f"There is no time zone called {name!r}. Write one like Europe/Prague.") from None
