"""Days as people write them: read where a text can be read in one way only, with or without its weekday."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

WEEKDAY_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
_TIME = re.compile(r"[T ]\d{1,2}:\d{2}.*$", re.DOTALL)
_YEAR, _MONTH, _DAY = r"(?P<year>\d{4})", r"(?P<month>\d{1,2})", r"(?P<day>\d{1,2})"
_NAMED = r"(?P<named>[A-Za-z]{3,9})"
_LONGEST = 80
# 5/6/2026 is May in one country and June in another: slashes count only behind a year.
_FORMS = tuple(
    re.compile(form, re.ASCII)
    for form in (
        rf"{_YEAR}-{_MONTH}-{_DAY}", rf"{_YEAR}/{_MONTH}/{_DAY}", r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)",
        rf"{_DAY}\.\s*{_MONTH}\.\s*{_YEAR}", rf"{_DAY}\.? {_NAMED}\.? {_YEAR}", rf"{_NAMED}\.? {_DAY} {_YEAR}",
    )
)  # fmt: skip


class NoDay(ValueError):
    """A text that names no day; the message is a sentence without its full stop."""


def written_day(text: str, weekday: str = "") -> date | None:
    """The day that a text names, perhaps with its weekday or a time of day, which is left out; None for no text.

    `weekday` is what stands beside it. Raises NoDay, also for a weekday that does not fit.
    """
    if len(text) + len(weekday) > _LONGEST:
        raise NoDay(f"“{text[:20]}…” is too long for a date")
    return _written_day(text, weekday)


@lru_cache(maxsize=10_000)
def _written_day(text: str, weekday: str) -> date | None:
    words = _TIME.sub("", text.strip()).replace(",", " ").split()
    said = [word for word in words if weekday_of(word) is not None]
    plain = " ".join(word for word in words if weekday_of(word) is None)
    if not plain:
        return None
    found = _plain_day(plain)
    for word in (*said, *weekday.split()):
        at = weekday_of(word)
        if at is None:
            raise NoDay(f"“{word}” is no weekday that is known here, such as Fri or Friday")
        if at != found.weekday():
            raise NoDay(f"{found} is a {WEEKDAY_NAMES[found.weekday()].title()}, not “{word}”")
    return found


def weekday_of(word: str) -> int | None:
    """The weekday (Monday is 0) that a word names, whole or by its first two letters or more; None for another word."""
    name = word.rstrip(".").casefold()
    return next((at for at, day in enumerate(WEEKDAY_NAMES) if len(name) > 1 and day.startswith(name)), None)


def _plain_day(text: str) -> date:
    for form in _FORMS:
        if found := form.fullmatch(text):
            said = found.groupdict()
            month = _month_of(said["named"]) if "named" in said else int(said["month"])
            try:
                return date(int(said["year"]), month, int(said["day"]))
            except ValueError:
                raise NoDay(f"There is no day {text}") from None
    if re.fullmatch(r"[2-7]\d{4}(\.\d+)?", text, re.ASCII):
        raise NoDay(f"“{text}” is how spreadsheets keep a date inside: format the column as a date")
    raise NoDay(f"“{text}” is no date that can be read in one way only. Write year-month-day, such as 2026-05-15")


def _month_of(name: str) -> int:
    """The number of an English month; 0, which is none, for another word."""
    return next((at for at, month in enumerate(_MONTHS, start=1) if month.startswith(name.casefold())), 0)
