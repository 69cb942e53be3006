"""Texts of a form: a small part of Markdown as plain values, with places for values of the context. Never HTML."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from .errors import ExpressionFailed
from .expressions import Expression, feel
from .values import Block, Span

_PLACE = re.compile(r"\{\{(.{1,200}?)\}\}")
_BOLD = re.compile(r"(\*\*(?=\S).+?(?<=\S)\*\*)")
_HEADING = re.compile(r"#{1,6}\s+(.*)")
_BULLET = re.compile(r"[-*+]\s+(.*)")
_NUMBER = re.compile(r"\d{1,3}[.)]\s+(.*)")
_MARKS = (("heading", _HEADING), ("list", _BULLET), ("numbers", _NUMBER))


def places(text: str) -> list[Expression]:
    """The expressions in {{ }} of a text; raises ExpressionRefused."""
    return [feel(found.strip()) for found in _PLACE.findall(text)]


def blocks(text: str, names: Mapping[str, Any]) -> tuple[Block, ...]:
    """The paragraphs, headings and lists of a text; values are put in after reading, so they are never markup."""
    made: list[tuple[str, list[str]]] = []
    for line in map(str.strip, text.split("\n")):
        marked = ((kind, found[1]) for kind, mark in _MARKS if (found := mark.fullmatch(line)))
        kind, words = next(marked, ("paragraph", line))
        if not line:
            made.append(("", []))
        elif made and made[-1][0] == kind == "paragraph":
            made[-1][1][0] += " " + words
        elif made and made[-1][0] == kind and kind != "heading":
            made[-1][1].append(words)
        else:
            made.append((kind, [words]))
    return tuple(Block(kind, tuple(_spans(line, names) for line in lines)) for kind, lines in made if kind)


def _spans(line: str, names: Mapping[str, Any]) -> tuple[Span, ...]:
    spans = []
    for piece in _BOLD.split(line):
        bold = bool(_BOLD.fullmatch(piece))
        words = _PLACE.sub(lambda found: _fill(found[1], names), piece[2:-2] if bold else piece)
        if words:
            spans.append(Span(words, bold))
    return tuple(spans)


def _fill(place: str, names: Mapping[str, Any]) -> str:
    try:
        return shown(feel(place.strip()).evaluate(names))
    except ExpressionFailed:
        return ""


def shown(value: Any) -> str:
    """A value as people read it: dates in ISO form, Yes and No, lists with commas, nothing for None."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, date):
        return value.isoformat(" ", "minutes") if isinstance(value, datetime) else value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, (list, tuple)):
        return ", ".join(shown(part) for part in value[:100])
    return str(value.get("label") or value.get("name") or "" if isinstance(value, Mapping) else value)
