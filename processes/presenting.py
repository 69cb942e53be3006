"""What sealed records hold, as people read it: days in words, yes and no, codes as words; nothing sealed is touched.

A record's own JSON, which its hash covers and which every print has attached, keeps what programs read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from processes.calendar import in_words
from processes.vocabulary import (
    ACTION_WORDS,
    ANSWER_WORDS,
    CAUSE_WORDS,
    CHANGE_WORDS,
    CLAIM_WORDS,
    KIND_WORDS,
    STATUS_WORDS,
)

WORDS: Mapping[str, str] = {
    **{code: said.capitalize() for code, said in ANSWER_WORDS.items()}, **KIND_WORDS, **CLAIM_WORDS, **CAUSE_WORDS,
    **ACTION_WORDS, **STATUS_WORDS, "dropped": "Taken out of the plan", "removed": "Taken out of the plan",
    "inbox": "In Milepost",
}  # fmt: skip
"""Code -> what it says; any other is said as it is written, with a capital letter."""

CODED = frozenset(
    {
        "Answer", "Apologies", "Came", "Cause", "Channel", "Kind", "Leads to a change", "Meaning", "Outcome",
        "Priority", "Rating", "Result", "Standing", "State", "Status", "The status report", "Urgency",
    }
)  # fmt: skip
"""Labels and columns whose values the program chooses from a list, so that no word of anybody's is changed."""

TOLD = frozenset(
    {"Deviation from clause 5.1b", "Meetings before this one that failed", "New", "Old", "What", "What happened", "Why"}
)
"""Labels, columns and headings under which the program writes sentences of its own, with days in them."""

_CODE = re.compile(r"[a-z][a-z0-9]*(?:[ :,-]+[a-z0-9]+)*")
_DAY = r"(\d{4})-(\d\d)-(\d\d)"
_MOMENT = re.compile(rf"{_DAY}(?:[ T](\d\d:\d\d(?::\d\d)?))?(\s\([\w/+-]+\))?")
_IN_TEXT = re.compile(rf"(?<![\w/.=-]){_DAY}(?: (\d\d:\d\d(?::\d\d)?))?(?![\w/-])")
_WEEK = re.compile(r"(\d{4})-W(\d\d)")


def readable(value: Any, label: str = "") -> Any:
    """A value of a record as people read it, under its label, column or heading; numbers and None as they are."""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if not isinstance(value, str):
        return value
    if week := _WEEK.fullmatch(value):
        return f"Week {int(week[2])} of {week[1]}"
    if label in CODED and _CODE.fullmatch(value):
        states = CHANGE_WORDS if label == "State" else {}
        return states.get(value) or WORDS.get(value) or value.replace("-", " ").capitalize()
    if all(_MOMENT.fullmatch(part) for part in value.split(" / ")):
        return _MOMENT.sub(_said, value)
    return _IN_TEXT.sub(_said, value) if label in TOLD else value


def _said(found: re.Match[str]) -> str:
    """A day, and the time behind it, in words; what is no day stays as it is written."""
    try:
        day = date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return found[0]
    zone = found[5] or "" if found.re is _MOMENT else ""
    return in_words(day) + (f", {found[4]}" if found[4] else "") + zone
