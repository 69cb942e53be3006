"""Patterns that cannot run away: the common part of JavaScript's and Python's, with its worst case counted first."""

from __future__ import annotations

import re

MOST_PATTERN = 200
# A text field with a pattern takes no longer text, and its pattern may try at most this many ways: about 50 ms.
MOST_PATTERN_TEXT = 200
_MOST_WAYS = 10_000_000

_QUANTIFIER = re.compile(r"[*+?]|\{(\d{1,4})(?:(,)(\d{0,4}))?\}")
_CLASS = re.compile(r"\[\^?(?:\\.|[^\\\]\[])+\]")
_ESCAPE = re.compile(r"\\(?:[dDwWsSbBnt]|[^A-Za-z0-9\s])")


class PatternRefused(ValueError):
    """This pattern is not one that can be used."""


def compile_pattern(text: str) -> re.Pattern[str]:
    """The compiled pattern, to be searched for in texts of at most MOST_PATTERN_TEXT characters.

    Raises:
        PatternRefused: with a sentence that says what to change.
    """
    if len(text) > MOST_PATTERN:
        raise PatternRefused(f"A pattern has at most {MOST_PATTERN} characters.")
    reader = _Reader(text)
    ways = reader.alternatives()[0]
    if reader.at < len(text):
        raise PatternRefused("A bracket is closed that was not opened.")
    if not text.startswith("^"):
        ways *= MOST_PATTERN_TEXT
    if ways > _MOST_WAYS:
        raise PatternRefused("It can be matched in too many ways; use fewer repeats, or begin it with “^”.")
    try:
        # ASCII, so that \d and \w mean what they mean in the browser.
        return re.compile(text, re.ASCII)
    except (re.error, OverflowError, RecursionError):
        raise PatternRefused("It cannot be read as a pattern.") from None


class _Reader:
    """Counts in how many ways a pattern could be tried; refuses what could grow without end."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self._depth = 0

    def alternatives(self) -> tuple[int, bool]:
        """(ways, varies) of a|b|c up to a closing bracket or the end."""
        ways, varies = self._sequence()
        while self.text[self.at:self.at + 1] == "|":
            self.at += 1
            more, _ = self._sequence()
            ways, varies = ways + more, True
        return ways, varies

    def _sequence(self) -> tuple[int, bool]:
        ways, varies = 1, False
        while self.at < len(self.text) and self.text[self.at] not in "|)":
            part_ways, part_varies = self._part()
            ways, varies = min(ways * part_ways, _MOST_WAYS * 10), varies or part_varies
        return ways, varies

    def _part(self) -> tuple[int, bool]:
        ways, varies = self._atom()
        found = _QUANTIFIER.match(self.text, self.at)
        if not found:
            return ways, varies
        self.at = found.end()
        if self.text[self.at:self.at + 1] in ("?", "+", "*", "{"):
            raise PatternRefused("A repeat stands directly after another repeat.")
        low, high = _range(found)
        if varies and high > 1:
            raise PatternRefused("A repeated bracket holds repeats or alternatives itself; write it without nesting.")
        return ways * (high - low + 1), varies or high != low

    def _atom(self) -> tuple[int, bool]:
        sign = self.text[self.at]
        if sign == "(":
            return self._group()
        for known, first in ((_CLASS, "["), (_ESCAPE, "\\")):
            if sign == first:
                found = known.match(self.text, self.at)
                if not found:
                    raise PatternRefused(f"“{self.text[self.at:self.at + 8]}” is not supported in a pattern.")
                self.at = found.end()
                return 1, False
        if sign in "*+?{}]":
            raise PatternRefused(f"“{sign}” has nothing to repeat, or closes nothing.")
        self.at += 1
        return 1, False

    def _group(self) -> tuple[int, bool]:
        self.at += 1
        if self.text.startswith("?:", self.at):
            self.at += 2
        elif self.text.startswith("?", self.at):
            raise PatternRefused("Only plain brackets and “(?:…)” are supported in a pattern.")
        self._depth += 1
        if self._depth > 10:
            raise PatternRefused("Its brackets are nested too deep.")
        inner = self.alternatives()
        if self.text[self.at:self.at + 1] != ")":
            raise PatternRefused("A bracket is not closed.")
        self.at += 1
        self._depth -= 1
        return inner


def _range(found: re.Match[str]) -> tuple[int, int]:
    sign = found[0]
    if sign in "*+?":
        return {"*": (0, MOST_PATTERN_TEXT), "+": (1, MOST_PATTERN_TEXT), "?": (0, 1)}[sign]
    low = int(found[1])
    high = low if not found[2] else int(found[3]) if found[3] else MOST_PATTERN_TEXT
    if low > high or high > MOST_PATTERN_TEXT:
        raise PatternRefused(f"A repeat counts up to {MOST_PATTERN_TEXT}, the smaller number first.")
    return low, high
