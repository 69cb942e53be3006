"""Long lists in sheets: which part is shown, and the addresses of the sheets before and after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import request, url_for

SIZE = 50
"""Lines on one sheet."""


@dataclass(frozen=True)
class Sheet:
    """One sheet of a long list."""

    lines: Sequence[Any]
    first: int
    last: int
    before: str | None
    after: str | None


def offset() -> int:
    """Where the asked sheet begins; 0 when the address says nothing sensible."""
    text = request.args.get("from", "0")
    return min(int(text), 1_000_000) if text.isascii() and text.isdigit() else 0


def sheet(found: Sequence[Any], begin: int, size: int = SIZE) -> Sheet:
    """The sheet of lines that were asked for with one more than its size, to know whether more follow."""
    lines = found[:size]
    return Sheet(
        lines,
        begin + 1,
        begin + len(lines),
        _address(max(0, begin - size)) if begin else None,
        _address(begin + size) if len(found) > size else None,
    )


def _address(begin: int) -> str:
    arguments: dict[str, Any] = {**request.args.to_dict(), **(request.view_args or {})}
    arguments["from"] = begin or None
    return url_for(request.endpoint or "", **arguments)
