"""Dates and times in answers: ISO text in, ISO text out, with the limits that other answers or the context set."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from marshmallow import ValidationError

from .components import Component, value_at

_SHAPES = {
    "date": re.compile(r"\d{4}-\d\d-\d\d"),
    "time": re.compile(r"\d\d:\d\d(?::\d\d)?"),
    "datetime": re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?"),
}
_EXAMPLES = {
    "date": "a date like 2026-11-23", "time": "a time like 14:30", "datetime": "a date and time like 2026-11-23T14:30",
}
YEARS = (1900, 2199)
"""The years in which a day can lie: beyond them calendars and time zones cannot be reckoned with everywhere."""


def as_iso(value: Any) -> Any:
    """Dates and times of the context as ISO text; anything else as it is."""
    return value.isoformat() if isinstance(value, (date, time)) else value


def iso_moment(subtype: str, raw: Any) -> str | None:
    """The ISO text of a real date (2026-11-23), time (14:30) or local date and time (2026-11-23T14:30); else None."""
    text = as_iso(raw)
    if not isinstance(text, str) or len(text) > 40:
        return None
    text = text.strip()
    if not text.isascii() or not _SHAPES[subtype].fullmatch(text):
        return None
    try:
        if subtype == "date":
            return date.fromisoformat(text).isoformat()
        if subtype == "time":
            return time.fromisoformat(text).isoformat("auto" if len(text) > 5 else "minutes")
        return datetime.fromisoformat(text).isoformat("T", "seconds" if len(text) > 16 else "minutes")
    except ValueError:
        return None


def limit(component: Component, name: str, names: Mapping[str, Any]) -> str | None:
    """The ISO text that a limit names, cut to what the component asks for; None when it has no value yet.

    Raises:
        ValidationError: the name stands for nothing, so the rule cannot be kept.
    """
    first, *path = name.split(".")
    if first not in names:
        raise ValidationError([f"This cannot be checked: “{name}” is not available here. Tell your administrator."])
    text = as_iso(value_at(names[first], path))
    if text is None or text == "":
        return None
    day = text[:10] if isinstance(text, str) else ""
    found = iso_moment("date", day) if component.subtype == "date" else iso_moment(component.subtype, text)
    if component.subtype == "datetime" and not found and iso_moment("date", day):
        return day
    return found


def read_moment(component: Component, raw: Any, names: Mapping[str, Any], context: Mapping[str, Any]) -> str:
    """The ISO text of a date, time or date and time that keeps to its limits.

    Today is the context's `today` (ISO date), never the clock of the machine.

    Raises:
        ValidationError: with sentences for the person.
    """
    answer = iso_moment(component.subtype, raw)
    if answer is None:
        raise ValidationError([f"Enter {_EXAMPLES[component.subtype]}."])
    if component.subtype != "time" and not YEARS[0] <= int(answer[:4]) <= YEARS[1]:
        raise ValidationError([f"Enter a day between the years {YEARS[0]} and {YEARS[1]}."])
    rules, problems = component.rules, []
    if rules.not_past:
        today = limit(component, "today", context)
        if today and answer[:10] < today[:10]:
            problems.append("Enter a day that has not passed.")
    for name, is_low in ((rules.earliest, True), (rules.latest, False)):
        edge = limit(component, name, names) if name else None
        if edge is None:
            continue
        # A limit that is a day holds for the whole day.
        mine = answer[:len(edge)]
        if mine < edge if is_low else mine > edge:
            problems.append(f"Enter {edge} or {'later' if is_low else 'earlier'}.")
    if problems:
        raise ValidationError(problems)
    return answer
