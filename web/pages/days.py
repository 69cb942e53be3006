"""Days as they are typed into pages and addresses."""

from __future__ import annotations

from datetime import date

from forms import YEARS


def day_of(text: str) -> date:
    """The day that an ISO date says.

    Raises ValueError for what is none, and for one with which no time zone could be reckoned.
    """
    found = date.fromisoformat(text)
    if not YEARS[0] <= found.year <= YEARS[1]:
        raise ValueError(f"Days lie between the years {YEARS[0]} and {YEARS[1]}.")
    return found
