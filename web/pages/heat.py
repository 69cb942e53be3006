"""The heat of a diagram: for each user task how hot it is, and the same in words and numbers."""

from __future__ import annotations

from typing import Any

LEVELS = (0.02, 0.1, 0.25, 0.5)
"""Shares of a process's waiting from which an element is a level hotter; the coolest level is 0."""


def of(found: Any) -> dict[str, dict[str, Any]]:
    """What the viewer paints: element id -> level, the badge's text, and the sentence that says the same."""
    return {
        one.element: {
            "level": sum(one.share >= least for least in LEVELS),
            "text": f"{words(one.median)} · {one.n}",
            "says": f"{one.name}: waits {words(one.median)} in the median and {words(one.p90)} in nine of ten cases, "
            f"n = {one.n}; {one.share:.0%} of all waiting in this process",
        }
        for one in found.steps
    }


def words(hours: float) -> str:
    """Hours as people say them: minutes below one, days above 48."""
    if hours < 1:
        return f"{round(hours * 60)} min"
    return f"{hours:.0f} h" if hours <= 48 else f"{hours / 24:.1f} d"
