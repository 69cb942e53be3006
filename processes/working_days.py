"""The working calendar of a project: Monday to Friday without public holidays and days on which it is closed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from importlib.metadata import version

from processes.calendar import in_words, instant, zone_of

HOLIDAYS_FROM = f"holidays {version('holidays')}"
"""Where public holidays are taken from; the version is pinned with the program and stands in every plan."""
_LONGEST = 3660
_MOST_CLOSED = 366
_REGION = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,5})?", re.ASCII)


@dataclass(frozen=True)
class Calendar:
    """Which days are worked on. Days are days in the zone of whoever asks; 0 days from a day is that day."""

    region: str = ""
    """Whose public holidays are kept: an ISO 3166 country, with a subdivision or not (“DE”, “DE-BY”); “” for none."""
    closed: frozenset[date] = frozenset()
    """Further days without work."""

    def is_working(self, day: date) -> bool:
        """Whether people work on this day."""
        return day.weekday() < 5 and day not in self.closed and day not in _public(self.region, day.year)

    def add(self, day: date, count: int) -> date:
        """The day that lies `count` working days after (or, if negative, before) a day.

        Raises ValueError when the calendar has hardly a working day.
        """
        step = timedelta(days=1 if count > 0 else -1)
        left, idle = abs(count), 0
        while left:
            day += step
            worked = self.is_working(day)
            left, idle = left - worked, 0 if worked else idle + 1
            if idle > _LONGEST:
                raise ValueError("There is no working day for ten years.")
        return day

    def between(self, first: date, last: date) -> int:
        """How many working days pass from one day to a later one; negative when the last is the earlier."""
        if last < first:
            return -self.between(last, first)
        weeks, rest = divmod((last - first).days, 7)
        plain = 5 * weeks + sum((first + timedelta(days=1 + n)).weekday() < 5 for n in range(rest))
        return plain - sum(first < day <= last for day in self._idle(first, last))

    def later(self, moment: datetime, count: int, zone: str) -> datetime:
        """The instant, in UTC, at the same wall-clock time of the zone, so many working days later."""
        local = moment.astimezone(zone_of(zone))
        return instant(self.add(local.date(), count), local.time(), zone)

    def words(self) -> str:
        """What a plan says of the calendar, with the source of its holidays."""
        said = "Monday to Friday"
        if self.region:
            said += f", without the public holidays of {self.region} ({HOLIDAYS_FROM})"
        if self.closed:
            said += f", closed on {', '.join(in_words(day) for day in sorted(self.closed))}"
        return said

    def _idle(self, first: date, last: date) -> set[date]:
        """The days from Monday to Friday in these years on which nobody works."""
        public = {day for year in range(first.year, last.year + 1) for day in _public(self.region, year)}
        return {day for day in public | self.closed if day.weekday() < 5}


def calendar_of(region: str, closed: str) -> Calendar:
    """The calendar of a project's settings. Raises ValueError with a sentence for people."""
    region = region.strip().upper()
    if region:
        _known(region)
    try:
        days = frozenset(date.fromisoformat(text) for text in closed.replace(",", " ").split())
    except ValueError:
        raise ValueError("Write closed days as dates, such as 2026-12-24 2026-12-31.") from None
    if len(days) > _MOST_CLOSED:
        raise ValueError(f"Write at most {_MOST_CLOSED} closed days: somebody has to work on some days.")
    return Calendar(region, days)


@lru_cache(maxsize=4096)
def _public(region: str, year: int) -> frozenset[date]:
    """The public holidays of a region in a year, those that are moved to another day included."""
    if not region:
        return frozenset()
    import holidays  # noqa: PLC0415  seven megabytes that a project without holidays need not hold

    country, _, part = region.partition("-")
    return frozenset(holidays.country_holidays(country, subdiv=part or None, years=year))


def _known(region: str) -> None:
    """Raises ValueError for a region whose holidays nobody knows."""
    try:
        if not _REGION.fullmatch(region):
            raise NotImplementedError
        _public(region, 2000)
    except NotImplementedError:
        raise ValueError(
            f"The public holidays of “{region}” are not known. Write a country such as DE, or with its part: DE-BY."
        ) from None
