"""Repetition as cron writes it: five fields, or with seconds before and a year behind as Quartz and Spring do."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from croniter import CroniterError, croniter

from engine.errors import StepFailed

_NAMES = "MON|TUE|WED|THU|FRI|SAT|SUN|JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC"
_FIELD = rf"(?:\d|[*?L]|{_NAMES})(?:[\d*?,/#L-]|{_NAMES})*"
_CRON = re.compile(
    rf"@(?:yearly|annually|monthly|weekly|daily|midnight|hourly)|{_FIELD}(?:\s+{_FIELD}){{4,6}}",
    re.IGNORECASE | re.ASCII,
)
_DIGIT_DAY = re.compile(r"(?:^|[,-])[0-7]", re.ASCII)


def is_cron(text: str) -> bool:
    """Whether a text is a repetition in cron's form."""
    return _CRON.fullmatch(text.strip()) is not None


def next_cron(text: str, now: datetime, zone: str = "UTC") -> datetime:
    """The first time strictly after `now` that a cron text means, on the clocks of a zone. Raises StepFailed.

    With five fields the day of the week is 0 to 7 and Sunday 0 or 7 (POSIX crontab); with more it must be a name, as
    Quartz counts from Sunday = 1 and Spring from Sunday = 0.
    """
    fields = text.split()
    if len(fields) > 5 and _DIGIT_DAY.search(fields[5]):
        raise StepFailed(f"“{text}” numbers the day of the week, which engines count differently. Write MON, TUE….")
    try:
        times = croniter(
            " ".join(fields).upper() if fields[0][0] != "@" else text, now.astimezone(ZoneInfo(zone)),
            second_at_beginning=len(fields) > 5, day_or=len(fields) <= 5,
        )  # fmt: skip
        return times.get_next(datetime).astimezone(UTC)
    except (CroniterError, ValueError, KeyError) as error:
        raise StepFailed(f"“{text}” is no time that ever comes: {error}. Write one like 0 9 * * MON.") from error
